package org.dpfed.accounting;

import java.util.Optional;

/**
 * Records privacy charges. {@link #charge} returns only after the event has been recorded as
 * durably as this ledger promises; callers must charge an event before they release its value.
 */
@FunctionalInterface
public interface PrivacyLedger {
  /**
   * Records that {@code event} is about to be released.
   *
   * @throws BudgetExceededException when it would exceed the budget; nothing was recorded and
   *     nothing may be released
   * @throws IllegalStateException when the ledger takes no more; as above
   * @throws java.io.UncheckedIOException when the record could not be made durable; nothing may be
   *     released, and the charge counts as spent, since part of the record may be there
   */
  void charge(DpEvent event);

  /**
   * Returns if the budget of this ledger has room for the next round of its run, so that a round
   * which could not be charged need not be trained.
   *
   * @throws BudgetExceededException when it has not
   */
  default void requireRoom() {}

  /**
   * Records that something was shown which no charge pays for and no guarantee covers, such as an
   * evaluation on held-out data, before it is shown. Does nothing unless overridden.
   *
   * @param text what was shown, without the value
   * @throws java.io.UncheckedIOException when the record could not be made durable
   */
  default void note(String text) {}

  /** The rounds of its run that this ledger charged, those before it was resumed included. */
  default ChargedRounds charged() {
    return ChargedRounds.first(0);
  }

  /** Where the run is, for {@link PopulationLedger#resume}; empty where it cannot be resumed. */
  default Optional<LedgerPosition> position() {
    return Optional.empty();
  }

  /**
   * Everything charged to this ledger by all runs, composed; empty where the ledger does not know.
   *
   * @throws UnsupportedEventException when something charged has no bound under that relation
   */
  default Optional<PrivacyAccountant> composed(NeighbouringRelation relation) {
    return Optional.empty();
  }

  /**
   * Which runs are the reason why everything charged to this ledger has no bound, as a sentence;
   * empty where there is no such run, or the ledger does not know.
   */
  default Optional<String> unboundedRuns(NeighbouringRelation relation, double delta) {
    return Optional.empty();
  }
}
