package org.dpfed.federated;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.strategy.StrategyCache;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.Mechanism;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Trust;

/**
 * Everything that determines the privacy cost of a run: the population, the number of rounds, and
 * four choices: {@link Sampling}, {@link Clipping}, {@link Noise} and {@link Trust}. Immutable and
 * validated.
 *
 * <p>One {@link Mechanism} combines the four, so the accounted mechanism is the one that runs.
 * {@link #builder} creates a plan and refuses combinations that have no accountant. Settings that
 * affect only speed are in {@link Execution}.
 *
 * <p>A plan is for one run, which its guarantee covers; a second run of the same plan is refused.
 */
public final class PrivacyPlan {
  private static final String ONE_RUN =
      "this is the only run over these clients, and its starting parameters were not trained on"
          + " them";
  private static final String ALL_RUNS =
      "every run over these clients is on this ledger, and so is every run that trained the starting"
          + " parameters on them";

  private final AccountedRun run;
  private final List<String> dataAssumptions;
  private final OptionalDouble maxEpsilon;
  private final AtomicBoolean started = new AtomicBoolean();

  private PrivacyPlan(AccountedRun run, Builder builder) {
    this.run = run;
    this.dataAssumptions = builder.dataAssumptions;
    this.maxEpsilon = builder.epsilon;
  }

  /** Builds a plan for the clients of {@code data}, with that data's unit and assumptions. */
  public static Builder builder(FederatedDataset data) {
    return new Builder(data.population(), data.unit(), data.assumptions());
  }

  /**
   * Builds a plan without the data, to compute what a run would cost.
   *
   * @param population number of clients, at least 1
   * @param unit what one client represents, such as {@code patient}
   */
  public static Builder builder(int population, String unit) {
    return new Builder(population, unit, List.of("one %s is one client".formatted(unit)));
  }

  /** The unit of privacy: what one client represents. */
  public String unit() {
    return run.unit();
  }

  /** Number of clients from which cohorts are sampled. */
  public int population() {
    return mechanism().population();
  }

  /** The public constant that divides every noisy sum. */
  public double expectedCohortSize() {
    return mechanism().expectedCohortSize();
  }

  /** Which clients take part in a round. */
  public Sampling sampling() {
    return mechanism().sampling();
  }

  /** How the noise of one round depends on that of earlier ones. */
  public Noise noise() {
    return mechanism().noise();
  }

  /** Who adds the noise. */
  public Trust trust() {
    return mechanism().trust();
  }

  /** Number of rounds of the run. */
  public int rounds() {
    return run.rounds();
  }

  /** The bound on each client's delta. */
  public Clipping clipping() {
    return mechanism().clipping();
  }

  /**
   * Standard deviation of the uncorrelated noise ÷ clip norm, of all that a round releases
   * together; 0 is the baseline without noise.
   */
  public double noiseMultiplier() {
    return mechanism().noiseMultiplier();
  }

  /**
   * The noise multiplier of the sum of deltas: greater than {@link #noiseMultiplier} where a round
   * also releases noisy counts, since that one is of both together.
   *
   * @param layerSizes as {@link ClientTrainer#layerSizes}
   * @throws IllegalArgumentException when the counts alone would cost more
   */
  public double sumNoiseMultiplier(int... layerSizes) {
    return mechanism().sumNoiseMultiplier(layerSizes);
  }

  /** The delta at which epsilon is stated. */
  public double delta() {
    return run.delta();
  }

  /** Which populations the guarantee makes indistinguishable. */
  public NeighbouringRelation relation() {
    return run.relation();
  }

  /** Whether sampling and noise are drawn from a secure generator, as every guarantee needs. */
  public boolean isSecure() {
    return mechanism().randomness().isSecure();
  }

  /**
   * The event that a ledger records for a round: {@code NonPrivate} if the noise is seeded or
   * absent.
   *
   * @param round counts from 0
   */
  public DpEvent roundEvent(int round) {
    return mechanism().roundEvent(round);
  }

  /** What a ledger records of a run of this plan before its first round. */
  public PlannedRun planned() {
    return new PlannedRun(unit(), population(), rounds(), relation(), delta(), roundEvent(0));
  }

  /** The guarantee of the whole run. */
  public Guarantee guarantee() {
    return guaranteeAfter(rounds());
  }

  /**
   * The guarantee of the first {@code completed} rounds, 0 to {@link #rounds()}: no privacy if the
   * noise is seeded or absent.
   */
  public Guarantee guaranteeAfter(int completed) {
    return guaranteeAfter(ChargedRounds.first(completed));
  }

  /** As {@link #guaranteeAfter(int)}, where a resumed run was charged for some rounds again. */
  public Guarantee guaranteeAfter(ChargedRounds charged) {
    Guarantee accounted = withAssumptions(run.spent(charged));
    List<String> seeded = List.of("seeded noise: no privacy; the seed reveals the noise");
    return isSecure()
        ? accounted
        : promise(Double.POSITIVE_INFINITY, accounted.accountant(), seeded);
  }

