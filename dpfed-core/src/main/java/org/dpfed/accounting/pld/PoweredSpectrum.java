package org.dpfed.accounting.pld;

import java.util.Arrays;
import org.dpfed.accounting.numerics.FourierTransform;

/**
 * The product of powers of Fourier transforms of probability vectors, with a bound of its error.
 * Mutable while it is built.
 */
final class PoweredSpectrum {
  private final FourierTransform transform;
  private final int length;
  private final double[] real;
  private final double[] imaginary;
  private long shift;
  private double error;

  PoweredSpectrum(FourierTransform transform) {
    this.transform = transform;
    this.length = transform.length();
    this.real = new double[length];
    this.imaginary = new double[length];
    Arrays.fill(real, 1);
  }

  /** Multiplies with the transform of {@code weights}, which add up to 1, to a power. */
  void multiply(double[] weights, long start, long count) {
    TransformPower power = new TransformPower(transform, weights, count);
    power.multiplyInto(real, imaginary);
    error += power.error();
    long origin = Math.floorMod(start + power.centre(), (long) length);
    shift = (shift + origin * Math.floorMod(count, (long) length)) % length;
  }

  /**
   * A bound of the L2 norm of the error of {@link #transformedBack}. Factors are at most 1 in size,
   * so with errors e₁, e₂, … that of the product is at most Π(1 + eᵢ) − 1.
   */
  double roundOff() {
    double norm = Math.hypot(TransformPower.norm(real), TransformPower.norm(imaginary));
    return (Math.expm1(error) + transform.relativeError() * norm) / Math.sqrt((double) length);
  }

  /** The probability at every residue; this spectrum is used up. */
  double[] transformedBack() {
    transform.backward(real, imaginary);
    double[] result = new double[length];
    for (int i = 0; i < length; i++) {
      result[(int) ((i + shift) % length)] = Math.max(0, real[i] / length);
    }
    return result;
  }
}
