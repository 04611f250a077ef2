package org.dpfed.dl4j.internal;

/** Why Deeplearning4j must compute a network's steps; the message is one line. */
final class NotFastException extends Exception {
  private static final long serialVersionUID = 1L;

  NotFastException(String reason) {
    super(reason);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
