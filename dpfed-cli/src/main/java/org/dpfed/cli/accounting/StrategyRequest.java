package org.dpfed.cli.accounting;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.cli.UsageException;

/**
 * The run for which kinds of noise are compared.
 *
 * @param participation how often a client takes part where nobody is sampled
 * @param cohorts the clients, where they may be sampled instead
 * @param objective whose error counts
 * @param target what all kinds must meet under zero-out
 * @param gaussian noise divided by sensitivity, the same for all kinds without sampling; 1 where
 *     nothing is said of the noise
 * @param clipNorm the unit of errors; 1 where nothing is said of it
 * @param bands of banded kinds; empty where none are named
 * @param buffers of buffered kinds; empty where none are named
 */
record StrategyRequest(
    Participation participation,
    Optional<Cohorts> cohorts,
    Objective objective,
    Optional<NoiseCalibration> target,
    OptionalDouble gaussian,
    OptionalDouble clipNorm,
    List<Integer> bands,
    List<Integer> buffers) {
  /** Rounds beyond which an answer takes minutes. */
  private static final int MOST_ROUNDS = 1_000_000;

  /**
   * @param population number of clients
   * @param cohort clients in one round, expected where they are sampled
   */
  record Cohorts(long population, long cohort) {
    /** The separation of a client's participations when clients take turns. */
    int separation(int rounds) {
      return (int) Math.min(rounds, population / cohort);
    }

    /** The Poisson rate within one of so many groups. */
    double probability(int groups) {
      return Math.min(1, (double) cohort * groups / population);
    }
  }

  /**
   * What the options describe.
   *
   * @throws UsageException when they contradict each other, or one is missing
   */
  static StrategyRequest of(OptionValues options) {
    int rounds = options.index(Flag.ROUNDS);
    if (rounds > MOST_ROUNDS) {
      throw new UsageException(
          "%s must be at most %d, was %d"
              .formatted(options.label(Flag.ROUNDS), MOST_ROUNDS, rounds));
    }
    Optional<Cohorts> cohorts = cohorts(options);
    Participation participation =
        cohorts
            .map(clients -> takingTurns(rounds, clients.separation(rounds)))
            .orElseGet(() -> CorrelatedNoise.participation(options));
    Optional<NoiseCalibration> target = target(options);
    OptionalDouble gaussian = gaussian(options, target);
    if (gaussian.isEmpty() && options.has(Flag.CLIP_NORM)) {
      throw new UsageException(
          "%s has no effect without %s and %s, or %s; leave it out"
              .formatted(
                  options.label(Flag.CLIP_NORM),
                  options.label(Flag.EPSILON),
                  options.label(Flag.DELTA),
                  options.label(Flag.NOISE_MULTIPLIER)));
    }
    return new StrategyRequest(
        participation,
        cohorts,
        Choices.objective(options),
        target,
        gaussian,
        options.has(Flag.CLIP_NORM)
            ? OptionalDouble.of(options.number(Flag.CLIP_NORM))
            : OptionalDouble.empty(),
        sizes(options, Flag.BANDS, rounds),
        sizes(options, Flag.BUFFERS, Integer.MAX_VALUE));
  }

  private static Participation takingTurns(int rounds, int separation) {
    return new Participation(rounds, 1 + (rounds - 1) / separation, separation);
  }

  private static Optional<Cohorts> cohorts(OptionValues options) {
    if (!options.has(Flag.POPULATION) && !options.has(Flag.COHORT)) {
      if (!options.has(Flag.MAX_PARTICIPATIONS)) {
        throw new UsageException(
            "%s is missing; say how often a client takes part with it and %s, or give %s and %s"
                .formatted(
                    options.label(Flag.MAX_PARTICIPATIONS),
                    options.label(Flag.MIN_SEPARATION),
                    options.label(Flag.POPULATION),
                    options.label(Flag.COHORT)));
      }
      return Optional.empty();
    }
    for (Flag other : List.of(Flag.MAX_PARTICIPATIONS, Flag.MIN_SEPARATION)) {
      if (options.has(other)) {
        throw new UsageException(
            "%s and %s cannot be given together; %s and %s say how often a client takes part"
                .formatted(
                    options.label(other),
                    options.label(options.has(Flag.COHORT) ? Flag.COHORT : Flag.POPULATION),
                    options.label(Flag.POPULATION),
                    options.label(Flag.COHORT)));
      }
    }
    long population = options.whole(Flag.POPULATION);
    long cohort = options.whole(Flag.COHORT);
    if (cohort > population) {
      throw new UsageException(
          "%s must be at most %s = %d, was %d"
              .formatted(
                  options.label(Flag.COHORT), options.label(Flag.POPULATION), population, cohort));
    }
    return Optional.of(new Cohorts(population, cohort));
  }

  private static Optional<NoiseCalibration> target(OptionValues options) {
    if (!options.has(Flag.EPSILON) && !options.has(Flag.DELTA)) {
      return Optional.empty();
    }
    if (options.has(Flag.NOISE_MULTIPLIER)) {
      throw Question.noEffect(
          options, options.has(Flag.EPSILON) ? Flag.EPSILON : Flag.DELTA, Flag.NOISE_MULTIPLIER);
    }
    return Optional.of(
        new NoiseCalibration(
            new TightestAccountant(NeighbouringRelation.ZERO_OUT),
            options.number(Flag.EPSILON),
            options.delta()));
  }

  private static OptionalDouble gaussian(OptionValues options, Optional<NoiseCalibration> target) {
    if (target.isPresent()) {
      return OptionalDouble.of(target.get().smallestNoiseMultiplier(DpEvent.Gaussian::new));
    }
    return options.has(Flag.NOISE_MULTIPLIER)
        ? OptionalDouble.of(options.number(Flag.NOISE_MULTIPLIER))
        : OptionalDouble.empty();
  }

  private static List<Integer> sizes(OptionValues options, Flag flag, int most) {
    if (!options.has(flag)) {
      return List.of();
    }
    return options.numbers(flag).stream()
        .map(
            size -> {
              if (size > most) {
                throw new UsageException(
                    "each entry of %s must be at most %s = %d, one was %d"
                        .formatted(
                            options.label(flag),
                            options.label(Flag.ROUNDS),
                            most,
                            size.longValue()));
              }
              return size.intValue();
            })
        .distinct()
        .sorted()
        .toList();
  }
}
