package org.dpfed.accounting;

/**
 * Fourier sums F(k) = Σ v(j)·e^(−2πi·jk/N) as F(k) − 1, by direct summation with relative accuracy.
 *
 * <p>The power F^T of a step taken T times keeps only frequencies at which T·(1 − F) is of order 1
 * to 50. An FFT errs there by an absolute 10⁻¹⁵ or more, which the power multiplies by T; these
 * sums err by a relative 10⁻¹⁴ of 1 − F, which it does not.
 */
final class LowFrequencies {
  /** Angles are the sum of a coarse and a fine one, each from a table. */
  private static final int FINE = 64;

  private final double[] weights;
  private final long start;
  private final int length;

  /**
   * @param weights non-negative, adding up to 1
   * @param start index of the first weight
   * @param length N, a power of two
   */
  LowFrequencies(double[] weights, long start, int length) {
    this.weights = weights;
    this.start = start;
    this.length = length;
  }

  /** F(k) − 1 and a bound of its error. */
  record Deviation(double real, double imaginary, double error) {
    Deviation conjugate() {
      return new Deviation(real, -imaginary, error);
    }
  }

  Deviation at(int frequency) {
    int signed = frequency > length / 2 ? frequency - length : frequency;
    int blocks = (weights.length + FINE - 1) / FINE;
    double[] fineReal = new double[FINE];
    double[] fineImaginary = new double[FINE];
    for (int r = 0; r < FINE; r++) {
      fineReal[r] = cosineMinusOne(signed, r);
      fineImaginary[r] = sine(signed, r);
    }
    double real = 0;
    double imaginary = 0;
    double size = 0;
    for (int block = 0; block < blocks; block++) {
      long index = start + (long) block * FINE;
      double a = cosineMinusOne(signed, index);
      double b = sine(signed, index);
      double blockReal = 0;
      double blockImaginary = 0;
      double blockSize = 0;
      int from = block * FINE;
      int count = Math.min(FINE, weights.length - from);
      for (int r = 0; r < count; r++) {
        // (1 + a + bi)(1 + c + di) − 1 without forming the ones.
        double c = fineReal[r];
        double d = fineImaginary[r];
        double turnReal = a + c + (a * c - b * d);
        double turnImaginary = b + d + (a * d + b * c);
        double weight = weights[from + r];
        blockReal += weight * turnReal;
        blockImaginary += weight * turnImaginary;
        blockSize += weight * (Math.abs(a) + Math.abs(b) + Math.abs(c) + Math.abs(d));
      }
      real += blockReal;
      imaginary += blockImaginary;
      size += blockSize;
    }
    // Rounding of at most FINE + blocks additions, the tables and a few products.
    double unit = Math.ulp(1.0) / 2;
    return new Deviation(real, imaginary, size * unit * (2.0 * FINE + 2.0 * blocks + 40));
  }

  /** −2πjk/N reduced exactly to (−π, π]. */
  private double angle(int frequency, long index) {
    long turns = Math.floorMod(frequency * Math.floorMod(index, (long) length), (long) length);
    long centred = turns > length / 2 ? turns - length : turns;
    return -2 * Math.PI * centred / length;
  }

  private double cosineMinusOne(int frequency, long index) {
    double half = Math.sin(angle(frequency, index) / 2);
    return -2 * half * half;
  }

  private double sine(int frequency, long index) {
    return Math.sin(angle(frequency, index));
  }
}
