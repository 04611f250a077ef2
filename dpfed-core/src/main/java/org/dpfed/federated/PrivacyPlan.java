package org.dpfed.federated;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
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
  private final AccountedRun run;
  private final double noiseMultiplier;
  private final Clipping clipping;
  private final Randomness randomness;
  private final ReleaseMode releaseMode;

  private PrivacyPlan(AccountedRun run, double noiseMultiplier, Builder builder) {
    this.run = run;
    this.noiseMultiplier = noiseMultiplier;
    this.clipping = builder.clipping;
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
    return run.unit();
  }

  /** Number of clients that could be sampled. */
  public int population() {
    return run.population();
  }

  /** The public constant that divides every noisy sum. */
  public double expectedCohortSize() {
    return run.expectedCohortSize();
  }

  /** The probability with which each client takes part in a round, independently. */
  public double samplingProbability() {
    return run.samplingProbability();
  }

  /** Number of rounds of the run. */
  public int rounds() {
    return run.rounds();
  }

  /** How deltas are bounded. */
  public Clipping clipping() {
    return clipping;
  }

  /** Noise standard deviation of the sum ÷ clip norm; 0 is the baseline without noise. */
  public double noiseMultiplier() {
    return noiseMultiplier;
  }

  /** The delta at which epsilon is stated. */
  public double delta() {
    return run.delta();
  }

  /** Which populations the guarantee makes indistinguishable. */
  public NeighbouringRelation relation() {
    return run.relation();
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
    return run.roundEvent(noiseMultiplier);
  }

  /** What the whole run promises. */
  public Guarantee guarantee() {
    return guaranteeAfter(rounds());
  }

  /**
   * What the first {@code completed} rounds promise, from 0 to {@link #rounds()} of them; nothing,
   * when the noise is seeded or absent.
   */
  public Guarantee guaranteeAfter(int completed) {
    Guarantee accounted = accountedAfter(completed);
    List<String> seeded = List.of("seeded noise: no privacy; the seed reveals the noise");
    return isSecure()
        ? accounted
        : promise(Double.POSITIVE_INFINITY, accounted.accountant(), seeded);
  }

  /**
   * What the first {@code completed} rounds would promise with secure randomness, which is what
   * {@link #guaranteeAfter} says unless the plan is seeded.
   */
  public Guarantee accountedAfter(int completed) {
    Guarantee spent = run.spent(noiseMultiplier, completed);
    List<String> assumptions = new ArrayList<>(spent.assumptions());
    assumptions.add("the server is trusted: it sees every client's delta");
    assumptions.add("this is the only run over these clients");
    if (releaseMode == ReleaseMode.FLOAT && noiseMultiplier > 0) {
      assumptions.add("nobody reads the low-order bits of the released floats");
    }
    return promise(spent.epsilon(), spent.accountant(), assumptions);
  }

  private Guarantee promise(double epsilon, String accountant, List<String> assumptions) {
    return new Guarantee(epsilon, delta(), relation(), unit(), accountant, assumptions);
  }

  PoissonSampler sampler() {
    return new PoissonSampler(population(), samplingProbability(), randomness);
  }

  DeltaAggregator aggregator(DeltaKernel kernel, long dimension) {
    return new DeltaAggregator(
        kernel,
        clipping,
        noiseMultiplier,
        expectedCohortSize(),
        roundEvent(),
        dimension,
        releaseMode);
  }

  NoiseKey noiseKey(int round) {
    return randomness.key(Randomness.Purpose.NOISE, round);
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
     * expectedCohortSize ÷ population}; positive, at most the population.
     */
    public Builder expectedCohortSize(double expectedCohortSize) {
      this.expectedCohortSize = expectedCohortSize;
      return this;
    }

    /** Number of rounds, at least 1. */
    public Builder rounds(int rounds) {
      this.rounds = rounds;
      return this;
    }

    /** L2 bound of one client's delta, positive and finite. */
    public Builder clipNorm(double clipNorm) {
      this.clipping = new Clipping.Fixed(clipNorm);
      return this;
    }

    /**
     * Noise standard deviation of the sum divided by the clip norm. 0 is the baseline: clipped or
     * not, it has no privacy, and its guarantee says so. Finite.
     */
    public Builder noiseMultiplier(double noiseMultiplier) {
      this.noiseMultiplier = OptionalDouble.of(noiseMultiplier);
      return this;
    }

    /**
     * The epsilon that the run may spend, positive. Without a noise multiplier the smallest one
     * that keeps to it is taken; with one, a plan that would spend more is refused.
     */
    public Builder epsilon(double epsilon) {
      this.epsilon = OptionalDouble.of(epsilon);
      return this;
    }

    /**
     * The delta of the guarantee, positive, below 1 ÷ population: any larger one would allow a
     * mechanism that publishes a random client's data outright.
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
      AccountedRun run =
          new AccountedRun(population, unit, expectedCohortSize, rounds, relation, delta);
      requireClipNorm();
      return new PrivacyPlan(run, run.noiseMultiplier(noiseMultiplier, epsilon), this);
    }

    private void requireClipNorm() {
      if (!(clipping instanceof Clipping.None)) {
        return;
      }
      if (!noiseMultiplier.equals(OptionalDouble.of(0))) {
        throw new IllegalArgumentException(
            "a plan with noise needs a clipNorm, the bound that it hides");
      }
      if (chosenReleaseMode() == ReleaseMode.FIXED_POINT) {
        throw new IllegalArgumentException(
            "release mode fixed-point needs a clipNorm, from which its grid follows; set one or choose float");
      }
    }

    private ReleaseMode chosenReleaseMode() {
      return releaseMode.orElse(
          clipping instanceof Clipping.None ? ReleaseMode.FLOAT : ReleaseMode.FIXED_POINT);
    }
  }
}
