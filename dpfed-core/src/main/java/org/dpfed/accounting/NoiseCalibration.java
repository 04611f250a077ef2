package org.dpfed.accounting;

import java.util.function.DoubleFunction;
import java.util.function.LongFunction;

/**
 * Finds settings that just meet a privacy target. Every answer meets it: the accountant has
 * evaluated the returned settings, and their epsilon is at most the target.
 *
 * @param accountant judges the settings; whatever it has already composed counts as spent
 * @param epsilon the target, positive and finite
 * @param delta the target, in (0, 1)
 */
public record NoiseCalibration(PrivacyAccountant accountant, double epsilon, double delta) {
  /** Answers are within this factor of the best. */
  private static final double TOLERANCE = 1e-7;

  private static final double LEAST_NOISE = 1e-3;
  private static final double MOST_NOISE = 1e7;

  public NoiseCalibration {
    Bounds.positive("epsilon", epsilon);
    Bounds.delta(delta);
  }

  /**
   * The smallest noise multiplier whose event meets the target.
   *
   * @param event the whole run at a noise multiplier; its cost falls as the noise rises
   * @throws IllegalArgumentException when no noise multiplier up to 10⁷ meets the target
   */
  public double smallestNoiseMultiplier(DoubleFunction<DpEvent> event) {
    double low = 1;
    double high = 1;
    double lowExcess = excess(event.apply(low));
    double highExcess = lowExcess;
    while (highExcess > 0) {
      low = high;
      lowExcess = highExcess;
      high *= 2;
      if (high > MOST_NOISE) {
        throw new IllegalArgumentException(
            "epsilon "
                + epsilon
                + " at delta "
                + delta
                + " is not reached by any noiseMultiplier up to "
                + MOST_NOISE
                + "; raise epsilon or delta, or run fewer rounds");
      }
      highExcess = excess(event.apply(high));
    }
    while (lowExcess <= 0) {
      if (low < LEAST_NOISE) {
        return low;
      }
      high = low;
      highExcess = lowExcess;
      low /= 2;
      lowExcess = excess(event.apply(low));
    }
    return privateSide(event, low, lowExcess, high, highExcess);
  }

  /** The private end of a bracket narrowed by the Illinois method in log–log coordinates. */
  private double privateSide(
      DoubleFunction<DpEvent> event, double low, double lowExcess, double high, double highExcess) {
    double left = Math.log(low);
    double right = Math.log(high);
    double leftExcess = lowExcess;
    double rightExcess = highExcess;
    int sameSide = 0;
    double best = high;
    for (int i = 0; right - left > TOLERANCE && i < 200; i++) {
      double slope = (rightExcess - leftExcess) / (right - left);
      double guess = left - leftExcess / slope;
      double margin = Math.min(0.3 * TOLERANCE, 0.1 * (right - left));
      boolean usable = Double.isFinite(guess) && Math.abs(sameSide) < 4;
      // A little to the private side, so that the next bracket is closed from there.
      double next =
          usable
              ? Math.min(right - margin, Math.max(left + margin, guess + margin))
              : (left + right) / 2;
      double noise = Math.exp(next);
      double excess = excess(event.apply(noise));
      if (excess <= 0) {
        right = next;
        best = noise;
        rightExcess = excess;
        leftExcess = sameSide > 0 ? leftExcess / 2 : leftExcess;
        sameSide = usable ? Math.max(1, sameSide + 1) : 0;
      } else {
        left = next;
        leftExcess = excess;
        rightExcess = sameSide < 0 ? rightExcess / 2 : rightExcess;
        sameSide = usable ? Math.min(-1, sameSide - 1) : 0;
      }
    }
    return best;
  }

  /**
   * The most rounds whose event meets the target, 0 when not even one does.
   *
   * @param event the whole run of a number of rounds; its cost rises with it
   */
  public long mostRounds(LongFunction<DpEvent> event) {
    if (excess(event.apply(1)) > 0) {
      return 0;
    }
    long low = 1;
    long high = 2;
    while (excess(event.apply(high)) <= 0) {
      low = high;
      high = Math.multiplyExact(high, 2);
      if (high > 1L << 40) {
        throw new IllegalArgumentException(
            "epsilon " + epsilon + " is not used up by 2^40 rounds; lower it");
      }
    }
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      if (excess(event.apply(middle)) <= 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * The smallest expected cohort that meets the target at a fixed ratio of noise to signal. The
   * noise multiplier is then noiseToSignal × cohort: larger cohorts afford more noise.
   *
   * @param population number of clients, at least 1
   * @param noiseToSignal noise standard deviation of the average, in clip norms, positive
   * @param event the whole run, given its sampling probability and noise multiplier
   * @throws IllegalArgumentException when not even the whole population meets the target
   */
  public long smallestExpectedCohort(long population, double noiseToSignal, SampledRun event) {
    Bounds.atLeast("population", 1, population);
    Bounds.positive("noiseToSignal", noiseToSignal);
    long low = 0;
    long high = population;
    if (excess(event.at(1, noiseToSignal * population)) > 0) {
      throw new IllegalArgumentException(
          "epsilon "
              + epsilon
              + " is not met by the whole population of "
              + population
              + " at noiseToSignal "
              + noiseToSignal
              + "; raise epsilon or noiseToSignal");
    }
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      double q = (double) middle / population;
      if (excess(event.at(q, noiseToSignal * middle)) <= 0) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /** A run as a function of how many are sampled and how much noise is added. */
  @FunctionalInterface
  public interface SampledRun {
    /** The event of the whole run. */
    DpEvent at(double samplingProbability, double noiseMultiplier);
  }

  /** Positive where the event costs too much: the logarithm of epsilon over its target. */
  private double excess(DpEvent event) {
    double cost = accountant.compose(event).epsilon(delta);
    return Math.log(Math.max(cost, 1e-9 * epsilon)) - Math.log(epsilon);
  }
}
