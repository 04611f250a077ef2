package org.dpfed.cli.accounting;

import java.util.EnumSet;
import java.util.Set;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.cli.UsageException;

/** Which clients take part in a round. Each member declares the options that describe it. */
sealed interface Sampling {
  /** What a mechanism on all clients becomes when it is run on the sample. */
  DpEvent of(DpEvent mechanism);

  /** The relations under which sampling so has a guarantee. */
  default Set<NeighbouringRelation> relations() {
    return EnumSet.allOf(NeighbouringRelation.class);
  }

  /** The sampling that the options describe: Poisson where they say how many, else none. */
  static Sampling of(OptionValues options) {
    boolean sampled = options.has(Flag.SAMPLING_PROBABILITY) || options.has(Flag.COHORT);
    String otherwise = sampled ? Poisson.NAME : Everybody.NAME;
    return Choices.SAMPLINGS.make(options.text(Flag.SAMPLING, otherwise), options);
  }

  /**
   * The probability that a client takes part in a round: as given, or from the expected cohort.
   *
   * @param groups of equal size that clients are split into, one of which is sampled
   */
  static double probability(OptionValues options, long groups) {
    if (options.has(Flag.SAMPLING_PROBABILITY)) {
      return options.number(Flag.SAMPLING_PROBABILITY);
    }
    double group = (double) options.whole(Flag.POPULATION) / groups;
    double cohort = options.number(Flag.COHORT);
    if (cohort > group) {
      throw new UsageException(
          "%s must be at most %s%s = %s, was %s"
              .formatted(
                  options.label(Flag.COHORT),
                  options.label(Flag.POPULATION),
                  groups == 1 ? "" : " / " + options.label(Flag.GROUPS),
                  group,
                  cohort));
    }
    return cohort / group;
  }

  /** All clients take part in every round. */
  record Everybody() implements Sampling {
    static final String NAME = "none";

    static Form<Sampling> form() {
      return new Form<>(NAME, Flag.set(), Flag.set(), options -> new Everybody());
    }

    @Override
    public DpEvent of(DpEvent mechanism) {
      return mechanism;
    }
  }

  /** Each client takes part independently with the same probability. */
  record Poisson(double probability) implements Sampling {
    static final String NAME = "poisson";

    static Form<Sampling> formByProbability() {
      return form(Flag.SAMPLING_PROBABILITY);
    }

    static Form<Sampling> formByCohort() {
      return form(Flag.COHORT, Flag.POPULATION);
    }

    private static Form<Sampling> form(Flag... needed) {
      return new Form<>(
          NAME,
          Flag.set(needed),
          Flag.set(),
          options -> new Poisson(Sampling.probability(options, 1)));
    }

    @Override
    public DpEvent of(DpEvent mechanism) {
      return new DpEvent.PoissonSampled(probability, mechanism);
    }
  }

  /** As Poisson, and a sample above the largest cohort is cut at random. */
  record TruncatedPoisson(double probability, long population, long maxCohort) implements Sampling {
    static Form<Sampling> formByProbability() {
      return form(Flag.SAMPLING_PROBABILITY);
    }

    static Form<Sampling> formByCohort() {
      return form(Flag.COHORT);
    }

    private static Form<Sampling> form(Flag size) {
      return new Form<>(
          "capped-poisson",
          Flag.set(size, Flag.POPULATION, Flag.MAX_COHORT),
          Flag.set(),
          options ->
              new TruncatedPoisson(
                  Sampling.probability(options, 1),
                  options.whole(Flag.POPULATION),
                  options.whole(Flag.MAX_COHORT)));
    }

    @Override
    public DpEvent of(DpEvent mechanism) {
      return new DpEvent.TruncatedPoissonSampled(probability, population, maxCohort, mechanism);
    }
  }

  /** A uniformly random cohort of fixed size. */
  record FixedSize(long population, long cohort) implements Sampling {
    static Form<Sampling> form() {
      return new Form<>(
          "without-replacement", Flag.set(Flag.COHORT, Flag.POPULATION), Flag.set(), FixedSize::of);
    }

    private static FixedSize of(OptionValues options) {
      long cohort = options.whole(Flag.COHORT);
      long population = options.whole(Flag.POPULATION);
      if (cohort > population) {
        throw new UsageException(
            "%s must be at most %s = %d, was %d"
                .formatted(
                    options.label(Flag.COHORT),
                    options.label(Flag.POPULATION),
                    population,
                    cohort));
      }
      return new FixedSize(population, cohort);
    }

    @Override
    public DpEvent of(DpEvent mechanism) {
      return new DpEvent.SampledWithoutReplacement(population, cohort, mechanism);
    }

    /** One client more would change the odds of all others. */
    @Override
    public Set<NeighbouringRelation> relations() {
      return Mechanism.FIXED_POPULATION;
    }
  }
}
