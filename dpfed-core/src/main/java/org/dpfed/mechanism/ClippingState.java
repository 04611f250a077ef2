package org.dpfed.mechanism;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The bounds of a run's current round, and what moves them: clip norms, the threshold of zeroing
 * and the private estimates behind them. All of it is public: it follows from noisy counts.
 */
final class ClippingState {
  private final Clipping clipping;
  private final double[] clipNorms;
  private double zeroingEstimate;

  /**
   * @param layerSizes of the parts that are clipped apart; one part when the delta is clipped as a
   *     whole
   */
  ClippingState(Clipping clipping, int[] layerSizes) {
    this.clipping = clipping;
    this.clipNorms =
        clipping
            .layerShares()
            .map(shares -> shares.of(layerSizes))
            .orElse(new double[] {1})
            .clone();
    for (int l = 0; l < clipNorms.length; l++) {
      clipNorms[l] *= clipping.clipNorm();
    }
    this.zeroingEstimate =
        clipping.zeroing().map(z -> z.initialThreshold() / z.multiple()).orElse(0.0);
  }

  /** Whether a run with that clipping releases noisy counts beside its sums. */
  static boolean hasCounts(Clipping clipping) {
    return clipping.adaptation().isPresent()
        || clipping.zeroing().flatMap(Zeroing::adaptation).isPresent();
  }

  /** Clip norms and the estimate of zeroing, as {@link #restore} takes them. */
  double[] bounds() {
    double[] bounds = Arrays.copyOf(clipNorms, clipNorms.length + 1);
    bounds[clipNorms.length] = zeroingEstimate;
    return bounds;
  }

  /**
   * @throws IllegalArgumentException when they are of another number of parts, no bounds, or not
   *     this clipping's although nothing adapts them: noise that was made for these would not hide
   *     what others let through
   */
  void restore(double[] bounds) {
    if (bounds.length != clipNorms.length + 1) {
      throw new IllegalArgumentException(
          "the state must have %d bounds, had %d".formatted(clipNorms.length + 1, bounds.length));
    }
    for (int i = 0; i < clipNorms.length; i++) {
      requireReachable(bounds[i], clipNorms[i], clipping.adaptation().isPresent());
    }
    double zeroing = bounds[clipNorms.length];
    requireReachable(zeroing, zeroingEstimate, zeroingAdaptation().isPresent());
    System.arraycopy(bounds, 0, clipNorms, 0, clipNorms.length);
    zeroingEstimate = zeroing;
  }

  private static void requireReachable(double bound, double own, boolean isAdaptive) {
    if (isAdaptive ? !(bound > 0 && bound < Double.POSITIVE_INFINITY) : bound != own) {
      throw new IllegalArgumentException(
          "a bound of the state must be %s, was %s; it is of another run"
              .formatted(
                  isAdaptive ? "positive and finite" : "that of the clipping, " + own, bound));
    }
  }

  /** The bound of each part in the current round. */
  double[] clipNorms() {
    return clipNorms.clone();
  }

  /** The norm of the whole delta above which it contributes nothing; infinite for no such norm. */
  double zeroAbove() {
    return clipping
        .zeroing()
        .map(zeroing -> zeroing.multiple() * zeroingEstimate)
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** Whose norms up to which value are counted in this round, in the order of the counts. */
  List<Count> counts() {
    List<Count> counts = new ArrayList<>();
    clipping
        .adaptation()
        .ifPresent(
            estimation -> {
              for (int l = 0; l < clipNorms.length; l++) {
                int part = clipping.layerShares().isPresent() ? l : RoundBounds.Threshold.WHOLE;
                counts.add(new Count(estimation, part, clipNorms[l]));
              }
            });
    zeroingAdaptation()
        .ifPresent(
            estimation ->
                counts.add(new Count(estimation, RoundBounds.Threshold.WHOLE, zeroingEstimate)));
    return counts;
  }

  private Optional<QuantileEstimation> zeroingAdaptation() {
    return clipping.zeroing().flatMap(Zeroing::adaptation);
  }

  /**
   * Moves to the next round.
   *
   * @param noisyShares of the clients whose norm was within each count's value
   */
  void update(double[] noisyShares) {
    List<Count> counts = counts();
    for (int i = 0; i < counts.size(); i++) {
      Count count = counts.get(i);
      double next = count.estimation.next(count.threshold.value(), noisyShares[i]);
      if (zeroingAdaptation().isPresent() && i == counts.size() - 1) {
        zeroingEstimate = next;
      } else {
        clipNorms[i] = next;
      }
    }
  }

  /** One noisy count: how it moves the threshold below which it counts. */
  record Count(QuantileEstimation estimation, RoundBounds.Threshold threshold) {
    Count(QuantileEstimation estimation, int part, double value) {
      this(estimation, new RoundBounds.Threshold(part, value));
    }
  }
}
