package org.dpfed.cli.training;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpfed.accounting.Guarantee;
import org.dpfed.cli.output.FittedLine;
import org.dpfed.cli.output.TimeLeft;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundMetrics;

/**
 * How far a run is.
 *
 * @param metrics of the last finished round
 * @param spent by all rounds that were charged
 * @param secondsLeft empty where that is not known
 */
record RoundProgress(
    RoundMetrics metrics, PrivacyPlan plan, EpsilonCurve.Spent spent, OptionalDouble secondsLeft) {

  /** From 0 to 1. */
  double share() {
    return (double) metrics.round() / plan.rounds();
  }

  /**
   * Round, metrics, clip norm where it adapts, privacy spent and time left, for people. The main
   * metric is the first.
   */
  FittedLine line(List<ModelEvaluation.Metric> shown) {
    FittedLine line =
        new FittedLine()
            .with(3, "round ")
            .with(0, "%d of %d".formatted(metrics.round(), plan.rounds()));
    for (int i = 0; i < shown.size(); i++) {
      line.with(i == 0 ? 2 : 5, (i == 0 ? ": " : ", ") + shown.get(i));
    }
    return line.with(4, clipNorm())
        .with(1, Optional.of(epsilon()))
        .with(6, TimeLeft.text(secondsLeft));
  }

  private Optional<String> clipNorm() {
    return plan.clipping().adaptation().isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(Locale.ROOT, "clip norm %.3g", PlanText.whole(metrics.clipNorms())));
  }

  private String epsilon() {
    if (!plan.isSecure()) {
      return "no privacy (seeded noise)";
    } else if (plan.noiseMultiplier() == 0) {
      return "no privacy";
    } else if (spent.epsilon() == Double.POSITIVE_INFINITY) {
      return "ε without bound";
    }
    return (spent.isExact() ? "ε " : "ε ≤ ") + Guarantee.displayed(spent.epsilon());
  }
}
