package org.dpfed.mechanism;

import java.util.Arrays;
import java.util.List;

/** How a clip norm C is divided over layers: C_l with Σ C_l² = C². */
public sealed interface LayerShares {
  /**
   * The layers' parts of a clip norm of 1: positive, their squares adding up to at most 1.
   *
   * @param layerSizes number of parameters of each layer
   * @throws IllegalArgumentException when the shares do not fit the layers
   */
  double[] of(int[] layerSizes);

  /** The same for every layer: C ÷ √L. */
  record Equal() implements LayerShares {
    @Override
    public double[] of(int[] layerSizes) {
      double[] weights = new double[layerSizes.length];
      Arrays.fill(weights, 1);
      return normalised(weights);
    }
  }

  /** In proportion to the square root of the layer's size. */
  record SquareRootOfSize() implements LayerShares {
    @Override
    public double[] of(int[] layerSizes) {
      return normalised(Arrays.stream(layerSizes).asDoubleStream().map(Math::sqrt).toArray());
    }
  }

  /**
   * In given proportions.
   *
   * @param weights one for each layer with trained parameters, positive and finite
   */
  record Given(List<Double> weights) implements LayerShares {
    public Given {
      weights = List.copyOf(weights);
      if (weights.isEmpty() || weights.stream().anyMatch(w -> !(w > 0 && w <= Float.MAX_VALUE))) {
        throw new IllegalArgumentException(
            "shares of layers must be positive and finite, were " + weights);
      }
    }

    @Override
    public double[] of(int[] layerSizes) {
      if (weights.size() != layerSizes.length) {
        throw new IllegalArgumentException(
            "there must be one share for each of the %d layers, whose sizes are %s, were %d"
                .formatted(layerSizes.length, Arrays.toString(layerSizes), weights.size()));
      }
      return normalised(weights.stream().mapToDouble(Double::doubleValue).toArray());
    }
  }

  /** Rounded down a little, so that rounding does not let the squares add up to more than 1. */
  private static double[] normalised(double[] weights) {
    double largest = Arrays.stream(weights).max().orElseThrow();
    double squares = Arrays.stream(weights).map(w -> (w / largest) * (w / largest)).sum();
    double down = (1 - 0x1p-40) / (largest * Math.sqrt(squares));
    return Arrays.stream(weights).map(w -> Math.max(Double.MIN_NORMAL, w * down)).toArray();
  }
}
