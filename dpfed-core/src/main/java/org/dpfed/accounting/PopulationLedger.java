package org.dpfed.accounting;

/**
 * What all runs over one population have spent. Each run begins with a record of what it plans, and
 * is given a ledger of its own to charge.
 */
@FunctionalInterface
public interface PopulationLedger {
  /**
   * Begins a run. A ledger has one run at a time: this one ends the run before it.
   *
   * @return charges only rounds of {@code run}, each as its plan says
   * @throws IllegalArgumentException when the ledger is of another unit of privacy
   * @throws java.io.UncheckedIOException when the record could not be made durable
   */
  PrivacyLedger begin(PlannedRun run);
}
