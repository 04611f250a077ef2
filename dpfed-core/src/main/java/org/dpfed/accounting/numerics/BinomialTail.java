package org.dpfed.accounting.numerics;

import org.hipparchus.special.Gamma;

/** Upper bounds on the tails of binomial distributions. */
public final class BinomialTail {
  private BinomialTail() {}

  /**
   * A bound from above of P(Bin(n, p) ≥ k): above the mean within a factor 1 + 10⁻⁶ for n up to
   * 10⁹, up to it 1.
   *
   * @param n number of trials, at least 0
   * @param p chance of each, in [0, 1]
   * @param k any number
   * @return in [0, 1]
   */
  public static double atLeast(long n, double p, long k) {
    if (k <= 0) {
      return 1;
    }
    if (k > n || p == 0) {
      return 0;
    }
    if (k <= n * p) {
      return 1;
    }
    double logOdds = Math.log(p) - Math.log1p(-p);
    double log =
        Gamma.logGamma(n + 1.0)
            - Gamma.logGamma(k + 1.0)
            - Gamma.logGamma(n - k + 1.0)
            + k * logOdds
            + n * Math.log1p(-p);
    double term = 1;
    double sum = 0;
    for (long i = k; i <= n && term > 1e-18 * sum; i++) {
      sum += term;
      term *= (double) (n - i) / (i + 1) * Math.exp(logOdds);
    }
    return Math.min(1, Math.exp(log) * sum * (1 + 1e-6));
  }

  /**
   * A bound from above of P(Bin(n, p) ≤ k), as close as {@link #atLeast}.
   *
   * @param n number of trials, at least 0
   * @param p chance of each, in [0, 1]
   * @param k any number
   * @return in [0, 1]
   */
  public static double atMost(long n, double p, long k) {
    return atLeast(n, 1 - p, n - k);
  }
}
