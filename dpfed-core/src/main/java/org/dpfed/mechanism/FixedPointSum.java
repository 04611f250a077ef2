package org.dpfed.mechanism;

import java.util.Arrays;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.NormalDraws;
import org.nd4j.linalg.api.ndarray.INDArray;

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
  static final double MAX_UNITS = 0x1p52;

  /** Of a part in all of them: the least that a grid follows. */
  private static final double LEAST_SHARE = 0x1p-10;

  /** More than the largest draw there is, in standard deviations. */
  private static final double LARGEST_DRAW = 10;

  private final DeltaKernel kernel;
  private final double spacing;
  private final long[] sum;

  /**
   * @param kernel adds
   * @param bound the largest norm of a scaled delta, positive and finite; public, since the spacing
   *     follows from it
   * @param dimension length of a delta
   */
  FixedPointSum(DeltaKernel kernel, double bound, int dimension) {
    this.kernel = kernel;
    this.spacing = spacing(bound, dimension);
    this.sum = new long[dimension];
  }

  /**
   * The bounds that the grids of several parts follow: their clip norms, but none below a
   * thousandth of all together, so that noise in proportion to all of them stays within range on
   * every grid.
   *
   * @param clipNorms of the parts; public
   */
  static double[] grids(double... clipNorms) {
    double squares = 0;
    for (double clipNorm : clipNorms) {
      squares += clipNorm * clipNorm;
    }
    double least = clipNorms.length == 1 ? 0 : Math.sqrt(squares) * LEAST_SHARE;
    return Arrays.stream(clipNorms).map(clipNorm -> Math.max(clipNorm, least)).toArray();
  }

  double spacing() {
    return spacing;
  }

  int dimension() {
    return sum.length;
  }

  /**
   * The distance between grid points for vectors of norm up to {@code bound}: the power of two in
   * (2⁻¹⁷, 2⁻¹⁶] · bound / √dimension.
   */
  static double spacing(double bound, int dimension) {
    return Math.scalb(1.0, Math.getExponent(bound / Math.sqrt(dimension)) - BITS);
  }

  /**
   * The noise in units of the grid.
   *
   * @param stddev of the noise, at least 0; refused where its draws would not reach every integer
   */
  static double units(double stddev, double bound, int dimension) {
    double spacing = spacing(bound, dimension);
    // The product of multiplier and clip norm was rounded, and must not be rounded down.
    double units = stddev == 0 ? 0 : Math.nextUp(stddev) / spacing;
    if (!(stddev >= 0 && LARGEST_DRAW * units <= MAX_UNITS)) {
      throw new IllegalArgumentException(
          "noise stddev must be at most %s on the grid of this clip norm, was %s; choose a smaller noiseMultiplier"
              .formatted(MAX_UNITS / LARGEST_DRAW * spacing, stddev));
    }
    return units;
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

  @Override
  public void add(RunningSum other) {
    long[] units = ((FixedPointSum) other).sum;
    for (int i = 0; i < sum.length; i++) {
      sum[i] += units[i];
    }
  }

  /** Adds a round of noise, which becomes part of the sum. */
  void addNoise(NormalDraws draws, NoiseStream noise) {
    double[] chunk = new double[NormalDraws.CHUNK];
    for (int from = 0; from < sum.length; from += chunk.length) {
      int count = Math.min(chunk.length, sum.length - from);
      noise.next(draws, from, count, chunk);
      for (int i = 0; i < count; i++) {
        sum[from + i] += (long) chunk[i];
      }
    }
    noise.endRound();
  }

  /** The sum in units of the grid itself. */
  long[] integers() {
    return sum;
  }

  /**
   * Whether a sum on this grid is at most that long, as the sum of deltas is of which each is
   * within its clip norm; but for the error of adding up to {@code d} squares in double.
   *
   * @param squares the sum of the squares of its integers
   */
  boolean isWithin(double squares, double norm) {
    double most = norm / spacing;
    return squares <= most * most * (1 + (sum.length + 4) * 0x1p-52);
  }

  /** The sum in units of the grid; a copy. */
  long[] units() {
    return sum.clone();
  }

  /**
   * Writes {@code (sum + noise) · factor}.
   *
   * @param draws standard normal, of this use alone
   * @param noise in units of the grid; moves on by a round
   * @param factor finite
   */
  @Override
  public void release(NormalDraws draws, NoiseStream noise, double factor, float[] out, int to) {
    double unit = spacing * factor;
    double[] chunk = new double[NormalDraws.CHUNK];
    for (int from = 0; from < sum.length; from += chunk.length) {
      int count = Math.min(chunk.length, sum.length - from);
      noise.next(draws, from, count, chunk);
      for (int i = 0; i < count; i++) {
        out[to + from + i] = (float) ((sum[from + i] + (long) chunk[i]) * unit);
      }
    }
    noise.endRound();
  }
}
