package org.dpfed.cli.accounting;

import java.util.EnumSet;
import java.util.Set;
import org.dpfed.accounting.AdaptiveClippingSplit;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.cli.UsageException;

/**
 * What can be asked about a run. A question declares the options that it accepts; others are
 * refused, because they would seem to change the answer.
 */
@SuppressWarnings("ImmutableEnumChecker") // Flag.set returns sets that cannot be changed.
enum Question {
  /** Epsilon at a delta. */
  EPSILON(Flag.DELTA, Flag.set(Flag.DELTA), runAnd(Flag.UNIT, Flag.PLOT)) {
    @Override
    double answerTo(OptionValues options) {
      return RunDescription.of(options).epsilon(options.delta());
    }
  },
  /** Epsilon at a delta, from every accountant. */
  EVERY_EPSILON(
      Flag.ALL,
      Flag.set(Flag.DELTA, Flag.ALL),
      without(runAnd(Flag.UNIT, Flag.PLOT), Flag.ACCOUNTANT, Flag.ORDERS)) {
    @Override
    double answerTo(OptionValues options) {
      return EPSILON.answerTo(options);
    }
  },
  /** Delta at an epsilon. */
  DELTA(Flag.EPSILON, Flag.set(Flag.EPSILON), runAnd()) {
    @Override
    double answerTo(OptionValues options) {
      return RunDescription.of(options).delta(options.number(Flag.EPSILON));
    }
  },
  /** What adaptive clipping leaves of the noise multiplier for the clipped sum. */
  VALUE_NOISE_MULTIPLIER(
      Flag.COUNT_STDDEV, Flag.set(Flag.COUNT_STDDEV, Flag.NOISE_MULTIPLIER), Flag.set()) {
    @Override
    double answerTo(OptionValues options) {
      return new AdaptiveClippingSplit(
              options.number(Flag.NOISE_MULTIPLIER), options.number(Flag.COUNT_STDDEV))
          .valueNoiseMultiplier();
    }
  },
  /** The smallest noise multiplier that meets a target. */
  NOISE_MULTIPLIER(
      Flag.EPSILON, Flag.set(Flag.EPSILON, Flag.DELTA), without(runAnd(), Flag.NOISE_MULTIPLIER)) {
    @Override
    double answerTo(OptionValues options) {
      RunDescription unit = RunDescription.of(options.with(Flag.NOISE_MULTIPLIER, 1));
      return calibration(unit, options)
          .smallestNoiseMultiplier(
              noise ->
                  unit.mechanism() instanceof CorrelatedNoise.Matrix matrix
                      // Which may have been optimised: once, not for every noise that is tried.
                      ? matrix.withNoise(noise).event()
                      : RunDescription.of(options.with(Flag.NOISE_MULTIPLIER, noise)).event());
    }
  },
  /** The most rounds that meet a target. */
  ROUNDS(
      Flag.NOISE_MULTIPLIER,
      Flag.set(Flag.EPSILON, Flag.DELTA),
      without(runAnd(), Flag.ROUNDS, Flag.TREE_ROUNDS)) {
    @Override
    double answerTo(OptionValues options) {
      if (options.has(Flag.MAX_PARTICIPATIONS)) {
        throw new UsageException(
            "%s, not %s, decides what is spent; give %s and leave out %s to find the noise"
                .formatted(
                    options.label(Flag.MAX_PARTICIPATIONS),
                    options.label(Flag.ROUNDS),
                    options.label(Flag.ROUNDS),
                    options.label(Flag.NOISE_MULTIPLIER)));
      }
      return (double)
          calibration(RunDescription.of(options.with(Flag.ROUNDS, 1)), options)
              .mostRounds(
                  rounds -> RunDescription.of(options.with(Flag.ROUNDS, (double) rounds)).event());
    }
  },
  /** The smallest expected cohort that meets a target, the average's noise being given. */
  COHORT(
      Flag.NOISE_TO_SIGNAL,
      Flag.set(Flag.EPSILON, Flag.DELTA, Flag.NOISE_TO_SIGNAL, Flag.POPULATION),
      Flag.set(
          Flag.MECHANISM,
          Flag.SAMPLING,
          Flag.ROUNDS,
          Flag.RELATION,
          Flag.ACCOUNTANT,
          Flag.ORDERS)) {
    @Override
    double answerTo(OptionValues options) {
      requirePoissonSampledGaussian(options);
      double delta = options.delta();
      long population = options.whole(Flag.POPULATION);
      OptionValues run = options.without(Flag.POPULATION).without(Flag.NOISE_TO_SIGNAL);
      return (double)
          new NoiseCalibration(sampled(run, 1, 1).accountant(), options.number(Flag.EPSILON), delta)
              .smallestExpectedCohort(
                  population,
                  options.number(Flag.NOISE_TO_SIGNAL),
                  (probability, noise) -> sampled(run, probability, noise).event());
    }

    private void requirePoissonSampledGaussian(OptionValues options) {
      if (!Mechanism.name(options).equals(Mechanism.Gaussian.NAME)
          || !options.text(Flag.SAMPLING, Sampling.Poisson.NAME).equals(Sampling.Poisson.NAME)) {
        throw new UsageException(
            "%s is for %s %s with %s %s only"
                .formatted(
                    options.label(Flag.NOISE_TO_SIGNAL),
                    options.label(Flag.MECHANISM),
                    Mechanism.Gaussian.NAME,
                    options.label(Flag.SAMPLING),
                    Sampling.Poisson.NAME));
      }
    }

    private RunDescription sampled(OptionValues options, double probability, double noise) {
      return RunDescription.of(
          options.with(Flag.SAMPLING_PROBABILITY, probability).with(Flag.NOISE_MULTIPLIER, noise));
    }
  };

