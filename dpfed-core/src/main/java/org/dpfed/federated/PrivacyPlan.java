package org.dpfed.federated;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.NoiseKey;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.DeltaAggregator;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.ReleaseMode;

/**
 * Everything that decides what a run costs in privacy, checked once and never changed: who could be
 * sampled and how, how many rounds, how deltas are clipped, how much noise is added.
 *
 * <p>The plan alone hands out the sampler, the aggregator, the noise keys and the event of a round,
 * so that what is accounted for is what runs. Made by {@link #builder}; a combination that cannot
 * be accounted for is refused there. Settings that only affect speed are in {@link Execution}.
 *
 * <p>Trust model: clients trust the server, which sees their deltas; whoever sees only the released
 * models is held to the guarantee. A guarantee covers one run of the plan; two runs over the same
 * clients cost both.
 */
public final class PrivacyPlan {
  private final String unit;
  private final int population;
  private final double expectedCohortSize;
  private final int rounds;
  private final Clipping clipping;
  private final double noiseMultiplier;
  private final double delta;
  private final NeighbouringRelation relation;
  private final Randomness randomness;
  private final ReleaseMode releaseMode;

  private PrivacyPlan(Builder builder, double noiseMultiplier) {
    this.unit = builder.unit;
    this.population = builder.population;
    this.expectedCohortSize = builder.expectedCohortSize;
    this.rounds = builder.rounds;
    this.clipping = builder.clipping;
    this.noiseMultiplier = noiseMultiplier;
    this.delta = builder.delta;
    this.relation = builder.relation;
    this.randomness = builder.randomness;
    this.releaseMode = builder.chosenReleaseMode();
  }

  /** A plan over the clients of {@code data}, whose unit it takes over. */
  public static Builder builder(FederatedDataset data) {
    return new Builder(data.population(), data.unit());
  }

  /**
   * A plan over a population that is not at hand, to see what a run would cost.
   *
   * @param population number of clients, at least 1
   * @param unit what one client stands for, such as {@code patient}
   */
  public static Builder builder(int population, String unit) {
    return new Builder(population, unit);
  }

  /** What one client stands for. */
  public String unit() {
    return unit;
  }

  /** Number of clients that could be sampled. */
  public int population() {
    return population;
  }

  /** The public constant that divides every noisy sum. */
  public double expectedCohortSize() {
    return expectedCohortSize;
  }

  /** The probability with which each client takes part in a round, independently. */
  public double samplingProbability() {
    return expectedCohortSize / population;
  }

  /** Number of rounds of the run. */
  public int rounds() {
    return rounds;
  }

  /** How deltas are bounded. */
  public Clipping clipping() {
    return clipping;
  }

  /**
   * Noise standard deviation of the sum divided by the clip norm; 0 is the baseline without noise.
   */
  public double noiseMultiplier() {
    return noiseMultiplier;
  }

  /** The delta at which epsilon is stated. */
  public double delta() {
    return delta;
  }

  /** Which populations the guarantee makes indistinguishable. */
  public NeighbouringRelation relation() {
    return relation;
  }

  /** The numbers in which deltas are summed and noised. */
  public ReleaseMode releaseMode() {
    return releaseMode;
  }

  /** Whether sampling and noise are drawn from a secure generator, as every guarantee needs. */
  public boolean isSecure() {
    return randomness.isSecure();
  }

  /** What one round costs. */
  public DpEvent roundEvent() {
    return event(samplingProbability(), noiseMultiplier);
  }

  /** What the whole run promises. */
  public Guarantee guarantee() {
    return guaranteeAfter(rounds);
  }

  /**
   * What the first rounds promise; nothing, when the noise is seeded or absent.
   *
   * @param completed number of charged rounds, from 0 to {@link #rounds()}
   */
  public Guarantee guaranteeAfter(int completed) {
    Guarantee accounted = accountedAfter(completed);
    if (isSecure()) {
      return accounted;
    }
    return new Guarantee(
        Double.POSITIVE_INFINITY,
        delta,
        relation,
        unit,
        accounted.accountant(),
        List.of("seeded noise: no privacy; the seed reveals the noise"));
  }

