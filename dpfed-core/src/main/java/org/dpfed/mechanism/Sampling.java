package org.dpfed.mechanism;

import java.util.Arrays;
import java.util.Optional;
import org.dpfed.accounting.AmplifiedBandedMechanism;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.MatrixMechanism;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;

/**
 * Which clients take part in a round. A client of the cohort that fails, or has no data, counts as
 * one that sent zero: no sampling draws another in its place.
 */
public sealed interface Sampling {

  /** The public constant that divides every noisy sum: the size of a cohort, or its mean. */
  double expectedCohortSize();

  /** Its name in settings and documents. */
  String label();

  /**
   * Why this sampling cannot serve a run of that size; empty when it can.
   *
   * @param population number of clients, at least 1
   * @param rounds at least 1
   */
  default Optional<String> refusal(int population, int rounds) {
    return SamplingBounds.cohortAbovePopulation(expectedCohortSize(), population);
  }

  /**
   * How often one client takes part where that is fixed beforehand; empty where it is drawn.
   *
   * @param rounds of the whole run, or of its beginning
   */
  default Optional<Participation> participation(int population, int rounds) {
    return Optional.empty();
  }

  /** Whether a client more or less would change when the others take part. */
  default boolean dependsOnPopulation() {
    return false;
  }

  /** Whether every cohort has {@link #expectedCohortSize} clients. */
  default boolean isFixedSize() {
    return false;
  }

  /** In how many of {@code rounds} rounds a client may take part. */
  default int mostRounds(int rounds) {
    return rounds;
  }

  /**
   * What one round with independent Gaussian noise costs; empty where only the run as a whole has a
   * cost, since the rounds in which a client can take part depend on each other.
   *
   * @param noiseMultiplier noise standard deviation ÷ clip norm, positive
   */
  default Optional<DpEvent> roundEvent(int population, double noiseMultiplier) {
    return Optional.empty();
  }

  /**
   * What {@code rounds} rounds with independent Gaussian noise cost.
   *
   * @param noiseMultiplier noise standard deviation ÷ clip norm, positive
   */
  DpEvent event(int population, double noiseMultiplier, int rounds);

  /** Several times the same round. */
  private static DpEvent repeated(Optional<DpEvent> round, int rounds) {
    return new DpEvent.SelfComposed(round.orElseThrow(), rounds);
  }

  /** The cohorts of one run, drawn from keys of their own. */
  Cohorts cohorts(int population, Randomness randomness);

  /**
   * The cohorts of a run that goes on.
   *
   * @param order of the run's cohorts before, {@link Cohorts#order}
   * @throws IllegalArgumentException when it cannot be an order of these clients
   */
  default Cohorts cohorts(int population, Randomness randomness, int[] order) {
    if (order.length > 0) {
      throw new IllegalArgumentException(label() + " sampling has no order of clients");
    }
    return cohorts(population, randomness);
  }

  /** The cohorts of one run. */
  @FunctionalInterface
  interface Cohorts {
    /** The order in which clients take turns, where they do; otherwise empty. A copy. */
    default int[] order() {
      return new int[0];
    }

    /**
     * The clients of one round, ascending; may be empty.
     *
     * @param round counts from 0
     */
    int[] of(int round);
  }

  /**
   * Every client independently with probability {@code expectedCohortSize ÷ population}.
   *
   * @param expectedCohortSize positive, at most the population
   */
  record Poisson(double expectedCohortSize) implements Sampling {
    public Poisson {
      SamplingBounds.requireExpectedCohortSize(expectedCohortSize);
    }

    @Override
    public String label() {
      return "poisson";
    }

    @Override
    public Optional<DpEvent> roundEvent(int population, double noiseMultiplier) {
      return Optional.of(
          new DpEvent.PoissonSampled(
              expectedCohortSize / population, new DpEvent.Gaussian(noiseMultiplier)));
    }

    @Override
    public DpEvent event(int population, double noiseMultiplier, int rounds) {
      return repeated(roundEvent(population, noiseMultiplier), rounds);
    }

    @Override
    public Cohorts cohorts(int population, Randomness randomness) {
      return new PoissonSampler(population, expectedCohortSize / population, randomness)::cohort;
    }
  }

  /**
   * As Poisson, but a cohort of more than {@code maxCohort} clients is cut to a uniformly random
   * part of that size.
   *
   * @param expectedCohortSize mean size before the cut; positive, at most the population
   * @param maxCohort the most clients in one round, at least the mean and below the population
   */
  record CappedPoisson(double expectedCohortSize, int maxCohort) implements Sampling {
    public CappedPoisson {
      SamplingBounds.requireExpectedCohortSize(expectedCohortSize);
      if (!(maxCohort >= expectedCohortSize)) {
        throw new IllegalArgumentException(
            "maxCohort must be at least the expectedCohortSize of %s, which divides every sum, was %d; choose a smaller cohort"
                .formatted(expectedCohortSize, maxCohort));
      }
    }

