package org.dpfed.accounting;

/**
 * A place in a population's ledger at which a run can be resumed.
 *
 * @param run the number of the run in the ledger, at least 1
 * @param head the hash of the last record when the position was taken: a ledger that lacks it is
 *     another one, or a copy from before
 */
public record LedgerPosition(int run, String head) {
  public LedgerPosition {
    Bounds.atLeast("run", 1, run);
  }
}