  /**
   * As {@link #guarantee}, of a run whose ledger holds other runs over these clients. Its epsilon
   * is still that of this run alone; in place of there being no other run, it assumes that all of
   * them are on the ledger, whose total says what they cost together.
   */
  public Guarantee guaranteeBesideOtherRuns() {
    Guarantee alone = guarantee();
    return new Guarantee(
        alone.epsilon(),
        alone.delta(),
        alone.relation(),
        alone.unit(),
        alone.accountant(),
        alone.assumptions().stream()
            .map(assumption -> assumption.equals(ONE_RUN) ? ALL_RUNS : assumption)
            .toList());
  }

  /**
   * The guarantee of the first {@code completed} rounds with secure randomness. {@link
   * #guaranteeAfter} returns the same unless the plan is seeded.
   */
  public Guarantee accountedAfter(int completed) {
    return withAssumptions(run.spent(ChargedRounds.first(completed)));
  }

  /**
   * Up to which round a resumed run keeps to the epsilon that this plan was built for: {@link
   * #rounds} unless too much was charged twice, or there is no such epsilon.
   *
   * @param charged so far
   * @param next the next round, from 0
   */
  int affordableRounds(ChargedRounds charged, int next) {
    if (charged.total() == next || maxEpsilon.isEmpty() || !isSecure()) {
      return rounds();
    }
    int fits = next;
    int exceeds = rounds() + 1;
    for (int tried = rounds(); exceeds - fits > 1; tried = (fits + exceeds) >>> 1) {
      if (run.spent(charged.and(next, tried)).epsilon() <= maxEpsilon.getAsDouble()) {
        fits = tried;
      } else {
        exceeds = tried;
      }
    }
    return fits;
  }

  /** Why the next round is beyond {@link #affordableRounds}. */
  String refusalOf(ChargedRounds charged, int next) {
    ChargedRounds then = charged.and(next, next + 1);
    return "round %d would bring this run to epsilon %s, more than the %s of its plan: %d of its charges are for rounds that are run again after a resume; what was done keeps to it. To go on all the same, resume with noiseMultiplier %s instead of epsilon"
        .formatted(
            next + 1,
            Guarantee.displayed(run.spent(then).epsilon()),
            maxEpsilon.orElseThrow(),
            then.again(),
            noiseMultiplier());
  }

  /**
   * With local trust, the guarantee of the sums of the first {@code completed} rounds against
   * whoever sees nothing else, such as the released models; {@link #guaranteeAfter} then holds
   * against the server. Empty where the sums promise no more than that one does.
   */
  public Optional<Guarantee> guaranteeOfSumsAfter(int completed) {
    return guaranteeOfSumsAfter(ChargedRounds.first(completed));
  }

  /** As {@link #guaranteeOfSumsAfter(int)}, of a resumed run. */
  public Optional<Guarantee> guaranteeOfSumsAfter(ChargedRounds charged) {
    return isSecure() ? run.spentOnSums(charged).map(this::withAssumptions) : Optional.empty();
  }

  /**
   * The guarantee of everything on the ledger of this population.
   *
   * @param all every charge of every run, composed
   */
  Guarantee guaranteeOfAllRuns(PrivacyAccountant all) {
    return withAssumptions(all.guarantee(delta(), unit()), ALL_RUNS);
  }

  /**
   * The same where there is no bound.
   *
   * @param reason begins with "no bound"
   */
  Guarantee unboundedForAllRuns(String accountant, String reason) {
    return promise(Double.POSITIVE_INFINITY, accountant, List.of(reason));
  }

  private Guarantee withAssumptions(Guarantee spent) {
    return withAssumptions(spent, ONE_RUN);
  }

  private Guarantee withAssumptions(Guarantee spent, String runs) {
    List<String> assumptions = new ArrayList<>(spent.assumptions());
    assumptions.addAll(dataAssumptions);
    assumptions.add(
        "the number of clients is public: sampling probability and noise follow from it");
    assumptions.add(
        "nobody learns whether dpfed refused the data before round 1, because that can depend on one"
            + " client");
    assumptions.add(trust().assumption());
    assumptions.add(runs);
    assumptions.add(
        "nobody observes how long rounds take, because that depends on the clients that took part");
    assumptions.add(
        "nobody learns what was measured on held-out rows or in diagnostics: the guarantee does not"
            + " cover it");
    return promise(spent.epsilon(), spent.accountant(), assumptions);
  }

  private Guarantee promise(double epsilon, String accountant, List<String> assumptions) {
    return new Guarantee(epsilon, delta(), relation(), unit(), accountant, assumptions);
  }

  /**
   * Checks, before anything is trained, what only the model decides: whether its layers fit the
   * clipping, and whether its sums are exact and its noise can be computed. A run checks it too.
   *
   * @param kernels whose kernel will do the arithmetic
   * @param layerSizes as {@link ClientTrainer#layerSizes}
   * @throws IllegalArgumentException when a run could not start; the message says what to change
   */
  public void check(KernelSelection kernels, int... layerSizes) {
    mechanism().start(kernels, layerSizes);
  }