    @Override
    public Optional<String> refusal(int population, int rounds) {
      return Sampling.super
          .refusal(population, rounds)
          .or(
              () ->
                  maxCohort < population
                      ? Optional.empty()
                      : Optional.of(
                          "maxCohort must be below the population of %d to have an effect, was %d; choose poisson sampling"
                              .formatted(population, maxCohort)));
    }

    @Override
    public String label() {
      return "capped-poisson";
    }

    @Override
    public Optional<DpEvent> roundEvent(int population, double noiseMultiplier) {
      return Optional.of(
          new DpEvent.TruncatedPoissonSampled(
              expectedCohortSize / population,
              population,
              maxCohort,
              new DpEvent.Gaussian(noiseMultiplier)));
    }

    @Override
    public DpEvent event(int population, double noiseMultiplier, int rounds) {
      return repeated(roundEvent(population, noiseMultiplier), rounds);
    }

    @Override
    public Cohorts cohorts(int population, Randomness randomness) {
      Cohorts uncut = new Poisson(expectedCohortSize).cohorts(population, randomness);
      return round -> {
        int[] drawn = uncut.of(round);
        return drawn.length <= maxCohort
            ? drawn
            : new UniformSubset(randomness.key(Randomness.Purpose.SUBSET, round))
                .of(drawn, maxCohort);
      };
    }
  }

  /**
   * A uniformly random cohort of fixed size. Has no guarantee under add-or-remove-one, which
   * changes every client's chance.
   *
   * @param cohortSize clients in one round, at least 1, at most the population
   */
  record WithoutReplacement(int cohortSize) implements Sampling {
    public WithoutReplacement {
      SamplingBounds.requireAtLeastOne("cohortSize", cohortSize);
    }

    @Override
    public double expectedCohortSize() {
      return cohortSize;
    }

    @Override
    public String label() {
      return "without-replacement";
    }

    @Override
    public boolean dependsOnPopulation() {
      return true;
    }

    @Override
    public boolean isFixedSize() {
      return true;
    }

    @Override
    public Optional<DpEvent> roundEvent(int population, double noiseMultiplier) {
      return Optional.of(
          new DpEvent.SampledWithoutReplacement(
              population, cohortSize, new DpEvent.Gaussian(noiseMultiplier)));
    }

    @Override
    public DpEvent event(int population, double noiseMultiplier, int rounds) {
      return repeated(roundEvent(population, noiseMultiplier), rounds);
    }

    @Override
    public Cohorts cohorts(int population, Randomness randomness) {
      int[] everybody = UniformSubset.firstIntegers(population);
      return round ->
          new UniformSubset(randomness.key(Randomness.Purpose.SUBSET, round))
              .of(everybody, cohortSize);
    }
  }

