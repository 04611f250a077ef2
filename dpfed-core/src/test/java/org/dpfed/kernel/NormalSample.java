package org.dpfed.kernel;

import java.util.Arrays;
import org.hipparchus.special.Erf;

/**
 * Tests of whether numbers are independent draws of N(0, σ²), with error rates that hold for every
 * sample size, not only in the limit.
 */
public final class NormalSample {
  private NormalSample() {}

  /**
   * Kolmogorov–Smirnov: whether the empirical distribution of {@code draws} / σ stays within
   * √(ln(2/α) / 2n) of Φ. By the inequality of Dvoretzky, Kiefer and Wolfowitz with Massart's
   * constant (1990), a right sample fails with probability at most α, for every n. A sample whose
   * scale is 2σ/3 or 3σ/2 lies 0.097 away, and passes with probability at most 2·exp(−2n·(0.097 −
   * bound)²).
   */
  public static boolean passesKolmogorovSmirnov(float[] draws, double sigma, double alpha) {
    float[] sorted = draws.clone();
    Arrays.sort(sorted);
    double n = sorted.length;
    double distance = 0;
    for (int i = 0; i < sorted.length; i++) {
      double phi = 0.5 * Erf.erfc(-sorted[i] / (sigma * Math.sqrt(2)));
      distance = Math.max(distance, Math.max((i + 1) / n - phi, phi - i / n));
    }
    return distance <= Math.sqrt(Math.log(2 / alpha) / (2 * n));
  }

  /** P(|Z| > t) of a standard normal Z. */
  static double twoSidedTail(double t) {
    return Erf.erfc(t / Math.sqrt(2));
  }

  /**
   * Whether {@code hits} of {@code trials} is compatible with probability {@code p}: by Chernoff's
   * bound P(hits beyond h) ≤ exp(−n·KL(h/n ‖ p)) on either side, a right sample fails with
   * probability at most α, for every n.
   */
  static boolean isCompatible(long hits, long trials, double p, double alpha) {
    double share = (double) hits / trials;
    double divergence = xLogXOverY(share, p) + xLogXOverY(1 - share, 1 - p);
    return trials * divergence <= Math.log(2 / alpha);
  }

  /**
   * Whether the draws of a kernel lie beyond 3, 4, 4.5, 5 and 6σ as often as theory has it, each
   * tail at the error rate of {@link #isCompatible}; prints what was counted.
   */
  static boolean hasGaussianTails(DeltaKernel kernel, NoiseKey key, long count, double alpha) {
    double[] thresholds = {3, 4, 4.5, 5, 6};
    long[] beyond = new long[thresholds.length];
    NormalDraws stream = kernel.draws(key);
    double[] draws = new double[NormalDraws.CHUNK];
    long drawn = 0;
    for (; drawn < count; drawn += draws.length) {
      stream.nextChunk(draws);
      for (double draw : draws) {
        double size = Math.abs(draw);
        for (int t = 0; t < thresholds.length && size > thresholds[t]; t++) {
          beyond[t]++;
        }
      }
    }
    boolean isGaussian = true;
    for (int t = 0; t < thresholds.length; t++) {
      double p = twoSidedTail(thresholds[t]);
      boolean isRight = isCompatible(beyond[t], drawn, p, alpha);
      isGaussian &= isRight;
      System.out.printf(
          "%s: %,d of %,d draws beyond %sσ, %,.1f expected: %s%n",
          kernel.name(), beyond[t], drawn, thresholds[t], p * drawn, isRight ? "right" : "WRONG");
    }
    return isGaussian;
  }

  private static double xLogXOverY(double x, double y) {
    return x == 0 ? 0 : x * Math.log(x / y);
  }

  /** The correlation of two samples that are known to have mean 0 and variance 1. */
  static double correlation(float[] a, int fromA, float[] b, int fromB, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += (double) a[fromA + i] * b[fromB + i];
    }
    return sum / count;
  }
}