  Mechanism mechanism() {
    return run.mechanism();
  }

  /**
   * Marks the plan as used by the one run that it covers.
   *
   * @throws IllegalStateException when it was used before
   */
  void start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "this plan has been run, and its guarantee covers one run; make a new plan for another run:"
              + " both runs together cost the sum of the two, and a ledger given to both is charged"
              + " for both");
    }
  }

  /**
   * Builds a plan. Cohort size, rounds, clip norm, delta and either noise or epsilon are required.
   */
  public static final class Builder {
    private final int population;
    private final String unit;
    private final List<String> dataAssumptions;
    private Optional<Sampling> sampling = Optional.empty();
    private Noise noise = new Noise.Independent();
    private Trust trust = new Trust.Central();
    private Optional<StrategyCache> strategies = Optional.empty();
    private int rounds;
    private Clipping clipping = new Clipping.None();
    private OptionalDouble noiseMultiplier = OptionalDouble.empty();
    private OptionalDouble epsilon = OptionalDouble.empty();
    private double delta;
    private NeighbouringRelation relation = NeighbouringRelation.ADD_OR_REMOVE_ONE;
    private Randomness randomness = Randomness.secure();

    private Builder(int population, String unit, List<String> dataAssumptions) {
      if (population < 1) {
        throw new IllegalArgumentException("population must be at least 1, was " + population);
      }
      this.population = population;
      this.unit = unit;
      this.dataAssumptions = List.copyOf(dataAssumptions);
    }

    /**
     * Average number of clients sampled per round, each independently with probability {@code
     * expectedCohortSize ÷ population}; positive, at most the population.
     */
    public Builder expectedCohortSize(double expectedCohortSize) {
      return sampling(new Sampling.Poisson(expectedCohortSize));
    }

    /** Which clients take part in a round. */
    public Builder sampling(Sampling sampling) {
      this.sampling = Optional.of(sampling);
      return this;
    }

    /** How deltas are bounded. */
    public Builder clipping(Clipping clipping) {
      this.clipping = clipping;
      return this;
    }

    /** How the noise of one round depends on that of earlier ones. Default: not at all. */
    public Builder noise(Noise noise) {
      this.noise = noise;
      return this;
    }

    /**
     * Where strategies that are optimised for a run are kept for the next equal run. Default:
     * nowhere.
     */
    public Builder strategies(StrategyCache strategies) {
      this.strategies = Optional.of(strategies);
      return this;
    }

    /** Who adds the noise. Default: the server. */
    public Builder trust(Trust trust) {
      this.trust = trust;
      return this;
    }

    /** Number of rounds, at least 1. */
    public Builder rounds(int rounds) {
      this.rounds = rounds;
      return this;
    }

    /** The same L2 bound of one client's delta in every round, positive and finite. */
    public Builder clipNorm(double clipNorm) {
      return clipping(new Clipping.Fixed(clipNorm));
    }

    /**
     * Noise standard deviation of the sum divided by the clip norm. Finite. 0 is the baseline
     * without privacy, with or without clipping; its guarantee says so.
     */
    public Builder noiseMultiplier(double noiseMultiplier) {
      this.noiseMultiplier = OptionalDouble.of(noiseMultiplier);
      return this;
    }

    /**
     * The epsilon that the run may spend, positive. Without a noise multiplier, the plan uses the
     * smallest one that meets this epsilon; with one, a plan that would spend more is refused.
     */
    public Builder epsilon(double epsilon) {
      this.epsilon = OptionalDouble.of(epsilon);
      return this;
    }

    /**
     * The delta of the guarantee, positive, below 1 ÷ population: a larger one would allow a
     * mechanism that publishes a random client's data.
     */
    public Builder delta(double delta) {
      this.delta = delta;
      return this;
    }

    /** The neighbouring relation. Default: add-or-remove-one. */
    public Builder relation(NeighbouringRelation relation) {
      this.relation = relation;
      return this;
    }

    /** The randomness of sampling and noise. Default: secure. */
    public Builder randomness(Randomness randomness) {
      this.randomness = randomness;
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
      if (!clipping.isBounded() && !noiseMultiplier.equals(OptionalDouble.of(0))) {
        throw new IllegalArgumentException(
            "a plan with noise needs a clipNorm; the noise is scaled by it");
      }
      Mechanism noiseless =
          new Mechanism(
              population,
              rounds,
              sampling.orElseThrow(
                  () ->
                      new IllegalArgumentException("a plan needs sampling or expectedCohortSize")),
              clipping,
              noise,
              trust,
              0,
              randomness);
      AccountedRun run = new AccountedRun(noiseless, unit, relation, delta).optimised(strategies);
      return new PrivacyPlan(run.within(noiseMultiplier, epsilon), this);
    }
  }
}
