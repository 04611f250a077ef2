package org.dpfed.cli.accounting;

import java.util.EnumSet;
import java.util.Set;
import org.dpfed.accounting.DiscreteGaussianSum;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.LocalNoise;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.RoundedSum;
import org.dpfed.accounting.SkellamSum;

/** Mechanisms in which the clients add the noise. */
sealed interface ClientNoise extends Mechanism.Accounted {
  private static Set<Flag> roundedSum() {
    return Flag.set(
        Flag.ROUNDS,
        Flag.CLIP_NORM,
        Flag.GRANULARITY,
        Flag.DIMENSION,
        Flag.LOCAL_STDDEV,
        Flag.NOISY_CLIENTS);
  }

  private static Set<Flag> accountedAnd(Flag other) {
    Set<Flag> allowed = EnumSet.of(other);
    allowed.addAll(OPTIONS);
    return allowed;
  }

  private static RoundedSum contributions(OptionValues options) {
    return new RoundedSum(
        options.number(Flag.CLIP_NORM),
        options.number(Flag.GRANULARITY),
        options.number(Flag.ROUNDING_BIAS, 0),
        options.whole(Flag.DIMENSION));
  }

  /** Discrete Gaussian noise on rounded contributions; only their sum is seen. */
  record DiscreteGaussian(DiscreteGaussianSum round, long rounds) implements ClientNoise {
    static Form<Mechanism> form() {
      return new Form<>(
          "discrete-gaussian",
          roundedSum(),
          accountedAnd(Flag.ROUNDING_BIAS),
          options ->
              new DiscreteGaussian(
                  new DiscreteGaussianSum(
                      contributions(options),
                      options.number(Flag.LOCAL_STDDEV),
                      options.whole(Flag.NOISY_CLIENTS)),
                  options.whole(Flag.ROUNDS)));
    }

    @Override
    public DpEvent event() {
      return new DpEvent.SelfComposed(round, rounds);
    }
  }

  /** Skellam noise on rounded contributions; only their sum is seen. */
  record Skellam(SkellamSum round, long rounds) implements ClientNoise {
    static Form<Mechanism> form() {
      return new Form<>(
          "skellam",
          roundedSum(),
          accountedAnd(Flag.ROUNDING_BIAS),
          options ->
              new Skellam(
                  new SkellamSum(
                      contributions(options),
                      options.number(Flag.LOCAL_STDDEV),
                      options.whole(Flag.NOISY_CLIENTS)),
                  options.whole(Flag.ROUNDS)));
    }

    @Override
    public DpEvent event() {
      return new DpEvent.SelfComposed(round, rounds);
    }
  }

  /** Any local randomiser, of which epsilon and delta are known; each message is seen. */
  record LocalDp(DpEvent.ApproximateDp message, long rounds) implements ClientNoise {
    static Form<Mechanism> form() {
      Set<Flag> allowed = accountedAnd(Flag.LOCAL_DELTA);
      allowed.remove(Flag.RELATION);
      return new Form<>(
          "local-dp",
          Flag.set(Flag.ROUNDS, Flag.LOCAL_EPSILON),
          allowed,
          options ->
              new LocalDp(
                  new DpEvent.ApproximateDp(
                      options.number(Flag.LOCAL_EPSILON), options.number(Flag.LOCAL_DELTA, 0)),
                  options.whole(Flag.ROUNDS)));
    }

    @Override
    public DpEvent event() {
      return new DpEvent.SelfComposed(message, rounds);
    }

    @Override
    public Set<NeighbouringRelation> relations() {
      return SAME_CLIENTS;
    }
  }

  /** Gaussian noise on each contribution; each message is seen, and so is the sum. */
  record LocalGaussian(LocalNoise noise) implements ClientNoise {
    static Form<Mechanism> form() {
      return new Form<>(
          "local-gaussian",
          Flag.set(Flag.NOISE_MULTIPLIER, Flag.ROUNDS),
          Flag.set(Flag.NOISY_CLIENTS),
          options ->
              new LocalGaussian(
                  new LocalNoise(
                      options.number(Flag.NOISE_MULTIPLIER),
                      options.has(Flag.NOISY_CLIENTS) ? options.whole(Flag.NOISY_CLIENTS) : 1,
                      options.whole(Flag.ROUNDS))));
    }

    /** The guarantee against anyone who sees each message; see {@link #sums} for the sums only. */
    @Override
    public DpEvent event() {
      return new DpEvent.SelfComposed(
          new DpEvent.Gaussian(noise.noiseMultiplier()), noise.rounds());
    }

    @Override
    public Set<NeighbouringRelation> relations() {
      return SAME_CLIENTS;
    }

    /** The guarantee against anyone who sees only the sums. */
    Guarantee sums(double delta, String unit) {
      return noise.central(delta, unit, NeighbouringRelation.REPLACE_ONE);
    }
  }
}
