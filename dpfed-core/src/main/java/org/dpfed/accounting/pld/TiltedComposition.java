package org.dpfed.accounting.pld;

import java.util.List;
import org.dpfed.accounting.numerics.FourierTransform;

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
        if (term.mass[i] > 0) {
          sum += term.mass[i] * Math.exp(tilt * spacing * (term.start + i) - largest);
        }
      }
      log += term.count * (largest + Math.log(sum));
    }
    return log;
  }

  /** The largest exponent of a point that has mass: no weight relative to it can be lost. */
  private static double largestExponent(Term term, double tilt, double spacing) {
    int i = tilt < 0 ? 0 : term.mass.length - 1;
    int inwards = tilt < 0 ? 1 : -1;
    while (i + inwards >= 0 && i + inwards < term.mass.length && !(term.mass[i] > 0)) {
      i += inwards;
    }
    return tilt * (term.start + i) * spacing;
  }

  /**
   * @param length of the window, a power of two
   */
  static TiltedComposition of(List<Term> terms, double tilt, double spacing, int length) {
    PoweredSpectrum product = new PoweredSpectrum(new FourierTransform(length));
    double logScale = 0;
    for (Term term : terms) {
      double[] weights = new double[term.mass.length];
      logScale += term.count * tilt(term, tilt, spacing, weights);
      product.multiply(weights, term.start, term.count);
    }
    double roundOff = product.roundOff();
    return new TiltedComposition(product.transformedBack(), logScale, roundOff);
  }

  /** Writes the tilted masses, normalised, and returns the logarithm of their sum. */
  private static double tilt(Term term, double tilt, double spacing, double[] weights) {
    double largest = largestExponent(term, tilt, spacing);
    // Summed with compensation: an error of the sum would be raised to the power of the count.
    double sum = 0;
    double lost = 0;
    for (int i = 0; i < weights.length; i++) {
      if (term.mass[i] > 0) {
        weights[i] = Math.exp(Math.log(term.mass[i]) + tilt * spacing * (term.start + i) - largest);
        double addend = weights[i] - lost;
        double next = sum + addend;
        lost = (next - sum) - addend;
        sum = next;
      }
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return largest + Math.log(sum);
  }
}
