package org.dpfed.accounting;

import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
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
  private static final double LEAST_NOISE = 1e-3;
  private static final double MOST_NOISE = 1e7;
  private static final double MOST_ROUNDS = 1L << 40;

  public NoiseCalibration {
    Bounds.positive("epsilon", epsilon);
    Bounds.delta(delta);
  }

  /**
   * The smallest noise multiplier whose event meets the target, to a 10⁻⁷th of it, or a hundredth
   * where epsilon jumps; not below 10⁻³.
   *
   * @param event the whole run at a noise multiplier; its cost falls as the noise rises
   * @throws IllegalArgumentException when no noise multiplier up to 10⁷ meets the target
   */
  public double smallestNoiseMultiplier(DoubleFunction<DpEvent> event) {
    DoubleUnaryOperator excess = noise -> excess(event.apply(noise));
    Bracket.End end = new Bracket.End(1, excess.applyAsDouble(1));
    // Most answers are near 1: steps are small there, and wider and wider further out.
    for (double step = 2; ; step *= step) {
      boolean enough = end.meetsTarget();
      if (enough && end.value() == LEAST_NOISE) {
        return LEAST_NOISE;
      } else if (!enough && end.value() == MOST_NOISE) {
        throw new IllegalArgumentException(
            "epsilon "
                + epsilon
                + " at delta "
                + delta
                + " is not reached by any noiseMultiplier up to "
                + MOST_NOISE
                + "; raise epsilon or delta, or run fewer rounds");
      }
      double further =
          enough
              ? Math.max(LEAST_NOISE, end.value() / step)
              : Math.min(MOST_NOISE, end.value() * step);
      Bracket.End next = new Bracket.End(further, excess.applyAsDouble(further));
      if (next.meetsTarget() != enough) {
        return new Bracket(excess, enough ? next : end, enough ? end : next, false).narrowed();
      }
      end = next;
    }
  }

  /**
   * The most rounds whose event meets the target, 0 when not even one does; beyond 10⁷, within a
   * 10⁻⁷th of the most.
   *
   * @param event the whole run of a number of rounds; its cost rises with it
   * @throws IllegalArgumentException when 2⁴⁰ rounds still meet the target
   */
  public long mostRounds(LongFunction<DpEvent> event) {
    DoubleUnaryOperator excess = rounds -> excess(event.apply((long) rounds));
    Bracket.End most = new Bracket.End(1, excess.applyAsDouble(1));
    if (!most.meetsTarget()) {
      return 0;
    }
    for (double step = 2; ; step *= step) {
      if (most.value() == MOST_ROUNDS) {
        throw new IllegalArgumentException(
            "epsilon " + epsilon + " is not used up by 2^40 rounds; lower it");
      }
      double more = Math.min(MOST_ROUNDS, most.value() * step);
      Bracket.End next = new Bracket.End(more, excess.applyAsDouble(more));
      if (!next.meetsTarget()) {
        return (long) new Bracket(excess, next, most, true).narrowed();
      }
      most = next;
    }
  }

  /**
   * The smallest expected cohort that meets the target at a fixed ratio of noise to signal; beyond
   * 10⁷, within a 10⁻⁷th of the smallest. The noise multiplier is then noiseToSignal × cohort:
   * larger cohorts afford more noise.
   *
   * @param population number of clients, at least 1
   * @param noiseToSignal noise standard deviation of the average, in clip norms, positive
   * @param event the whole run, given its sampling probability and noise multiplier
   * @throws IllegalArgumentException when not even the whole population meets the target
   */
  public long smallestExpectedCohort(long population, double noiseToSignal, SampledRun event) {
    Bounds.atLeast("population", 1, population);
    Bounds.positive("noiseToSignal", noiseToSignal);
    DoubleUnaryOperator excess =
        cohort -> excess(event.at(cohort / population, noiseToSignal * cohort));
    Bracket.End all =
        new Bracket.End((double) population, excess.applyAsDouble((double) population));
    if (!all.meetsTarget()) {
      throw new IllegalArgumentException(
          "epsilon "
              + epsilon
              + " is not met by the whole population of "
              + population
              + " at noiseToSignal "
              + noiseToSignal
              + "; raise epsilon or noiseToSignal");
    }
    Bracket.End one = new Bracket.End(1, excess.applyAsDouble(1));
    return one.meetsTarget() ? 1 : (long) new Bracket(excess, one, all, true).narrowed();
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
