package org.dpfed.federated;

/**
 * Too many clients of a round failed for its sum to mean anything. The round was not charged and
 * released nothing; the rounds before it stand.
 */
public final class RoundFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RoundFailedException(String message, Throwable firstFailure) {
    super(message, firstFailure);
  }
}
