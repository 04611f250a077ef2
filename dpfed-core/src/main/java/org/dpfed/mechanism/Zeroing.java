package org.dpfed.mechanism;

import java.util.Optional;

/** Above which norm a delta contributes nothing. */
public sealed interface Zeroing {
  /** The threshold of the first round. */
  double initialThreshold();

  /** How the threshold follows a quantile of the norms; empty when it stays as it is. */
  default Optional<QuantileEstimation> adaptation() {
    return Optional.empty();
  }

  /** The threshold over the estimated quantile; 1 where there is none. */
  default double multiple() {
    return 1;
  }

  /**
   * A public threshold, which costs nothing.
   *
   * @param initialThreshold positive and finite
   */
  record AbovePublic(double initialThreshold) implements Zeroing {
    public AbovePublic {
      ClipBound.require("the threshold of zeroing", initialThreshold);
    }
  }

  /**
   * A multiple of a privately estimated quantile of the norms. Costs a count each round.
   *
   * @param initialQuantile the estimate before the first round, positive and finite
   * @param multiple of the quantile that is too much, at least 1 and finite
   * @param estimation how the estimate moves
   */
  record AboveEstimate(double initialQuantile, double multiple, QuantileEstimation estimation)
      implements Zeroing {
    public AboveEstimate {
      ClipBound.require("the initial quantile of zeroing", initialQuantile);
      if (!(multiple >= 1 && multiple <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "the multiple of zeroing must be at least 1 and finite, was " + multiple);
      }
    }

    @Override
    public double initialThreshold() {
      return initialQuantile * multiple;
    }

    @Override
    public Optional<QuantileEstimation> adaptation() {
      return Optional.of(estimation);
    }
  }
}
