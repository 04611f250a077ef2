package org.dpfed.mechanism;

import org.dpfed.accounting.DpEvent;
import org.dpfed.kernel.KernelSelection;

/**
 * The Poisson-sampled Gaussian mechanism: sampling, clipping and noise of one round, and their
 * privacy event. Cohort, noise and event are computed from the same numbers and so always agree.
 * Only {@link #aggregator} gives access to the sum of a round; the aggregator draws the cohort and
 * the noise, and charges the event.
 *
 * @param population number of clients, at least 1
 * @param expectedCohortSize clients sampled in a round on average, each independently with
 *     probability {@code expectedCohortSize ÷ population}; divides the noisy sum; positive, at most
 *     the population
 * @param clipping bounds each delta
 * @param noiseMultiplier noise standard deviation of the sum ÷ clip norm; finite, at least 0, and 0
 *     where there is no clip norm. The noise never depends on the norm of a delta, which it would
 *     then reveal
 * @param randomness where cohorts and noise are drawn from
 */
public record SampledGaussian(
    int population,
    double expectedCohortSize,
    Clipping clipping,
    double noiseMultiplier,
    Randomness randomness) {
  public SampledGaussian {
    if (population < 1) {
      throw new IllegalArgumentException("population must be at least 1, was " + population);
    }
    // The least normal double: the mean is the sum times 1 ÷ expectedCohortSize, which is finite.
    if (!(expectedCohortSize >= Double.MIN_NORMAL && expectedCohortSize <= population)) {
      throw new IllegalArgumentException(
          "expectedCohortSize must be positive and at most the population of %d, was %s"
              .formatted(population, expectedCohortSize));
    }
    if (!(noiseMultiplier >= 0 && noiseMultiplier <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "noiseMultiplier must be finite and at least 0, was " + noiseMultiplier);
    }
    if (noiseMultiplier > 0 && Double.isInfinite(clipping.clipNorm())) {
      throw new IllegalArgumentException(
          "noiseMultiplier must be 0 without a clip norm, was %s; choose a clipNorm"
              .formatted(noiseMultiplier));
    }
  }

  /** The same mechanism with other noise. */
  public SampledGaussian withNoiseMultiplier(double other) {
    return new SampledGaussian(population, expectedCohortSize, clipping, other, randomness);
  }

  /** The probability with which each client takes part in a round, independently. */
  public double samplingProbability() {
    return expectedCohortSize / population;
  }

  /** Absolute standard deviation of the noise that is added to the sum of a round. */
  public double noiseStddev() {
    return noiseMultiplier == 0 ? 0 : noiseMultiplier * clipping.clipNorm();
  }

  /**
   * What one round costs, and what a ledger is charged for it. Noise that a seed reveals hides
   * nothing: a seeded round costs what a round without noise costs.
   */
  public DpEvent event() {
    return randomness.isSecure() ? eventIfSecure() : new DpEvent.NonPrivate();
  }

  /** What one round would cost with secure randomness. */
  public DpEvent eventIfSecure() {
    return noiseMultiplier == 0
        ? new DpEvent.NonPrivate()
        : new DpEvent.PoissonSampled(samplingProbability(), new DpEvent.Gaussian(noiseMultiplier));
  }

  /**
   * One round: draws its cohort, sums what the cohort's clients send, and releases the noisy mean.
   *
   * @param round counts from 0; with seeded randomness, equal rounds draw equal cohorts and noise
   * @param kernels whose kernel does the arithmetic, on the calling thread
   * @param dimension length of a delta, at least 1
   * @throws IllegalArgumentException when the noise exceeds the range of exact sums
   */
  public DeltaAggregator aggregator(int round, KernelSelection kernels, long dimension) {
    return new DeltaAggregator(this, round, kernels.kernel().withThreads(1), dimension);
  }
}
