package org.dpfed.mechanism;

import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.NoiseKey;
import org.dpfed.kernel.NormalDraws;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A scaled sum of deltas on a public grid: each coordinate is rounded towards zero to a multiple of
 * the spacing and added as a 64-bit integer. Sums are exact in any order, so one client changes the
 * sum by exactly its own rounded delta. The noise is rounded to the same grid and can reach every
 * integer, so the release does not contain the low-order bits by which rounded floats reveal their
 * summands (Mironov 2012, "On significance of the least significant bits for differential
 * privacy").
 *
 * <p>Rounding towards zero increases no coordinate's magnitude, and so no norm. If a sum exceeds
 * the range of a long, it wraps around, and so does the sum with noise, which is still a function
 * of the exact noisy sum. No client's contribution is refused because of another's.
 *
 * <p>Adds on the host, on every backend. Not thread-safe.
 */
final class FixedPointSum implements RunningSum {
  /** The cut shortens a delta at the bound by at most 2⁻¹⁶ of the bound. */
  private static final int BITS = 16;

  /** Noise reaches 2⁵² units at most: up to there a double holds every integer. */
  private static final double MAX_UNITS = 0x1p52;

  /** More than the largest draw there is, in standard deviations. */
  private static final double LARGEST_DRAW = 10;

  private final DeltaKernel kernel;
  private final double spacing;
  private final double noiseUnits;
  private final long[] sum;

  /**
   * @param kernel adds, and draws the noise
   * @param bound the largest norm of a scaled delta, positive and finite; public, since the spacing
   *     follows from it
   * @param stddev of the noise, at least 0; refused where its draws would not reach every integer
   * @param dimension length of a delta
   */
  FixedPointSum(DeltaKernel kernel, double bound, double stddev, int dimension) {
    this.kernel = kernel;
    this.spacing = Math.scalb(1.0, Math.getExponent(bound / Math.sqrt(dimension)) - BITS);
    this.noiseUnits = stddev / spacing;
    if (!(stddev >= 0 && LARGEST_DRAW * noiseUnits <= MAX_UNITS)) {
      throw new IllegalArgumentException(
          "noise stddev must be at most %s on the grid of this clip norm, was %s; choose a smaller noiseMultiplier"
              .formatted(MAX_UNITS / LARGEST_DRAW * spacing, stddev));
    }
    this.sum = new long[dimension];
  }

  /** The distance between grid points: a power of two, at most 2⁻¹⁶ · bound / √dimension. */
  double spacing() {
    return spacing;
  }

  /**
   * Adds {@code scale · delta}, cut to the grid. With scale 0 the delta is not read.
   *
   * @param delta shape {@code [d]}, finite, its scaled norm at most the bound
   * @param scale finite
   */
  @Override
  public void add(INDArray delta, float scale) {
    if (scale != 0) {
      // A product of two floats is exact in double, and so is its division by a power of two.
      kernel.addCut(delta, scale / spacing, sum);
    }
  }

  /**
   * {@code (sum + noise) · factor} with the noise drawn from N(0, stddev²) and rounded to the grid.
   *
   * @param key names one stream; used up unless there is no noise
   * @param factor finite
   * @return shape {@code [d]}, owned by the caller
   */
  @Override
  public INDArray release(NoiseKey key, double factor) {
    double unit = spacing * factor;
    NormalDraws stream = noiseUnits > 0 ? kernel.draws(key) : unchanged -> {};
    double[] draws = new double[NormalDraws.CHUNK];
    float[] out = new float[sum.length];
    for (int from = 0; from < out.length; from += draws.length) {
      stream.nextChunk(draws);
      int count = Math.min(draws.length, out.length - from);
      for (int i = 0; i < count; i++) {
        long noise = (long) Math.rint(draws[i] * noiseUnits);
        out[from + i] = (float) ((sum[from + i] + noise) * unit);
      }
    }
    return Nd4j.createFromArray(out);
  }

  /** Does nothing: the sum lies in the Java heap. */
  @Override
  public void close() {}
}
