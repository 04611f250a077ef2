package org.dpfed.cli;

/**
 * The request cannot be carried out as given: a setting is unknown, of the wrong kind or out of
 * bounds. The message is one line with the place of the setting, its bound and its value.
 */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal with that message. */
  public UsageException(String message) {
    super(message);
  }

  /** A refusal with that message, and what led to it. */
  public UsageException(String message, Throwable cause) {
    super(message, cause);
  }
}
