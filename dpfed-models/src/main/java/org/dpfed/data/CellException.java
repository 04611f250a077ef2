package org.dpfed.data;

/** A value does not fit its column; the reader adds file, line and column. */
final class CellException extends Exception {
  private static final long serialVersionUID = 1L;

  CellException(String problem) {
    super(problem);
  }
}
