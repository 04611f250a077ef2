package org.dpfed.kernel;

/**
 * A kernel cannot run on this machine, JVM or backend. The message gives the reason in one line.
 */
public final class KernelUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason one line, with the remedy where there is one
   */
  public KernelUnavailableException(String reason) {
    super(reason);
  }

  /**
   * @param reason one line, with the remedy where there is one
   * @param cause what was thrown underneath
   */
  public KernelUnavailableException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
