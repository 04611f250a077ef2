package org.dpfed.federated;

/**
 * A run ended early because something other than a client failed: the ledger refused or could not
 * record a charge, a listener or an evaluator threw, or memory ran out. A client that fails
 * contributes zero and never ends a run, because the end would reveal that the client took part.
 */
public final class RoundFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient TrainingResult result;

  RoundFailedException(TrainingResult result, Throwable cause) {
    super(
        "the run ended after %d of %d rounds: %s"
            .formatted(
                result.report().rounds().size(), result.report().plan().rounds(), reason(cause)),
        cause);
    this.result = result;
  }

  private static String reason(Throwable cause) {
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /**
   * What the run had reached: the parameters after the last release, and a report whose guarantee
   * covers every charge, that of the failed round too if it was made. Owned by the caller.
   */
  public TrainingResult result() {
    return result;
  }
}
