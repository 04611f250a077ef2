package org.dpfed.federated;

import java.util.OptionalDouble;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.TightestAccountant;

/**
 * A run as an accountant sees it: what noise costs in privacy, and how much noise a budget asks
 * for. Everything but the noise multiplier, which is what the two directions of that question turn
 * on.
 *
 * @param population number of clients
 * @param unit what one client stands for
 * @param expectedCohortSize positive, at most the population
 * @param rounds at least 1
 * @param relation that an accountant knows with Poisson sampling; others are refused when asked for
 *     their cost
 * @param delta of the guarantee, positive, below 1 ÷ population
 */
record AccountedRun(
    int population,
    String unit,
    double expectedCohortSize,
    int rounds,
    NeighbouringRelation relation,
    double delta) {
  AccountedRun {
    if (!(expectedCohortSize > 0 && expectedCohortSize <= population)) {
      throw new IllegalArgumentException(
          "expectedCohortSize must be positive and at most the population of %d, was %s"
              .formatted(population, expectedCohortSize));
    }
    if (rounds < 1) {
      throw new IllegalArgumentException("rounds must be at least 1, was " + rounds);
    }
    double largestDelta = 1.0 / population;
    if (!(delta > 0 && delta < largestDelta)) {
      throw new IllegalArgumentException(
          "delta must be positive and below 1 / population = %s, was %s"
              .formatted(largestDelta, delta));
    }
  }

  double samplingProbability() {
    return expectedCohortSize / population;
  }

  /** What one round costs. */
  DpEvent roundEvent(double noiseMultiplier) {
    return noiseMultiplier == 0
        ? new DpEvent.NonPrivate()
        : new DpEvent.PoissonSampled(samplingProbability(), new DpEvent.Gaussian(noiseMultiplier));
  }

  /**
   * What the first rounds promise, on no assumption but the accountant's own.
   *
   * @param completed from 0 to {@link #rounds}
   */
  Guarantee spent(double noiseMultiplier, int completed) {
    if (completed < 0 || completed > rounds) {
      throw new IllegalArgumentException(
          "completed must be from 0 to " + rounds + ", was " + completed);
    }
    PrivacyAccountant accountant = accountant();
    return (completed == 0
            ? accountant
            : accountant.compose(roundEvent(noiseMultiplier), completed))
        .guarantee(delta, unit);
  }

  /**
   * The noise multiplier of the run: the chosen one if it keeps to the budget, otherwise the
   * smallest that does.
   *
   * @param chosen finite, at least 0
   * @param epsilon that all rounds may spend, positive
   * @throws IllegalArgumentException when there is neither, when the choice would spend more, or
   *     when the relation cannot be accounted for
   */
  double noiseMultiplier(OptionalDouble chosen, OptionalDouble epsilon) {
    try {
      double noiseMultiplier = chosen.isPresent() ? chosen.getAsDouble() : smallestWithin(epsilon);
      double needed = spent(noiseMultiplier, rounds).epsilon();
      if (epsilon.isPresent() && needed > epsilon.getAsDouble()) {
        throw new IllegalArgumentException(
            "noiseMultiplier %s would spend epsilon %s in %d rounds, more than the %s allowed; leave noiseMultiplier out to have it chosen, or run fewer rounds"
                .formatted(
                    noiseMultiplier, Guarantee.displayed(needed), rounds, epsilon.getAsDouble()));
      }
      return noiseMultiplier;
    } catch (UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          "relation %s with Poisson sampling cannot be accounted for: %s"
              .formatted(relation.label(), e.getMessage()),
          e);
    }
  }

  private double smallestWithin(OptionalDouble epsilon) {
    double budget =
        epsilon.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a plan needs noiseMultiplier or epsilon; noiseMultiplier 0 is the baseline without privacy"));
    return new NoiseCalibration(accountant(), budget, delta)
        .smallestNoiseMultiplier(
            candidate -> new DpEvent.SelfComposed(roundEvent(candidate), rounds));
  }

  private PrivacyAccountant accountant() {
    return new TightestAccountant(relation);
  }
}
