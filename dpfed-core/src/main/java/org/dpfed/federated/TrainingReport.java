package org.dpfed.federated;

import java.util.List;
import java.util.Optional;
import org.dpfed.accounting.Guarantee;

/**
 * What a run did and what it promises.
 *
 * @param plan the plan that was run
 * @param guarantee for the rounds that were charged
 * @param rounds the finished rounds, in order
 * @param evaluation of the final parameters, when there is held-out data
 * @param seconds wall-clock time of all rounds, evaluation left out
 * @param kernel which kernel did the arithmetic and why others did not, in one line
 */
public record TrainingReport(
    PrivacyPlan plan,
    Guarantee guarantee,
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
   * public.
   */
  public double clientsPerSecond() {
    return seconds == 0 ? 0 : plan.expectedCohortSize() * rounds.size() / seconds;
  }
}
