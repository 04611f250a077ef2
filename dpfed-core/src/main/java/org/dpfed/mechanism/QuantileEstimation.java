package org.dpfed.mechanism;

import java.util.OptionalDouble;

/**
 * A private estimate of a quantile of the clients' norms, moved each round by {@code C ← C ·
 * exp(−learningRate · (b̃ − targetQuantile))}, where b̃ is the noisy share of clients whose norm is
 * at most C (Andrew, Thakkar, McMahan, Ramaswamy 2021, §3).
 *
 * @param targetQuantile in [0, 1]
 * @param learningRate positive and finite
 * @param countStddev σ_b, standard deviation of the noise on the count of such clients; positive;
 *     empty for a twentieth of the expected cohort, as in the paper
 */
public record QuantileEstimation(
    double targetQuantile, double learningRate, OptionalDouble countStddev) {
  /** More of it would leave no room for exact sums of counts. */
  private static final double MOST_STDDEV = 1e6;

  public QuantileEstimation {
    if (!(targetQuantile >= 0 && targetQuantile <= 1)) {
      throw new IllegalArgumentException(
          "targetQuantile must be from 0 to 1, was " + targetQuantile);
    }
    if (!(learningRate > 0 && learningRate <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "learningRate must be positive and finite, was " + learningRate);
    }
    if (countStddev.isPresent()
        && !(countStddev.getAsDouble() > 0 && countStddev.getAsDouble() <= MOST_STDDEV)) {
      throw new IllegalArgumentException(
          "countStddev must be positive and at most %s, was %s"
              .formatted(MOST_STDDEV, countStddev.getAsDouble()));
    }
  }

  /** The median at a learning rate of 0.2, the paper's setting. */
  public static QuantileEstimation median() {
    return new QuantileEstimation(0.5, 0.2, OptionalDouble.empty());
  }

  /** Standard deviation of the noise on the count. */
  public double countStddev(double expectedCohortSize) {
    return countStddev.orElse(expectedCohortSize / 20);
  }

  /** The estimate after a round in which the noisy share of norms up to {@code estimate} was so. */
  double next(double estimate, double noisyShare) {
    return ClipBound.within(estimate * Math.exp(-learningRate * (noisyShare - targetQuantile)));
  }
}
