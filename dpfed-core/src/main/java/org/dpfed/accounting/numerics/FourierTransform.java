package org.dpfed.accounting.numerics;

/**
 * The discrete Fourier transform of a power-of-two length, radix 2. Each twiddle factor is computed
 * separately, so that the classical bound of the round-off holds.
 *
 * <p>Spectra are in bit-reversed order, which pointwise operations can use directly, so no pass is
 * spent on sorting.
 */
public final class FourierTransform {
  private final int length;
  private final double[] cosine;
  private final double[] sine;

  /**
   * A transform of one length, with its table of twiddle factors.
   *
   * @param length a power of two, at least 4
   */
  public FourierTransform(int length) {
    this.length = length;
    int quarter = length / 4;
    double[] wave = new double[quarter + 1];
    for (int k = 0; k <= quarter; k++) {
      wave[k] = Math.cos(2 * Math.PI * k / length);
    }
    wave[quarter] = 0;
    cosine = new double[2 * quarter];
    sine = new double[2 * quarter];
    for (int k = 0; k < quarter; k++) {
      cosine[k] = wave[k];
      sine[k] = wave[quarter - k];
      cosine[k + quarter] = -wave[quarter - k];
      sine[k + quarter] = wave[k];
    }
  }

  /** The number of entries that it transforms. */
  public int length() {
    return length;
  }

  /**
   * A bound of the relative error of a transform in the L2 norm, forward or inverse (Higham 2002,
   * "Accuracy and stability of numerical algorithms", theorem 24.2): each of log₂ N passes errs by
   * μ + 4u·(√2 + μ). A twiddle factor errs by μ ≤ 4u: its angle, at most π/2, is right to a
   * relative 1.4u, and each of cosine and sine to one unit in the last place.
   */
  public double relativeError() {
    double unit = Math.ulp(1.0) / 2;
    return (Integer.SIZE - Integer.numberOfLeadingZeros(length)) * 10 * unit;
  }

  /**
   * Transforms in place; the result is in bit-reversed order.
   *
   * @param real real parts, {@link #length()} of them; overwritten
   * @param imaginary imaginary parts, as many; overwritten
   */
  public void forward(double[] real, double[] imaginary) {
    for (int half = length / 2, stride = 1; half >= 1; half /= 2, stride *= 2) {
      for (int block = 0; block < length; block += 2 * half) {
        for (int k = 0; k < half; k++) {
          int a = block + k;
          int b = a + half;
          double differenceReal = real[a] - real[b];
          double differenceImaginary = imaginary[a] - imaginary[b];
          real[a] += real[b];
          imaginary[a] += imaginary[b];
          double c = cosine[k * stride];
          double s = sine[k * stride];
          real[b] = differenceReal * c + differenceImaginary * s;
          imaginary[b] = differenceImaginary * c - differenceReal * s;
        }
      }
    }
  }

  /**
   * Undoes {@link #forward} in place, from bit-reversed order, without dividing by the length.
   *
   * @param real real parts, {@link #length()} of them; overwritten
   * @param imaginary imaginary parts, as many; overwritten
   */
  public void backward(double[] real, double[] imaginary) {
    for (int half = 1, stride = length / 2; half < length; half *= 2, stride /= 2) {
      for (int block = 0; block < length; block += 2 * half) {
        for (int k = 0; k < half; k++) {
          int a = block + k;
          int b = a + half;
          double c = cosine[k * stride];
          double s = sine[k * stride];
          double turnedReal = real[b] * c - imaginary[b] * s;
          double turnedImaginary = imaginary[b] * c + real[b] * s;
          real[b] = real[a] - turnedReal;
          imaginary[b] = imaginary[a] - turnedImaginary;
          real[a] += turnedReal;
          imaginary[a] += turnedImaginary;
        }
      }
    }
  }
}
