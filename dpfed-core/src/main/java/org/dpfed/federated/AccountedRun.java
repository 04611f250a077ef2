package org.dpfed.federated;

import java.util.Optional;
import java.util.OptionalDouble;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.accounting.strategy.StrategyCache;
import org.dpfed.mechanism.Mechanism;

/**
 * The privacy cost of a run, and the noise that a budget requires. All figures assume secure
 * randomness.
 *
 * @param mechanism of the run
 * @param unit what one client stands for
 * @param relation under which the mechanism has a guarantee
 * @param delta of the guarantee, at least 10⁻¹², below 1 ÷ population
 */
record AccountedRun(Mechanism mechanism, String unit, NeighbouringRelation relation, double delta) {
  /**
   * Noise is drawn from 64 bits and ends at 9.49 standard deviations, which no delta far below this
   * allows; docs/noise.md.
   */
  private static final double SMALLEST_DELTA = 1e-12;

  AccountedRun {
    mechanism
        .refusal(relation)
        .ifPresent(
            reason -> {
              throw new IllegalArgumentException(reason);
            });
    double largestDelta = 1.0 / mechanism.population();
    if (!(delta > 0 && delta < largestDelta)) {
      throw new IllegalArgumentException(
          "delta must be positive and below 1 / population = %s, was %s"
              .formatted(largestDelta, delta));
    }
    if (delta < SMALLEST_DELTA) {
      throw new IllegalArgumentException(
          "delta must be at least %s, was %s; the noise is a Gaussian's only to about that probability"
              .formatted(SMALLEST_DELTA, delta));
    }
  }

  /**
   * What these rounds promise, on no assumption but the accountant's own.
   *
   * @param charged none beyond {@link #rounds}
   */
  Guarantee spent(ChargedRounds charged) {
    requireRounds(charged);
    return composed(
        charged.total() == 0 ? Optional.empty() : Optional.of(mechanism.event(charged)));
  }

  /**
   * What the sums of these rounds promise against whoever sees nothing else; empty where that is
   * what {@link #spent} promises.
   */
  Optional<Guarantee> spentOnSums(ChargedRounds charged) {
    requireRounds(charged);
    return charged.total() == 0
        ? Optional.empty()
        : mechanism.eventOfSums(charged).map(event -> composed(Optional.of(event)));
  }

  private Guarantee composed(Optional<DpEvent> event) {
    PrivacyAccountant accountant = new TightestAccountant(relation);
    return event.map(accountant::compose).orElse(accountant).guarantee(delta, unit);
  }

  /** Number of rounds of the run. */
  int rounds() {
    return mechanism.rounds();
  }

  private void requireRounds(ChargedRounds charged) {
    if (charged.reached() > rounds()) {
      throw new IllegalArgumentException(
          "completed must be from 0 to " + rounds() + ", was " + charged.reached());
    }
  }

  /**
   * This run with the chosen noise if that keeps to the budget, otherwise with the smallest noise
   * that does.
   *
   * @param noiseMultiplier that was chosen: finite, at least 0
   * @param epsilon that all rounds may spend, positive
   * @throws IllegalArgumentException when there is neither, when the choice would spend more, or
   *     when the relation cannot be accounted for
   */
  AccountedRun within(OptionalDouble noiseMultiplier, OptionalDouble epsilon) {
    try {
      AccountedRun run =
          withNoise(
              noiseMultiplier.isPresent()
                  ? noiseMultiplier.getAsDouble()
                  : smallestWithin(epsilon));
      run.requireRoomForCounts();
      double needed = run.spent(ChargedRounds.first(rounds())).epsilon();
      if (epsilon.isPresent() && needed > epsilon.getAsDouble()) {
        throw new IllegalArgumentException(
            "noiseMultiplier %s would spend epsilon %s in %d rounds, more than the %s allowed; omit noiseMultiplier to have it computed, run fewer rounds, or allow a larger epsilon"
                .formatted(
                    run.mechanism.noiseMultiplier(),
                    Guarantee.displayed(needed),
                    rounds(),
                    epsilon.getAsDouble()));
      }
      return run;
    } catch (UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          "this run cannot be accounted for under %s: %s"
              .formatted(relation.label(), e.getMessage()),
          e);
    }
  }

  /** Whole deltas have one layer; of others the run learns the number when it starts. */
  private void requireRoomForCounts() {
    if (mechanism.clipping().layerShares().isEmpty()) {
      mechanism.sumNoiseMultiplier(1);
    }
  }

  private double smallestWithin(OptionalDouble epsilon) {
    double budget =
        epsilon.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "a plan needs noiseMultiplier or epsilon; noiseMultiplier 0 is the baseline without privacy"));
    return new NoiseCalibration(new TightestAccountant(relation), budget, delta)
        .smallestNoiseMultiplier(candidate -> withNoise(candidate).mechanism.event(rounds()));
  }

  /** The same with the strategy of its noise optimised, which can take some seconds. */
  AccountedRun optimised(Optional<StrategyCache> cache) {
    return new AccountedRun(mechanism.optimised(cache), unit, relation, delta);
  }

  private AccountedRun withNoise(double noiseMultiplier) {
    return new AccountedRun(mechanism.withNoiseMultiplier(noiseMultiplier), unit, relation, delta);
  }
}
