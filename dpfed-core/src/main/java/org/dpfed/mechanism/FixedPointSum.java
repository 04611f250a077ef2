package org.dpfed.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
 * <p>Adds on the host, on every backend. Not safe for use by several threads at once.
 */
public final class FixedPointSum {
  /** The cut shortens a delta at the bound by at most 2⁻¹⁶ of the bound. */
  private static final int BITS = 16;

  /** Sum and noise may each reach 2⁵² units: no long overflows, and a double holds their total. */
  private static final double MAX_UNITS = 0x1p52;

  /** More than the largest draw there is, in standard deviations. */
  private static final double LARGEST_DRAW = 10;

  /** Coordinates handled at a time; whole chunks of draws. */
  private static final int BLOCK = 16 * SecureGaussian.CHUNK;

  private final DeltaKernel kernel;
  private final double spacing;
  private final double noiseUnits;
  private final long[] sum;
  private final float[] block;
  private final long maxDeltas;
  private long deltas;

  /**
   * @param kernel adds, and draws the noise
   * @param bound the largest norm of a scaled delta, positive and finite; public, since the spacing
   *     follows from it
   * @param stddev of the noise, at least 0; refused where its draws would leave the range of exact
   *     sums
   * @param dimension length of a delta
   */
  public FixedPointSum(DeltaKernel kernel, double bound, double stddev, int dimension) {
    this(kernel, bound, stddev, dimension, MAX_UNITS);
  }

  /**
   * @param maxUnits how far the sum may reach, at most {@link #MAX_UNITS}: tests cannot add the 2³⁴
   *     deltas that reach that
   */
  FixedPointSum(DeltaKernel kernel, double bound, double stddev, int dimension, double maxUnits) {
    if (!(bound > 0) || Double.isInfinite(bound)) {
      throw new IllegalArgumentException("bound must be positive and finite, was " + bound);
    }
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension must be at least 1, was " + dimension);
    }
    this.kernel = kernel;
    this.spacing = Math.scalb(1.0, Math.getExponent(bound / Math.sqrt(dimension)) - BITS);
    this.maxDeltas = (long) (maxUnits / (bound / spacing));
    this.noiseUnits = stddev / spacing;
    if (!(stddev >= 0 && LARGEST_DRAW * noiseUnits <= MAX_UNITS)) {
      throw new IllegalArgumentException(
          "stddev must be at least 0 and at most %s on this grid, was %s"
              .formatted(MAX_UNITS / LARGEST_DRAW * spacing, stddev));
    }
    this.sum = new long[dimension];
    this.block = new float[Math.min(BLOCK, dimension)];
  }

  /** The distance between grid points: a power of two, at most 2⁻¹⁶ · bound / √dimension. */
  public double spacing() {
    return spacing;
  }

  /**
   * How many deltas are added before the next is refused: as many as stay exact together with the
   * noise, whatever is in them.
   */
  public long maxDeltas() {
    return maxDeltas;
  }

  /**
   * Adds {@code scale · delta}, cut to the grid. With scale 0 the delta is not read.
   *
   * @param delta shape {@code [d]} or {@code [1, d]}, finite, its scaled norm at most the bound
   * @param scale finite
   * @throws IllegalStateException after {@link #maxDeltas} deltas; the sum is as it was
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
    if (deltas == maxDeltas) {
      throw new IllegalStateException(
          "an exact sum holds at most %d deltas; release it and start anew".formatted(maxDeltas));
    }
    deltas++;
    // A product of two floats is exact in double, and so is its division by a power of two.
    double unitsPerOne = scale / spacing;
    for (int from = 0; from < sum.length; from += block.length) {
      int count = Math.min(block.length, sum.length - from);
      HostFloats.read(delta, from, block, count);
      kernel.addCut(block, count, unitsPerOne, sum, from);
    }
  }

  /**
   * {@code (sum + noise) · factor} with the noise drawn from N(0, stddev²) and rounded to the grid.
   *
   * @param key names one stream, fresh for each release
   * @param factor finite
   * @return shape {@code [d]}, owned by the caller
   */
  public INDArray release(NoiseKey key, double factor) {
    double unit = spacing * factor;
    float[] out = new float[sum.length];
    double[] draws = new double[block.length];
    for (int from = 0; from < out.length; from += block.length) {
      if (noiseUnits > 0) {
        kernel.draw(key, from / SecureGaussian.CHUNK, draws);
      }
      int count = Math.min(block.length, out.length - from);
      for (int i = 0; i < count; i++) {
        long noise = (long) Math.rint(draws[i] * noiseUnits);
        out[from + i] = (float) ((sum[from + i] + noise) * unit);
      }
    }
    return Nd4j.createFromArray(out);
  }
}
