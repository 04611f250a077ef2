package org.dpfed.mechanism;

import java.util.Optional;

/**
 * Bounds one client's delta before it is summed.
 *
 * <p>The bound applies to the L2 norm of the whole delta, so it limits the contribution of one
 * client, not of one gradient (McMahan et al. 2018, "Learning Differentially Private Recurrent
 * Language Models", §2.2).
 */
public sealed interface Clipping {

  /**
   * The L2 norm that no clipped delta of the first round exceeds: the sensitivity of its sum to one
   * client. Infinite when nothing is clipped.
   */
  double clipNorm();

  /** Its name in settings and documents. */
  String label();

  /** How clip norms follow a quantile of the clients' norms; empty when they stay as they are. */
  default Optional<QuantileEstimation> adaptation() {
    return Optional.empty();
  }

  /** How the bound is divided over layers; empty when the delta is clipped as a whole. */
  default Optional<LayerShares> layerShares() {
    return Optional.empty();
  }

  /** How the noise is divided over layers. */
  default LayerNoise layerNoise() {
    return LayerNoise.FLAT;
  }

  /** Which deltas contribute zero because they are too long; empty when none do. */
  default Optional<Zeroing> zeroing() {
    return Optional.empty();
  }

  /** Whether deltas are clipped at all, as every guarantee needs. */
  default boolean isBounded() {
    return true;
  }

  /**
   * The same bound for every client and every round.
   *
   * @param clipNorm positive and finite
   */
  record Fixed(double clipNorm) implements Clipping {
    public Fixed {
      ClipBound.require("clipNorm", clipNorm);
    }

    @Override
    public String label() {
      return "fixed";
    }
  }

  /**
   * A bound that follows a quantile of the clients' norms, estimated privately: a noisy count says
   * how many deltas were within the bound, and the next round's bound moves towards the quantile
   * (Andrew, Thakkar, McMahan, Ramaswamy 2021, "Differentially Private Learning with Adaptive
   * Clipping", algorithm 1). A round's noise is scaled by the bound that was applied in it.
   *
   * @param clipNorm of the first round, positive and finite
   * @param estimation how it moves
   */
  record Adaptive(double clipNorm, QuantileEstimation estimation) implements Clipping {
    public Adaptive {
      ClipBound.require("clipNorm", clipNorm);
    }

    @Override
    public String label() {
      return "adaptive";
    }

    @Override
    public Optional<QuantileEstimation> adaptation() {
      return Optional.of(estimation);
    }
  }

  /**
   * A bound for each layer. Together they bound the delta by {@link #clipNorm}: their squares add
   * up to its square. With an adaptive bound every layer follows a quantile of its own norms, and
   * each costs a count.
   *
   * @param whole fixed or adaptive; its clip norm is divided over the layers
   * @param shares how it is divided
   * @param layerNoise how the noise is divided
   */
  record PerLayer(Clipping whole, LayerShares shares, LayerNoise layerNoise) implements Clipping {
    public PerLayer {
      if (!(whole instanceof Fixed || whole instanceof Adaptive)) {
        throw new IllegalArgumentException(
            "per-layer clipping divides a fixed or an adaptive clip norm, was given " + whole);
      }
    }

    @Override
    public Optional<LayerShares> layerShares() {
      return Optional.of(shares);
    }

    @Override
    public double clipNorm() {
      return whole.clipNorm();
    }

    @Override
    public String label() {
      return whole instanceof Adaptive ? "adaptive-per-layer" : "per-layer";
    }

    @Override
    public Optional<QuantileEstimation> adaptation() {
      return whole.adaptation();
    }
  }

  /**
   * Drops deltas that are far too long before the others are clipped: they contribute nothing to
   * the sum, and count as longer than any estimate. Holds off clients whose training diverged.
   *
   * @param clipping of the others, not zeroed itself
   * @param threshold above which norm a delta is dropped
   */
  record Zeroed(Clipping clipping, Zeroing threshold) implements Clipping {
    public Zeroed {
      if (clipping instanceof Zeroed || clipping instanceof None) {
        throw new IllegalArgumentException(
            "zeroing needs a clipping that is neither zeroed itself nor none, was " + clipping);
      }
      boolean isPublic = threshold.adaptation().isEmpty() && clipping.adaptation().isEmpty();
      if (isPublic && threshold.initialThreshold() < clipping.clipNorm()) {
        throw new IllegalArgumentException(
            "the threshold of zeroing must be at least the clip norm of %s, was %s; no delta could be longer, and the noise would hide more than there is"
                .formatted(clipping.clipNorm(), threshold.initialThreshold()));
      }
    }

    @Override
    public double clipNorm() {
      return clipping.clipNorm();
    }

    @Override
    public String label() {
      return clipping.label();
    }

    @Override
    public Optional<QuantileEstimation> adaptation() {
      return clipping.adaptation();
    }

    @Override
    public Optional<LayerShares> layerShares() {
      return clipping.layerShares();
    }

    @Override
    public LayerNoise layerNoise() {
      return clipping.layerNoise();
    }

    @Override
    public Optional<Zeroing> zeroing() {
      return Optional.of(threshold);
    }
  }

  /**
   * No bound at all, for the baseline without privacy; only deltas that are not finite are dropped.
   */
  record None() implements Clipping {
    @Override
    public double clipNorm() {
      return Double.POSITIVE_INFINITY;
    }

    @Override
    public String label() {
      return "none";
    }

    @Override
    public boolean isBounded() {
      return false;
    }
  }
}
