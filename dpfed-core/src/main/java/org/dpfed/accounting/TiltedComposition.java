package org.dpfed.accounting;

import java.util.List;

/**
 * The distribution of a sum of independent lattice losses, tilted by e^(θ·loss) and taken modulo a
 * window: the FFT's round-off, which is relative to the largest entry, is then small where the
 * losses matter instead of where they are likely.
 *
 * <p>Folding into the window only adds mass to what is inside. The L2 norm of the round-off is
 * bounded, not estimated: the callers add it to δ.
 */
final class TiltedComposition {
  /** A lattice distribution and how often it is added. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Term(double[] mass, long start, long count) {}

  private final double[] tilted;
  private final double logScale;
  private final double roundOff;

  private TiltedComposition(double[] tilted, double logScale, double roundOff) {
    this.tilted = tilted;
    this.logScale = logScale;
    this.roundOff = roundOff;
  }

  /** The tilted probability at every residue of the sum's index; the entries add up to about 1. */
  double[] tilted() {
    return tilted;
  }

  /** log Σ mass·e^(θ·loss) of the whole sum. */
  double logScale() {
    return logScale;
  }

  /** A bound of the L2 norm of the error of {@link #tilted()}. */
  double roundOff() {
    return roundOff;
  }

  /** log Σ mass·e^(θ·loss) of the sum, for any tilt. */
  static double logMoment(List<Term> terms, double tilt, double spacing) {
    double log = 0;
    for (Term term : terms) {
      double largest = largestExponent(term, tilt, spacing);
      double sum = 0;
      for (int i = 0; i < term.mass.length; i++) {
        sum += term.mass[i] * Math.exp(tilt * spacing * (term.start + i) - largest);
      }
      log += term.count * (largest + Math.log(sum));
    }
    return log;
  }

  private static double largestExponent(Term term, double tilt, double spacing) {
    double end = Math.max(tilt * term.start, tilt * (term.start + term.mass.length - 1));
    return end * spacing;
  }

  /**
   * @param length of the window, a power of two
   */
  static TiltedComposition of(List<Term> terms, double tilt, double spacing, int length) {
    FourierTransform transform = new FourierTransform(length);
    double[] productReal = new double[length];
    double[] productImaginary = new double[length];
    double[] errors = new double[length];
    double logScale = 0;
    for (int t = 0; t < terms.size(); t++) {
      Term term = terms.get(t);
      double[] real = new double[length];
      double[] imaginary = new double[length];
      logScale += term.count * tilt(term, tilt, spacing, real);
      double norm = norm(real);
      transform.forward(real, imaginary);
      double each = transform.relativeError() * norm * Math.sqrt((double) length);
      power(real, imaginary, term.count, each, terms.size() == 1, errors);
      if (t == 0) {
        productReal = real;
        productImaginary = imaginary;
      } else {
        multiply(productReal, productImaginary, real, imaginary);
      }
    }
    double error = combinedError(productReal, productImaginary, errors);
    double root = Math.sqrt((double) length);
    double norm = Math.hypot(norm(productReal), norm(productImaginary));
    transform.backward(productReal, productImaginary);
    for (int i = 0; i < length; i++) {
      productReal[i] = Math.max(0, productReal[i] / length);
    }
    double roundOff = (error + transform.relativeError() * norm) / root;
    return new TiltedComposition(productReal, logScale, roundOff);
  }

  /** Writes the normalised tilted masses, folded, and returns the logarithm of their sum. */
  private static double tilt(Term term, double tilt, double spacing, double[] folded) {
    double largest = largestExponent(term, tilt, spacing);
    double[] weights = new double[term.mass.length];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      if (term.mass[i] > 0) {
        weights[i] = Math.exp(Math.log(term.mass[i]) + tilt * spacing * (term.start + i) - largest);
        sum += weights[i];
      }
    }
    int residue = (int) Math.floorMod(term.start, (long) folded.length);
    for (double weight : weights) {
      folded[residue] += weight / sum;
      residue = residue + 1 == folded.length ? 0 : residue + 1;
    }
    return largest + Math.log(sum);
  }

  /**
   * Raises each entry to a power by squaring, and adds to {@code errors} the relative error that an
   * absolute error of {@code each} in the base and the rounding of the products lead to. Where the
   * base is itself mostly error, a bound of the power stands in for it and the error is infinite.
   */
  private static void power(
      double[] real, double[] imaginary, long count, double each, boolean alone, double[] errors) {
    double unit = Math.ulp(1.0) / 2;
    double floor = 10 * each * count;
    for (int k = 0; k < real.length; k++) {
      double size = Math.hypot(real[k], imaginary[k]);
      if (size <= floor && (count > 1 || !alone)) {
        // |F|^count is at most (11·count·each)^count: no entry that small is kept.
        errors[k] = Double.POSITIVE_INFINITY;
        real[k] = Math.pow(1.1 * floor, (double) count);
        imaginary[k] = 0;
        continue;
      }
      // (1 + e)^count − 1 ≤ 1.2·count·e for count·e ≤ 0.1.
      errors[k] +=
          size <= floor ? Math.log1p(each / Math.max(size, 1e-300)) : 1.2 * count * (each / size);
      errors[k] += 8 * unit * count;
      raise(real, imaginary, k, count);
    }
  }

  private static void raise(double[] real, double[] imaginary, int k, long count) {
    double resultReal = 1;
    double resultImaginary = 0;
    double squareReal = real[k];
    double squareImaginary = imaginary[k];
    for (long rest = count; rest > 0; rest >>= 1) {
      if ((rest & 1) == 1) {
        double next = resultReal * squareReal - resultImaginary * squareImaginary;
        resultImaginary = resultReal * squareImaginary + resultImaginary * squareReal;
        resultReal = next;
      }
      double next = squareReal * squareReal - squareImaginary * squareImaginary;
      squareImaginary = 2 * squareReal * squareImaginary;
      squareReal = next;
    }
    real[k] = resultReal;
    imaginary[k] = resultImaginary;
  }

  private static void multiply(
      double[] real, double[] imaginary, double[] otherReal, double[] otherImaginary) {
    for (int k = 0; k < real.length; k++) {
      double next = real[k] * otherReal[k] - imaginary[k] * otherImaginary[k];
      imaginary[k] = real[k] * otherImaginary[k] + imaginary[k] * otherReal[k];
      real[k] = next;
    }
  }

  /** The L2 norm of the spectrum's error; entries that are all error are set to 0. */
  private static double combinedError(double[] real, double[] imaginary, double[] errors) {
    double squares = 0;
    for (int k = 0; k < real.length; k++) {
      double size = Math.hypot(real[k], imaginary[k]);
      double error = size * Math.expm1(errors[k]);
      if (Double.isInfinite(errors[k])) {
        // Every factor is at most 1 and one is at most the bound that stands here.
        error = size;
        real[k] = 0;
        imaginary[k] = 0;
      }
      squares += error * error;
    }
    return Math.sqrt(squares);
  }

  private static double norm(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}
