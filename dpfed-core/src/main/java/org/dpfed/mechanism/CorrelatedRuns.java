package org.dpfed.mechanism;

import java.util.Optional;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.strategy.BufferedLinearStrategy;

/** What the kinds of correlated {@link Noise} ask of a run and of a strategy. */
final class CorrelatedRuns {
  private CorrelatedRuns() {}

  static Optional<String> refusalWithout(Sampling sampling, String label) {
    return sampling instanceof Sampling.ParticipationLimited
        ? Optional.empty()
        : Optional.of(
            "%s noise has no proven cost with %s sampling, which draws its cohorts at random; choose participation-limited%s"
                .formatted(
                    label,
                    sampling.label(),
                    label.equals("banded") ? " or cyclic-poisson sampling" : " sampling"));
  }

  static Participation participation(Sampling sampling, int population, int rounds) {
    return sampling.participation(population, rounds).orElseThrow();
  }

  static void requireBands(ToeplitzStrategy strategy, int bands) {
    if (strategy.coefficients().size() > bands || !isOrdered(strategy)) {
      throw new IllegalArgumentException(
          "the coefficients of a banded strategy must be at most %d, begin with 1, never rise and never be negative, were %s"
              .formatted(bands, strategy.coefficients()));
    }
  }

  private static boolean isOrdered(ToeplitzStrategy strategy) {
    double previous = 1;
    for (double coefficient : strategy.coefficients()) {
      if (!(coefficient >= 0 && coefficient <= previous)) {
        return false;
      }
      previous = coefficient;
    }
    return strategy.coefficients().get(0) == 1;
  }

  static void requireBuffers(BufferedLinearStrategy strategy, int buffers) {
    if (strategy.bufferDecay().size() != buffers) {
      throw new IllegalArgumentException(
          "a strategy of %d buffers was given, not of %d"
              .formatted(strategy.bufferDecay().size(), buffers));
    }
  }

  static IllegalStateException notOptimised(String label) {
    return new IllegalStateException(
        "this %s noise has no strategy yet; a plan optimises it, or give one".formatted(label));
  }
}
