package org.dpfed.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * A scaled sum of deltas on a grid: each coordinate is cut to a multiple of the spacing, towards
 * zero, and added as a 64-bit integer. Sums are exact, whatever their order, and so is the noise
 * added to them: it is rounded to the same grid, and every integer is within its reach. What is
 * released therefore holds nothing of the low-order bits in which rounded floats betray their
 * summands (Mironov 2012, "On significance of the least significant bits for differential
 * privacy").
 *
 * <p>Cutting towards zero makes no coordinate longer, so no norm either.
 *
 * <p>Works on the host, on every backend. Not safe for use by several threads at once.
 */
public final class FixedPointSum {
  /** The cut shortens a delta at the bound by at most 2⁻¹⁶ of the bound. */
  private static final int BITS = 16;

  /** Beyond 2⁵² a double no longer reaches every integer. */
  private static final double MAX_UNITS = 0x1p52;

  private static final int BLOCK = 1 << 16;

  private final double bound;
  private final double spacing;
  private final long[] sum;
  private double unitsAtMost;

  /**
   * @param bound the largest norm of a scaled delta, positive and finite; public, since the spacing
   *     follows from it
   * @param dimension length of a delta
   */
  public FixedPointSum(double bound, int dimension) {
    if (!(bound > 0) || Double.isInfinite(bound)) {
      throw new IllegalArgumentException("bound must be positive and finite, was " + bound);
    }
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension must be at least 1, was " + dimension);
    }
    this.bound = bound;
    this.spacing = Math.scalb(1.0, Math.getExponent(bound / Math.sqrt(dimension)) - BITS);
    this.sum = new long[dimension];
  }

  /** The distance between grid points: a power of two, at most 2⁻¹⁶ · bound / √dimension. */
  public double spacing() {
    return spacing;
  }

  /**
   * Adds {@code scale · delta}, cut to the grid. With scale 0 the delta is not read.
   *
   * @param delta shape {@code [1, d]}, its scaled norm at most the bound
   * @param scale finite
   */
  public void addScaled(INDArray delta, float scale) {
    Layout layout = Layout.ofBlock(delta);
    if (layout.rows() != 1 || layout.length() != sum.length) {
      throw new IllegalArgumentException(
          "delta has %d rows of %d, not 1 of %d"
              .formatted(layout.rows(), layout.length(), sum.length));
    }
    if (scale == 0) {
      return;
    }
    unitsAtMost += bound / spacing;
    if (unitsAtMost > MAX_UNITS) {
      throw new IllegalStateException("too many deltas for exact sums; release and start anew");
    }
    // A product of two floats is exact in double, and so is its division by a power of two.
    double unitsPerOne = scale / spacing;
    INDArray flat = delta.getRow(0);
    for (int from = 0; from < sum.length; from += BLOCK) {
      int to = Math.min(from + BLOCK, sum.length);
      float[] values = flat.get(NDArrayIndex.interval(from, to)).toFloatVector();
      for (int i = 0; i < values.length; i++) {
        sum[from + i] += (long) (values[i] * unitsPerOne);
      }
    }
  }

  /**
   * {@code (sum + noise) · factor} with the noise drawn from N(0, stddev²) and rounded to the grid.
   *
   * @param key names one stream, fresh for each release
   * @param stddev finite, at least 0
   * @param factor finite
   * @return shape {@code [d]}, owned by the caller
   */
  public INDArray release(NoiseKey key, double stddev, double factor) {
    if (!(stddev >= 0 && 10 * stddev / spacing <= MAX_UNITS)) {
      throw new IllegalArgumentException(
          "stddev must be at least 0 and at most %s on this grid, was %s"
              .formatted(MAX_UNITS / 10 * spacing, stddev));
    }
    float[] out = new float[sum.length];
    double[] draws = new double[SecureGaussian.CHUNK];
    SecureGaussian gaussian = new SecureGaussian(key, 0);
    for (int from = 0; from < out.length; from += draws.length) {
      if (stddev > 0) {
        gaussian.nextChunk(draws);
      }
      int used = Math.min(draws.length, out.length - from);
      for (int i = 0; i < used; i++) {
        long noise = Math.round(draws[i] * (stddev / spacing));
        out[from + i] = (float) ((sum[from + i] + noise) * spacing * factor);
      }
    }
    return Nd4j.createFromArray(out);
  }
}
