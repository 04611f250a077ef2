package org.dpfed.mechanism;

import java.util.function.IntFunction;

/**
 * How much noise must be added because correlated noise is computed in double.
 *
 * <p>In exact arithmetic a release is a function of the mechanism's real output; see {@link
 * FeedbackNoise} and {@link TreeNoise}. An error of at most η units in what is subtracted or
 * weighed, in each of m coordinates, acts like a contribution of every client that an adversary
 * chose: two neighbouring populations differ by at most 2η·√m units more than by the clip norm of S
 * units and a sensitivity of at least 1. Noise of (1 + 2η·√m ÷ S) times the standard deviation
 * hides both. The factor differs from 1 by less than 10⁻⁴ in ordinary runs, and noise for which it
 * would reach {@value #MOST} is refused.
 */
final class NoiseRounding {
  /** The largest factor in use. */
  private static final double MOST = 1.001;

  /** No draw is larger, in standard deviations. */
  private static final double LARGEST_DRAW = 10;

  private static final double UNIT = 0x1p-53;

  private NoiseRounding() {}

  /**
   * The factor for a Toeplitz strategy.
   *
   * <p>|w| is at most W = ‖C⁻¹‖₁·(10σ + 1). For bands the sum of products has a relative error of
   * at most 2·bands·2⁻⁵³ of Σ c_i·W. A buffer with decay θ is at most n·W and n = min(rounds, 1 ÷
   * (1 − θ)) rounds deep; it takes an error of 2·2⁻⁵³ of that a round and forgets it as it forgets
   * noise.
   *
   * @param scaleTimesDepth Σ over buffers of ω·n·(n + buffers); for bands, Σ c_i·bands
   * @param stddev of the noise, in units of the grid
   * @param clipUnits the clip norm, in units of the grid
   */
  static double factor(
      IntFunction<FeedbackNoise.Memory> kind,
      double scaleTimesDepth,
      double stddev,
      double clipUnits,
      int rounds,
      int dimension) {
    double largest = FeedbackNoise.inverseNorm(kind, rounds) * (LARGEST_DRAW * MOST * stddev + 1);
    double error = 2 * UNIT * scaleTimesDepth * largest;
    return factor(largest, error, (double) rounds * dimension, clipUnits);
  }

  /**
   * The factor for trees. An estimate of level l is at most (l + 1)·(10σ + 1) long; its three
   * roundings are at most 3·2⁻⁵³ of that, twice as much of a measurement, whose weight is at least
   * ½. There are at most two nodes for each round.
   */
  static double ofTree(double stddev, double clipUnits, int rounds, int dimension) {
    double largest = TreeNoise.levels(rounds) * (LARGEST_DRAW * MOST * stddev + 1);
    return factor(largest, 6 * UNIT * largest, 2.0 * rounds * dimension, clipUnits);
  }

  private static double factor(double largest, double error, double coordinates, double clipUnits) {
    double factor = 1 + 2 * error * Math.sqrt(coordinates) / clipUnits;
    if (!(factor <= MOST && largest <= FixedPointSum.MAX_UNITS)) {
      throw new IllegalArgumentException(
          "this correlated noise needs more digits than a double has: its rounding would take %.3g of the noise, at most %s; choose a smaller noiseMultiplier, fewer rounds, or another noise"
              .formatted(factor - 1, MOST - 1));
    }
    return factor;
  }

  /** Σ ω·n·(n + buffers) of a buffered strategy, and the roundings of its sum. */
  static double ofBuffers(double[] scale, double[] decay, int rounds) {
    double sum = 2 + scale.length;
    for (int j = 0; j < scale.length; j++) {
      double depth = Math.min(rounds, 1 / (1 - decay[j]));
      sum += scale[j] * depth * (depth + scale.length);
    }
    return sum;
  }
}
