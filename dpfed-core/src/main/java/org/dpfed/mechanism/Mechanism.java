package org.dpfed.mechanism;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dpfed.accounting.AdaptiveClippingSplit;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.MatrixMechanism;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.strategy.StrategyCache;
import org.dpfed.kernel.KernelSelection;

/**
 * Sampling, clipping, noise and trust of a run, and their privacy cost. Cohorts, noise and events
 * are computed from the same numbers and so always agree. Only {@link #start} gives access to the
 * sums of rounds; what it returns draws cohorts and noise, and charges events.
 *
 * @param population number of clients, at least 1
 * @param rounds of the whole run, at least 1
 * @param sampling which clients take part in a round
 * @param clipping bounds each delta
 * @param noise how the noise of one round depends on that of earlier ones
 * @param trust who adds the noise
 * @param noiseMultiplier standard deviation of the uncorrelated noise ÷ clip norm, of everything
 *     that a round releases together; finite, at least 0, and 0 without clipping. The noise never
 *     depends on the norm of a delta, which it would then reveal
 * @param randomness where cohorts and noise are drawn from
 */
public record Mechanism(
    int population,
    int rounds,
    Sampling sampling,
    Clipping clipping,
    Noise noise,
    Trust trust,
    double noiseMultiplier,
    Randomness randomness) {
  public Mechanism {
    if (population < 1) {
      throw new IllegalArgumentException("population must be at least 1, was " + population);
    }
    SamplingBounds.requireAtLeastOne("rounds", rounds);
    if (!(noiseMultiplier >= 0 && noiseMultiplier <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "noiseMultiplier must be finite and at least 0, was " + noiseMultiplier);
    }
    if (noiseMultiplier > 0 && !clipping.isBounded()) {
      throw new IllegalArgumentException(
          "noiseMultiplier must be 0 without a clip norm, was %s; choose a clipNorm"
              .formatted(noiseMultiplier));
    }
    refuse(sampling.refusal(population, rounds));
    refuse(noise.refusal(rounds));
    refuse(refusal(sampling, clipping, noise, trust));
  }

  private static void refuse(Optional<String> reason) {
    reason.ifPresent(
        problem -> {
          throw new IllegalArgumentException(problem);
        });
  }

  /** Why these four have no proven cost together; empty where they have one. */
  public static Optional<String> refusal(
      Sampling sampling, Clipping clipping, Noise noise, Trust trust) {
    return trust
        .refusal(sampling, clipping, noise)
        .or(() -> noise.refusal(sampling))
        .or(() -> adaptiveCorrelated(clipping, noise));
  }

  private static Optional<String> adaptiveCorrelated(Clipping clipping, Noise noise) {
    return noise.isIndependent() || !ClippingState.hasCounts(clipping)
        ? Optional.empty()
        : Optional.of(
            "%s noise needs clip norms that stay as they are: it cancels between rounds of one scale; choose fixed clipping and a public threshold, or independent noise"
                .formatted(noise.label()));
  }

  /** Why there is no guarantee under that relation; empty where there is one. */
  public Optional<String> refusal(NeighbouringRelation relation) {
    return trust
        .refusal(relation)
        .or(
            () ->
                sampling.dependsOnPopulation() && relation == NeighbouringRelation.ADD_OR_REMOVE_ONE
                    ? Optional.of(
                        "%s sampling has no guarantee under add-or-remove-one: a client more would change when others take part; choose replace-one or zero-out"
                            .formatted(sampling.label()))
                    : Optional.empty());
  }

  /** The same mechanism with other noise. */
  public Mechanism withNoiseMultiplier(double other) {
    return new Mechanism(population, rounds, sampling, clipping, noise, trust, other, randomness);
  }

  /**
   * The same with the strategy of its noise optimised for this run, unless it was given.
   *
   * @param cache where optimised strategies are kept; empty to optimise anew
   */
  public Mechanism optimised(Optional<StrategyCache> cache) {
    Noise optimised = noise.optimisedFor(sampling, population, rounds, cache);
    return new Mechanism(
        population, rounds, sampling, clipping, optimised, trust, noiseMultiplier, randomness);
  }

  /** The public constant that divides every noisy sum. */
  public double expectedCohortSize() {
    return sampling.expectedCohortSize();
  }

  /**
   * The noise multiplier of the sum of deltas: greater than {@link #noiseMultiplier} where a round
   * also releases noisy counts, so that sum and counts together cost what that one says.
   *
   * @param layerSizes number of parameters of each layer
   * @throws IllegalArgumentException when the counts alone would cost more
   */
  public double sumNoiseMultiplier(int... layerSizes) {
    double z = noiseMultiplier;
    if (z == 0) {
      return 0;
    }
    Map<Double, Integer> counts = new TreeMap<>();
    for (ClippingState.Count count : new ClippingState(clipping, layerSizes).counts()) {
      counts.merge(count.estimation().countStddev(expectedCohortSize()), 1, Integer::sum);
    }
    for (Map.Entry<Double, Integer> alike : counts.entrySet()) {
      z = new AdaptiveClippingSplit(z, alike.getKey(), alike.getValue()).valueNoiseMultiplier();
    }
    return z;
  }

  /** What one round is recorded as in a ledger, before anything of it is released. */
  public DpEvent roundEvent(int round) {
    if (!randomness.isSecure() || noiseMultiplier == 0) {
      return new DpEvent.NonPrivate();
    }
    return ownCostOfARound().orElseGet(() -> new DpEvent.RoundOf(event(rounds), round));
  }

  /** Empty where only the run as a whole has a cost. */
  private Optional<DpEvent> ownCostOfARound() {
    return trust.isLocal() || !noise.isIndependent()
        ? Optional.empty()
        : sampling.roundEvent(population, noiseMultiplier);
  }

  /**
   * What the first rounds cost with secure randomness: against anyone who sees the released models
   * with a central server, against the server itself with local trust.
   *
   * @param completed from 1 to {@link #rounds}
   */
  public DpEvent event(int completed) {
    if (noiseMultiplier == 0) {
      return new DpEvent.NonPrivate();
    }
    return trust.isLocal()
        ? messages(completed)
        : noise.event(sampling, population, noiseMultiplier, completed);
  }

  /**
   * What these rounds cost with secure randomness, against whom {@link #event(int)} says.
   *
   * @param charged at least one, none beyond {@link #rounds}
   */
  public DpEvent event(ChargedRounds charged) {
    DpEvent once = event(charged.reached());
    return noiseMultiplier == 0
        ? once
        : with(once, ownCostOfARound().orElseGet(event(rounds)::roundAgain), charged.again());
  }

  private static DpEvent with(DpEvent once, DpEvent each, int again) {
    return again == 0
        ? once
        : new DpEvent.Composed(List.of(once, new DpEvent.SelfComposed(each, again)));
  }

  /** One client's own messages: one in each round that it joins, which the server may know. */
  private DpEvent messages(int completed) {
    Participation most =
        sampling
            .participation(population, completed)
            .orElse(new Participation(completed, sampling.mostRounds(completed), 1));
    return new MatrixMechanism(noiseMultiplier, ToeplitzStrategy.of(1), most);
  }

  /**
   * What the sums of the first rounds cost with local trust, against whoever sees nothing else;
   * empty where that is no less than {@link #event}. Only cohorts of fixed size have a sum whose
   * noise is known: with random ones the noise itself tells who took part.
   */
  public Optional<DpEvent> eventOfSums(ChargedRounds charged) {
    if (!trust.isLocal() || !sampling.isFixedSize() || noiseMultiplier == 0) {
      return Optional.empty();
    }
    double z = noiseMultiplier * Math.sqrt(expectedCohortSize());
    DpEvent once = sampling.event(population, z, charged.reached());
    return Optional.of(
        with(
            once, sampling.roundEvent(population, z).orElseGet(once::roundAgain), charged.again()));
  }

  /**
   * Starts a run of this mechanism.
   *
   * @param kernels whose kernel does the arithmetic, on the calling thread
   * @param layerSizes number of parameters of each layer, in the order of the delta; their sum is
   *     the length of a delta
   * @throws IllegalArgumentException when the noise exceeds the range of exact sums, or layers do
   *     not fit the clipping
   */
  public MechanismRun start(KernelSelection kernels, int... layerSizes) {
    return new MechanismRun(this, kernels.kernel().withThreads(1), layerSizes, Optional.empty());
  }

  /**
   * Goes on with a run of this mechanism: with the noise, the bounds and the turns that it had.
   * Rounds that it released after that state are drawn again with fresh noise, and cost what {@link
   * #event(ChargedRounds)} says.
   *
   * @param state of a run of this mechanism; copied
   * @throws IllegalArgumentException when it is not, or as {@link #start}
   */
  public MechanismRun resume(KernelSelection kernels, MechanismState state, int... layerSizes) {
    return new MechanismRun(this, kernels.kernel().withThreads(1), layerSizes, Optional.of(state));
  }
}
