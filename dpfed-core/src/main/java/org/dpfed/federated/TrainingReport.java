package org.dpfed.federated;

import java.util.List;
import java.util.Optional;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.Guarantee;

/**
 * The settings, metrics and privacy guarantee of a finished or interrupted run.
 *
 * @param plan the plan that was run
 * @param guarantee for the rounds that were charged
 * @param guaranteeOfSums with local trust, what the released models alone promise, where that is
 *     more than {@code guarantee} does
 * @param guaranteeOfAllRuns of everything charged to the population's ledger, this run included,
 *     where the run had such a ledger
 * @param budgetRefusal why the budget of ledger or plan ended the run before its last round, where
 *     it did
 * @param charged which they are: more than those that finished when the last of them failed after
 *     its charge, or when a resumed run was charged for some again
 * @param rounds the finished rounds, in order
 * @param evaluation of the final parameters, when there is held-out data
 * @param seconds wall-clock time of all rounds, evaluation left out; covered by no guarantee, since
 *     it depends on the clients that took part
 * @param kernel which kernel did the arithmetic and why others did not, in one line
 */
public record TrainingReport(
    PrivacyPlan plan,
    Guarantee guarantee,
    Optional<Guarantee> guaranteeOfSums,
    Optional<Guarantee> guaranteeOfAllRuns,
    Optional<String> budgetRefusal,
    ChargedRounds charged,
    List<RoundMetrics> rounds,
    Optional<ModelEvaluation> evaluation,
    double seconds,
    String kernel) {
  public TrainingReport {
    rounds = List.copyOf(rounds);
  }

  /** Whether the run was stopped before its last round. */
  public boolean isStoppedEarly() {
    return rounds.size() < plan.rounds();
  }

  /**
   * Clients trained per second, from the expected cohort size: how many there really were is not
   * public. Covered by no guarantee, as {@link #seconds} is not.
   */
  public double clientsPerSecond() {
    return seconds == 0 ? 0 : plan.expectedCohortSize() * rounds.size() / seconds;
  }
}