  /**
   * What the first rounds would promise with secure randomness, which is what {@link
   * #guaranteeAfter} says unless the plan is seeded.
   *
   * @param completed number of charged rounds, from 0 to {@link #rounds()}
   */
  public Guarantee accountedAfter(int completed) {
    if (completed < 0 || completed > rounds) {
      throw new IllegalArgumentException(
          "completed must be from 0 to " + rounds + ", was " + completed);
    }
    PrivacyAccountant accountant = accountant(relation);
    Guarantee spent =
        (completed == 0 ? accountant : accountant.compose(roundEvent(), completed))
            .guarantee(delta, unit);
    List<String> assumptions = new ArrayList<>(spent.assumptions());
    assumptions.add("the server is trusted: it sees every client's delta");
    assumptions.add("this is the only run over these clients");
    if (releaseMode == ReleaseMode.FLOAT && noiseMultiplier > 0) {
      assumptions.add("nobody reads the low-order bits of the released floats");
    }
    return new Guarantee(spent.epsilon(), delta, relation, unit, spent.accountant(), assumptions);
  }

  PoissonSampler sampler() {
    return new PoissonSampler(population, samplingProbability(), randomness);
  }

  DeltaAggregator aggregator(DeltaKernel kernel, long dimension) {
    return new DeltaAggregator(
        kernel,
        clipping,
        noiseMultiplier,
        expectedCohortSize,
        roundEvent(),
        dimension,
        releaseMode);
  }

  NoiseKey noiseKey(int round) {
    return randomness.key(Randomness.Purpose.NOISE, round);
  }

  private static PrivacyAccountant accountant(NeighbouringRelation relation) {
    return new TightestAccountant(relation);
  }

  private static DpEvent event(double samplingProbability, double noiseMultiplier) {
    return noiseMultiplier == 0
        ? new DpEvent.NonPrivate()
        : new DpEvent.PoissonSampled(samplingProbability, new DpEvent.Gaussian(noiseMultiplier));
  }

  /**
   * Collects a plan. Cohort size, rounds, clip norm, delta and either noise or epsilon are needed.
   */
  public static final class Builder {
    private final int population;
    private final String unit;
    private double expectedCohortSize;
    private int rounds;
    private Clipping clipping = new Clipping.None();
    private OptionalDouble noiseMultiplier = OptionalDouble.empty();
    private OptionalDouble epsilon = OptionalDouble.empty();
    private double delta;
    private NeighbouringRelation relation = NeighbouringRelation.ADD_OR_REMOVE_ONE;
    private Randomness randomness = Randomness.secure();
    private Optional<ReleaseMode> releaseMode = Optional.empty();

    private Builder(int population, String unit) {
      if (population < 1) {
        throw new IllegalArgumentException("population must be at least 1, was " + population);
      }
      this.population = population;
      this.unit = unit;
    }

    /**
     * How many clients a round samples on average, each independently with probability {@code
     * expectedCohortSize ÷ population}.
     *
     * @param expectedCohortSize positive, at most the population
     */
    public Builder expectedCohortSize(double expectedCohortSize) {
      this.expectedCohortSize = expectedCohortSize;
      return this;
    }

    /**
     * Number of rounds.
     *
     * @param rounds at least 1
     */
    public Builder rounds(int rounds) {
      this.rounds = rounds;
      return this;
    }

    /**
     * L2 bound of one client's delta.
     *
     * @param clipNorm positive and finite
     */
    public Builder clipNorm(double clipNorm) {
      this.clipping = new Clipping.Fixed(clipNorm);
      return this;
    }

    /**
     * Noise standard deviation of the sum divided by the clip norm. 0 is the baseline: clipped or
     * not, it has no privacy, and its guarantee says so.
     *
     * @param noiseMultiplier finite, at least 0
     */
    public Builder noiseMultiplier(double noiseMultiplier) {
      this.noiseMultiplier = OptionalDouble.of(noiseMultiplier);
      return this;
    }

    /**
     * The epsilon that the run may spend. Without a noise multiplier the smallest one that keeps to
     * it is taken; with one, a plan that would spend more is refused.
     *
     * @param epsilon positive
     */
    public Builder epsilon(double epsilon) {
      this.epsilon = OptionalDouble.of(epsilon);
      return this;
    }