  private final Flag chosenBy;
  private final Set<Flag> needs;
  private final Set<Flag> takes;

  Question(Flag chosenBy, Set<Flag> needs, Set<Flag> allows) {
    this.chosenBy = chosenBy;
    this.needs = Flag.set(needs);
    Set<Flag> both = EnumSet.of(Flag.JSON);
    both.addAll(needs);
    both.addAll(allows);
    this.takes = Flag.set(both);
  }

  /** The answer, once the options are known to be taken. */
  abstract double answerTo(OptionValues options);

  /**
   * The answer: a number, possibly infinite, never NaN.
   *
   * @throws UsageException when an option has no effect on it, or one that it needs is missing
   */
  final double answer(OptionValues options) {
    check(options);
    return number(answerTo(options));
  }

  /** The value, which must be a number. */
  static double number(double value) {
    if (Double.isNaN(value)) {
      throw new ArithmeticException("the answer is not a number; the settings are too extreme");
    }
    return value;
  }

  /**
   * @throws UsageException when an option has no effect on the answer, or one that it needs is
   *     missing
   */
  final void check(OptionValues options) {
    for (Flag given : options.texts().keySet()) {
      if (!takes.contains(given)) {
        throw noEffect(options, given, chosenBy);
      }
    }
    for (Flag needed : needs) {
      if (!options.has(needed)) {
        throw new UsageException(
            this == EPSILON
                ? "%s is missing; give it, or %s to ask for delta"
                    .formatted(options.label(needed), options.label(Flag.EPSILON))
                : options.label(needed) + " is missing");
      }
    }
  }

  /** What to say of an option that another makes void. */
  static UsageException noEffect(OptionValues options, Flag given, Flag other) {
    return new UsageException(
        "%s has no effect with %s; leave out one of the two"
            .formatted(options.label(given), options.label(other)));
  }

  private static NoiseCalibration calibration(RunDescription run, OptionValues options) {
    return new NoiseCalibration(run.accountant(), options.number(Flag.EPSILON), options.delta());
  }

  /** Every option that describes a run or chooses its accountant, and these. */
  private static Set<Flag> runAnd(Flag... others) {
    Set<Flag> flags = EnumSet.of(Flag.MECHANISM);
    flags.addAll(Choices.MECHANISMS.flags());
    flags.removeAll(EnumSet.of(Flag.EPSILON, Flag.ALL, Flag.PLOT));
    flags.addAll(Flag.set(others));
    return flags;
  }

  private static Set<Flag> without(Set<Flag> flags, Flag... others) {
    Set<Flag> fewer = EnumSet.copyOf(flags);
    fewer.removeAll(Flag.set(others));
    return fewer;
  }
}
