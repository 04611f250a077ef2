package org.dpfed.accounting;

/**
 * What all runs over one population have spent. Each run begins with a record of what it plans, and
 * is given a ledger of its own to charge.
 */
@FunctionalInterface
public interface PopulationLedger {
  /**
   * Begins a run. A ledger has one run at a time, and this one ends the run before it, unless the
   * ledger says that runs go side by side.
   *
   * @return charges only rounds of {@code run}, each as its plan says
   * @throws IllegalArgumentException when the ledger is of another unit of privacy
   * @throws java.io.UncheckedIOException when the record could not be made durable
   */
  PrivacyLedger begin(PlannedRun run);

  /**
   * Goes on with a run that was begun before, whose rounds from {@code completed} on are charged
   * again where they were charged already.
   *
   * @param run as it was begun; with more rounds, where each round has a cost of its own
   * @param position where the run was, from {@link PrivacyLedger#position}
   * @param completed rounds of the run that need not be charged again
   * @throws IllegalArgumentException when this ledger does not hold that run at that position, or
   *     the run was planned otherwise
   * @throws java.io.UncheckedIOException when the record could not be made durable
   */
  default PrivacyLedger resume(PlannedRun run, LedgerPosition position, int completed) {
    throw new IllegalArgumentException(
        "this ledger does not keep runs; resume with the ledger file that the run began on");
  }
}