    /**
     * The delta of the guarantee.
     *
     * @param delta positive, below 1 ÷ population: any larger one would allow a mechanism that
     *     publishes a random client's data outright
     */
    public Builder delta(double delta) {
      this.delta = delta;
      return this;
    }

    /** The neighbouring relation; add-or-remove-one unless set. */
    public Builder relation(NeighbouringRelation relation) {
      this.relation = relation;
      return this;
    }

    /** Where sampling and noise come from; secure unless set. */
    public Builder randomness(Randomness randomness) {
      this.randomness = randomness;
      return this;
    }

    /**
     * The numbers in which deltas are summed and noised; fixed-point unless set, but float where
     * there is no clip norm, since there is then no privacy to lose either.
     */
    public Builder releaseMode(ReleaseMode releaseMode) {
      this.releaseMode = Optional.of(releaseMode);
      return this;
    }

    /**
     * The plan.
     *
     * @throws IllegalArgumentException when a setting is missing or out of bounds, or when the
     *     combination cannot be accounted for or would spend more than epsilon; the message says
     *     what to change
     */
    public PrivacyPlan build() {
      requireSettings();
      try {
        PrivacyPlan plan = new PrivacyPlan(this, chosenNoiseMultiplier());
        requireWithinEpsilon(plan);
        return plan;
      } catch (UnsupportedOperationException e) {
        throw new IllegalArgumentException(
            "relation %s with Poisson sampling cannot be accounted for: %s"
                .formatted(relation.label(), e.getMessage()),
            e);
      }
    }

    private void requireSettings() {
      if (!(expectedCohortSize > 0 && expectedCohortSize <= population)) {
        throw new IllegalArgumentException(
            "expectedCohortSize must be positive and at most the population of %d, was %s"
                .formatted(population, expectedCohortSize));
      }
      if (rounds < 1) {
        throw new IllegalArgumentException("rounds must be at least 1, was " + rounds);
      }
      if (noiseMultiplier.isEmpty() && epsilon.isEmpty()) {
        throw new IllegalArgumentException(
            "a plan needs noiseMultiplier or epsilon; noiseMultiplier 0 is the baseline without privacy");
      }
      double largestDelta = 1.0 / population;
      if (!(delta > 0 && delta < largestDelta)) {
        throw new IllegalArgumentException(
            "delta must be positive and below 1 / population = %s, was %s"
                .formatted(largestDelta, delta));
      }
      if (!isBaseline() && clipping instanceof Clipping.None) {
        throw new IllegalArgumentException(
            "a plan with noise needs a clipNorm, the bound that it hides");
      }
      if (chosenReleaseMode() == ReleaseMode.FIXED_POINT && clipping instanceof Clipping.None) {
        throw new IllegalArgumentException(
            "release mode fixed-point needs a clipNorm, from which its grid follows; set one or choose float");
      }
    }

    private ReleaseMode chosenReleaseMode() {
      return releaseMode.orElse(
          clipping instanceof Clipping.None ? ReleaseMode.FLOAT : ReleaseMode.FIXED_POINT);
    }

    private boolean isBaseline() {
      return noiseMultiplier.equals(OptionalDouble.of(0));
    }

    private double chosenNoiseMultiplier() {
      if (noiseMultiplier.isPresent()) {
        return noiseMultiplier.getAsDouble();
      }
      double q = expectedCohortSize / population;
      return new NoiseCalibration(accountant(relation), epsilon.getAsDouble(), delta)
          .smallestNoiseMultiplier(
              candidate -> new DpEvent.SelfComposed(event(q, candidate), rounds));
    }

    private void requireWithinEpsilon(PrivacyPlan plan) {
      double spent = plan.accountedAfter(rounds).epsilon();
      if (epsilon.isPresent() && spent > epsilon.getAsDouble()) {
        throw new IllegalArgumentException(
            "noiseMultiplier %s would spend epsilon %.4f in %d rounds, more than the %s allowed; leave noiseMultiplier out to have it chosen, or run fewer rounds"
                .formatted(plan.noiseMultiplier, spent, rounds, epsilon.getAsDouble()));
      }
    }
  }
}
