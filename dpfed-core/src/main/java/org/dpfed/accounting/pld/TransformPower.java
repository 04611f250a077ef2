package org.dpfed.accounting.pld;

import org.dpfed.accounting.numerics.FourierTransform;

/**
 * A power of the Fourier transform F of a probability vector, with a bound of its error in the L2
 * norm.
 *
 * <p>An error e of F, which is at most 1 in size, becomes count·|F|^(count − 1)·e in the power, and
 * the FFT's is a share of the vector's norm at every frequency: at low ones, where a power of
 * thousands is not yet 0, that would be felt. There F − 1 is taken from the transform of the {@link
 * StopLoss}, whose error counts |z − 1|² times, so that the power does not multiply it. Both
 * vectors are real and share one complex transform.
 */
final class TransformPower {
  private static final double UNIT = Math.ulp(1.0) / 2;

  /** Powers below e^(−this) are taken for 0. */
  private static final double VANISHING = 95;

  /**
   * The logarithm of 1 + D is right relative to D where |1 + D|² is above this. Below, no power has
   * much of an error.
   */
  private static final double LEAST_SQUARE = 0.25;

  private final int length;
  private final int unusedBits;
  private final long count;
  private final StopLoss stopLoss;
  private final double stopLosses;
  private final double[] plain;
  private final double[] scaled;

  /** Factor that gives the stop losses the norm of the plain vector. */
  private final double scale;

  /** A bound of the L2 norm of the error of either transform. */
  private final double transformError;

  private double power;
  private double powerAngle;

  /** The largest factors by which errors of the transforms go into the power. */
  private double plainSlope;

  private double stopLossSlope;
  private double roundingSquares;

  /**
   * @param weights adding up to 1 but for rounding, which is taken to scale them all
   */
  TransformPower(FourierTransform transform, double[] weights, long count) {
    this.length = transform.length();
    this.unusedBits = Integer.numberOfLeadingZeros(length) + 1;
    this.count = count;
    this.stopLoss = StopLoss.of(weights);
    this.stopLosses = stopLoss.total();
    this.plain = folded(weights, -stopLoss.centre());
    this.scaled = folded(stopLoss.values(), -1 - stopLoss.centre());
    double norm = norm(plain);
    this.scale = norm / Math.max(norm(scaled), 1e-300);
    for (int i = 0; i < length; i++) {
      scaled[i] *= scale;
    }
    double folding = UNIT * ((double) weights.length / length + 8);
    this.transformError = (transform.relativeError() + folding) * norm * Math.sqrt(2.0 * length);
    transform.forward(plain, scaled);
  }

  private double[] folded(double[] values, int first) {
    double[] folded = new double[length];
    int residue = Math.floorMod(first, length);
    for (double value : values) {
      folded[residue] += value;
      residue = residue + 1 == length ? 0 : residue + 1;
    }
    return folded;
  }

  static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  /** Index of the weight that the power counts indices from. */
  int centre() {
    return stopLoss.centre();
  }

  /** Multiplies a product in bit-reversed order, entry by entry, with this power. */
  void multiplyInto(double[] real, double[] imaginary) {
    double vanishing = Math.exp(-VANISHING / count);
    for (int k = 0; k <= length / 2; k++) {
      int i = index(k);
      int mirrored = index(length - k & length - 1);
      if (raise(k, i, mirrored, vanishing)) {
        double powerReal = power * Math.cos(powerAngle);
        double powerImaginary = power * Math.sin(powerAngle);
        times(real, imaginary, i, powerReal, powerImaginary);
        if (mirrored != i) {
          times(real, imaginary, mirrored, powerReal, -powerImaginary);
        }
      } else {
        times(real, imaginary, i, 0, 0);
        times(real, imaginary, mirrored, 0, 0);
      }
    }
  }

  /** Sets the power at one frequency; false where F is below {@code vanishing}. */
  private boolean raise(int frequency, int i, int mirrored, double vanishing) {
    double real = (plain[i] + plain[mirrored]) / 2;
    double imaginary = (scaled[i] - scaled[mirrored]) / 2;
    double square = real * real + imaginary * imaginary;
    if (Math.sqrt(square) + transformError < vanishing) {
      return false;
    }
    double angle = -2 * Math.PI * frequency / length;
    double half = Math.sin(angle / 2);
    if (4 * half * half < scale && square > LEAST_SQUARE) {
      byStopLoss(i, mirrored, -2 * half * half, Math.sin(angle));
    } else {
      double slope = raise(0.5 * Math.log(square), Math.atan2(imaginary, real), transformError, 8);
      plainSlope = Math.max(plainSlope, slope);
    }
    return true;
  }

  /** Where a frequency stands in bit-reversed order. */
  private int index(int frequency) {
    return Integer.reverse(frequency) >>> unusedBits;
  }

  /**
   * @param a real part of z − 1
   * @param b its imaginary part
   */
  private void byStopLoss(int i, int mirrored, double a, double b) {
    double chord = -2 * a;
    double partReal = (scaled[i] + scaled[mirrored]) / (2 * scale);
    double partImaginary = (plain[mirrored] - plain[i]) / (2 * scale);
    double squareReal = a * a - b * b;
    double squareImaginary = 2 * a * b;
    double mean = stopLoss.mean();
    double u = mean * a + (squareReal * partReal - squareImaginary * partImaginary);
    double v = mean * b + (squareReal * partImaginary + squareImaginary * partReal);
    // log |1 + u + iv|² = log1p(2u + u² + v²).
    double logSize = 0.5 * Math.log1p(u * (2 + u) + v * v);
    double rounding = 48 * UNIT * (Math.sqrt(chord) * stopLoss.deviation() + chord * stopLosses);
    double error = chord / scale * transformError + rounding;
    double slope = raise(logSize, Math.atan2(v, 1 + u), error, 0);
    stopLossSlope = Math.max(stopLossSlope, slope * chord / scale);
    addRounding(slope * rounding);
  }

  /**
   * Sets the power of a number of size e^logSize.
   *
   * @param error a bound of the number's error
   * @param units of rounding in its logarithm, beside those relative to the logarithm itself
   * @return by how much, at most, the power multiplies the error
   */
  private double raise(double logSize, double angle, double error, double units) {
    double logMost = Math.log(Math.exp(logSize) + error);
    if (count * logMost < -VANISHING) {
      power = 0;
      return 0;
    }
    power = Math.exp(count * logSize);
    powerAngle = count * angle;
    if (power > 0) {
      double relative = 8 + count * (units + 4 * (Math.abs(logSize) + Math.abs(angle)));
      addRounding(UNIT * relative * power);
    }
    return count * Math.exp((count - 1) * logMost);
  }

  /** Adds an error of one frequency, and of its mirror image. */
  private void addRounding(double error) {
    roundingSquares += 2 * error * error;
  }

  private static void times(
      double[] real, double[] imaginary, int i, double factorReal, double factorImaginary) {
    double next = real[i] * factorReal - imaginary[i] * factorImaginary;
    imaginary[i] = real[i] * factorImaginary + imaginary[i] * factorReal;
    real[i] = next;
  }

  /** A bound of the L2 norm of the power's error, once it has been taken. */
  double error() {
    return transformError * (plainSlope + stopLossSlope)
        + Math.sqrt(roundingSquares)
        + Math.sqrt((double) length) * Math.exp(-VANISHING);
  }
}