  /**
   * No random sampling: the clients, in an order drawn once for the run, take turns, {@code
   * cohortSize} of them a round. So a client's rounds are ⌊population ÷ cohortSize⌋ apart or one
   * more, and nothing that a client does changes its turn. The order need not be secret.
   *
   * <p>The separation is a difference of indices: rounds 0 and 4 are 4 apart, with 3 rounds
   * strictly between them; {@link #withRoundsBetween} takes that number.
   *
   * @param cohortSize clients in one round, at least 1, at most the population
   * @param maxParticipations the most rounds that one client may join, at least 1
   * @param minSeparation the least difference between the indices of two of its rounds, at least 1
   */
  record ParticipationLimited(int cohortSize, int maxParticipations, int minSeparation)
      implements Sampling {
    public ParticipationLimited {
      SamplingBounds.requireAtLeastOne("cohortSize", cohortSize);
      SamplingBounds.requireAtLeastOne("maxParticipations", maxParticipations);
      SamplingBounds.requireAtLeastOne("minSeparation", minSeparation);
    }

    /**
     * The same with the separation given as the rounds strictly between two of a client's rounds.
     */
    public static ParticipationLimited withRoundsBetween(
        int cohortSize, int maxParticipations, int roundsBetween) {
      return new ParticipationLimited(
          cohortSize, maxParticipations, Math.addExact(roundsBetween, 1));
    }

    @Override
    public double expectedCohortSize() {
      return cohortSize;
    }

    @Override
    public String label() {
      return "participation-limited";
    }

    @Override
    public boolean dependsOnPopulation() {
      return true;
    }

    @Override
    public boolean isFixedSize() {
      return true;
    }

    /** A matrix mechanism with the identity for its strategy. */
    @Override
    public DpEvent event(int population, double noiseMultiplier, int rounds) {
      return new MatrixMechanism(
          noiseMultiplier, ToeplitzStrategy.of(1), participation(population, rounds).orElseThrow());
    }

    @Override
    public Optional<String> refusal(int population, int rounds) {
      return Sampling.super
          .refusal(population, rounds)
          .or(() -> tooOften(population, rounds))
          .or(() -> tooSoon(population, rounds));
    }

    private Optional<String> tooOften(int population, int rounds) {
      long turns = turns(population, rounds);
      return turns <= maxParticipations
          ? Optional.empty()
          : Optional.of(
              "maxParticipations %d is too small: %d rounds of %d clients need %d turns of some of the %d clients; run at most %d rounds, or raise maxParticipations"
                  .formatted(
                      maxParticipations,
                      rounds,
                      cohortSize,
                      turns,
                      population,
                      (long) maxParticipations * population / cohortSize));
    }

    private Optional<String> tooSoon(int population, int rounds) {
      return turns(population, rounds) == 1 || population / cohortSize >= minSeparation
          ? Optional.empty()
          : Optional.of(
              "minSeparation must be at most population / cohortSize = %d, was %d; choose a smaller cohort or a smaller separation"
                  .formatted(population / cohortSize, minSeparation));
    }

    private long turns(int population, int rounds) {
      return ((long) rounds * cohortSize + population - 1) / population;
    }

    /** What really happens, which is within the limits: fewer turns or a greater separation. */
    @Override
    public Optional<Participation> participation(int population, int rounds) {
      return Optional.of(
          new Participation(
              rounds,
              Math.toIntExact(turns(population, rounds)),
              Math.max(1, population / cohortSize)));
    }

    @Override
    public Cohorts cohorts(int population, Randomness randomness) {
      return turns(
          new UniformSubset(randomness.key(Randomness.Purpose.ORDER, 0)).ordered(population));
    }

    @Override
    public Cohorts cohorts(int population, Randomness randomness, int[] order) {
      int[] clients = order.clone();
      Arrays.sort(clients);
      if (!Arrays.equals(clients, UniformSubset.firstIntegers(population))) {
        throw new IllegalArgumentException(
            "the order of turns must hold each of the %d clients once".formatted(population));
      }
      return turns(order.clone());
    }

    private Cohorts turns(int[] order) {
      return new Cohorts() {
        @Override
        public int[] of(int round) {
          return UniformSubset.turn(order, cohortSize, round);
        }

        @Override
        public int[] order() {
          return order.clone();
        }
      };
    }
  }

  /**
   * Poisson sampling from one group of clients after the other: round t samples from group t mod
   * {@code groups}, and client i belongs to group i mod {@code groups} for the whole run. Amplifies
   * noise of at most as many bands as there are groups (Choquette-Choo et al. 2023, "(Amplified)
   * banded matrix factorization", section 4).
   *
   * @param expectedCohortSize mean size of a cohort, over all groups; positive, at most population
   *     ÷ groups
   * @param groups at least 1, at most the population
   */
  record CyclicPoisson(double expectedCohortSize, int groups) implements Sampling {
    public CyclicPoisson {
      SamplingBounds.requireExpectedCohortSize(expectedCohortSize);
      SamplingBounds.requireAtLeastOne("groups", groups);
    }

    @Override
    public String label() {
      return "cyclic-poisson";
    }

    @Override
    public boolean dependsOnPopulation() {
      return true;
    }

    @Override
    public int mostRounds(int rounds) {
      return (rounds - 1) / groups + 1;
    }

    @Override
    public DpEvent event(int population, double noiseMultiplier, int rounds) {
      return new AmplifiedBandedMechanism(
          noiseMultiplier, samplingProbability(population), rounds, groups);
    }

    /** The probability with which a client of the group in turn takes part. */
    public double samplingProbability(int population) {
      return expectedCohortSize * groups / population;
    }

    @Override
    public Optional<String> refusal(int population, int rounds) {
      if (groups > population) {
        return Optional.of(
            "groups must be at most the population of %d, was %d".formatted(population, groups));
      }
      return expectedCohortSize * groups <= population
          ? Optional.empty()
          : Optional.of(
              "expectedCohortSize must be at most population / groups = %s, was %s; choose a smaller cohort or fewer groups"
                  .formatted((double) population / groups, expectedCohortSize));
    }

    /** Groups differ by one client at most; all have one probability. */
    @Override
    public Cohorts cohorts(int population, Randomness randomness) {
      return round -> {
        int group = round % groups;
        int members = (population - 1 - group) / groups + 1;
        int[] places =
            new PoissonSampler(members, samplingProbability(population), randomness).cohort(round);
        for (int i = 0; i < places.length; i++) {
          places[i] = places[i] * groups + group;
        }
        return places;
      };
    }
  }
}
