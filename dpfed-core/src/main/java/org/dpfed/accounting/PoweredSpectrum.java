package org.dpfed.accounting;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The product of powers of Fourier transforms of probability vectors, with a bound of its error.
 * Entries are in bit-reversed order. Mutable while it is built.
 *
 * <p>Relative errors are kept as logarithms: an entry computed as G is within |G|·(e^error − 1).
 */
final class PoweredSpectrum {
  private static final double UNIT = Math.ulp(1.0) / 2;

  /** Powers smaller than e^(−this) are not worth summing directly. */
  private static final double NEGLIGIBLE = 45;

  /** Products of frequencies and points that direct summation may take; some 0.2 s. */
  private static final double SUMMATION_LIMIT = 1e8;

  private final int length;
  private final boolean alone;
  private final boolean precise;
  private final double[] real;
  private final double[] imaginary;
  private final double[] errors;

  /**
   * @param alone whether there will be a single factor
   * @param precise whether to sum directly what matters, where that is affordable
   */
  PoweredSpectrum(int length, boolean alone, boolean precise) {
    this.precise = precise;
    this.length = length;
    this.alone = alone;
    this.real = new double[length];
    this.imaginary = new double[length];
    this.errors = new double[length];
    Arrays.fill(real, 1);
  }

  /** Multiplies with the transform of {@code weights}, folded to the length, to a power. */
  void multiply(FourierTransform transform, double[] weights, long start, long count) {
    double[] baseReal = new double[length];
    double[] baseImaginary = new double[length];
    int residue = (int) Math.floorMod(start, (long) length);
    for (double weight : weights) {
      baseReal[residue] += weight;
      residue = residue + 1 == length ? 0 : residue + 1;
    }
    double each = transform.relativeError() * norm(baseReal) * Math.sqrt((double) length);
    transform.forward(baseReal, baseImaginary);
    double vanishing = Math.exp(-96.0 / count);
    LowFrequencies direct = null;
    if (precise && worthSumming(baseReal, baseImaginary, weights.length, count)) {
      direct = new LowFrequencies(weights, start, length);
    }
    Map<Integer, LowFrequencies.Deviation> known = new HashMap<>();
    int shift = Integer.numberOfLeadingZeros(length) + 1;
    for (int i = 0; i < length; i++) {
      double size = Math.sqrt(baseReal[i] * baseReal[i] + baseImaginary[i] * baseImaginary[i]);
      if (size < vanishing && size > count * each) {
        // (1 + each/size)^count is at most e, so the power is below e^(−95) < 10⁻⁴⁰.
        errors[i] = Double.POSITIVE_INFINITY;
        times(i, 1e-40, 0);
      } else if (direct != null && matters(size, count)) {
        int frequency = Integer.reverse(i) >>> shift;
        int mirrored = Math.min(frequency, length - frequency);
        LowFrequencies.Deviation sum = known.computeIfAbsent(mirrored, direct::at);
        bySummation(i, frequency == mirrored ? sum : sum.conjugate(), count);
      } else {
        byTransform(i, baseReal[i], baseImaginary[i], size, each, count);
      }
    }
  }

  private static boolean matters(double size, long count) {
    return count * Math.log(size) > -NEGLIGIBLE;
  }

  private static boolean worthSumming(double[] real, double[] imaginary, int points, long count) {
    long frequencies = 0;
    double threshold = Math.exp(-NEGLIGIBLE / count);
    double square = threshold * threshold;
    for (int i = 0; i < real.length; i++) {
      if (real[i] * real[i] + imaginary[i] * imaginary[i] > square) {
        frequencies++;
      }
    }
    return (double) frequencies * points < SUMMATION_LIMIT;
  }

  private void bySummation(int i, LowFrequencies.Deviation deviation, long count) {
    double u = deviation.real();
    double v = deviation.imaginary();
    // log |1 + u + iv|² = log1p(2u + u² + v²).
    double logSize = 0.5 * Math.log1p(u * (2 + u) + v * v);
    double angle = Math.atan2(v, 1 + u);
    double error = 1.1 * count * deviation.error() * Math.exp(-logSize);
    // Exponent and angle are rounded relative to themselves.
    error += UNIT * (8 + 4 * count * (Math.abs(logSize) + Math.abs(angle)));
    double size = Math.exp(count * logSize);
    times(i, size * Math.cos(count * angle), size * Math.sin(count * angle));
    errors[i] += error;
  }

  private void byTransform(
      int i, double baseReal, double baseImaginary, double size, double each, long count) {
    double floor = 10 * each * count;
    if (size <= floor && (count > 1 || !alone)) {
      // The factor is at most (11·count·each)^count: too small to be kept.
      errors[i] = Double.POSITIVE_INFINITY;
      times(i, Math.pow(1.1 * floor, (double) count), 0);
      return;
    }
    // (1 + e)^count ≤ e^(1.2·count·e).
    errors[i] +=
        size <= floor ? Math.log1p(each / Math.max(size, 1e-300)) : 1.2 * count * (each / size);
    errors[i] += 8 * UNIT * count;
    double powerReal = 1;
    double powerImaginary = 0;
    double squareReal = baseReal;
    double squareImaginary = baseImaginary;
    for (long rest = count; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        double next = powerReal * squareReal - powerImaginary * squareImaginary;
        powerImaginary = powerReal * squareImaginary + powerImaginary * squareReal;
        powerReal = next;
      }
      double next = squareReal * squareReal - squareImaginary * squareImaginary;
      squareImaginary = 2 * squareReal * squareImaginary;
      squareReal = next;
    }
    times(i, powerReal, powerImaginary);
  }

  private void times(int i, double factorReal, double factorImaginary) {
    double next = real[i] * factorReal - imaginary[i] * factorImaginary;
    imaginary[i] = real[i] * factorImaginary + imaginary[i] * factorReal;
    real[i] = next;
  }

  /** The L2 norm of the error; entries that are all error are set to 0. */
  double errorNorm() {
    double squares = 0;
    for (int i = 0; i < length; i++) {
      double size = Math.sqrt(real[i] * real[i] + imaginary[i] * imaginary[i]);
      double error = size;
      if (Double.isInfinite(errors[i])) {
        // Every factor is at most 1, and one is at most the bound that stands here.
        real[i] = 0;
        imaginary[i] = 0;
      } else {
        error = size * Math.expm1(errors[i]);
      }
      squares += error * error;
    }
    return Math.sqrt(squares);
  }

  /** The L2 norm of the entries. */
  double norm() {
    return Math.hypot(norm(real), norm(imaginary));
  }

  /** Undoes the transform, without dividing by the length; this spectrum is used up. */
  double[] transformedBack(FourierTransform transform) {
    transform.backward(real, imaginary);
    return real;
  }

  private static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
