package org.dpfed.data;

/** A value does not fit its column. The reader adds file, line and column. */
final class CellException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String problem;

  /**
   * @param problem what was expected; no text that was read from the file
   */
  CellException(String problem) {
    super(problem);
    this.problem = problem;
  }

  @Override
  public String getMessage() {
    return problem;
  }
}
