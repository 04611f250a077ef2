package org.dpfed.accounting.numerics;

import org.hipparchus.special.Gamma;

/**
 * Upper bounds on the tails of binomial distributions.
 *
 * <p>Masses come from the saddle-point form (Loader 2000), whose round-off does not grow with the
 * number of trials; a tail is summed from the mode outwards, term by term, at 4·10⁻¹⁶ each.
 */
public final class BinomialTail {
  /** The factor by which a bound may lie above the truth, less 1, for up to 10⁹ trials. */
  public static final double RELATIVE_ERROR = 1e-9;

  private BinomialTail() {}

  /**
   * A bound from above of P(Bin(n, p) ≥ k): above the mean within a factor 1 + {@value
   * #RELATIVE_ERROR}, up to it 1.
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
    double odds = p / (1 - p);
    double term = 1;
    double sum = 0;
    for (long i = k; i <= n && term > 1e-18 * sum; i++) {
      sum += term;
      term *= (double) (n - i) / (i + 1) * odds;
    }
    return Math.min(1, exactly(n, p, k) * sum * (1 + RELATIVE_ERROR / 2));
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

  /**
   * P(Bin(n, p) = k) to a relative 10⁻¹¹.
   *
   * @param n number of trials, at least 0
   * @param p chance of each, in (0, 1)
   * @param k any number
   * @return in [0, 1]
   */
  public static double exactly(long n, double p, long k) {
    if (k < 0 || k > n) {
      return 0;
    }
    if (k == 0) {
      return Math.exp(n * Math.log1p(-p));
    }
    if (k == n) {
      return Math.exp(n * Math.log(p));
    }
    double rest = (double) n - k;
    double log =
        stirlingError((double) n)
            - stirlingError((double) k)
            - stirlingError(rest)
            - deviance((double) k, n * p)
            - deviance(rest, n * (1 - p));
    return Math.exp(log) * Math.sqrt(n / (2 * Math.PI * k * rest));
  }

  /** log n! less Stirling's (n + ½)·log n − n + ½·log 2π. */
  private static double stirlingError(double n) {
    if (n < 16) {
      return Gamma.logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
    }
    double square = n * n;
    // The next term of the series is below 10⁻¹⁵ from 16 on.
    double inner = 1.0 / 1680 - (1.0 / 1188 - 691.0 / 360_360 / square) / square;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - inner / square) / square) / square) / n;
  }

  /** x·log(x/mean) + mean − x, without cancellation where the two are close. */
  private static double deviance(double x, double mean) {
    double difference = x - mean;
    if (Math.abs(difference) >= 0.1 * (x + mean)) {
      return x * Math.log(x / mean) - difference;
    }
    // log(x/mean) = 2·artanh(v); subtracting difference = v·(x + mean) leaves this series.
    double v = difference / (x + mean);
    double sum = difference * v;
    double power = 2 * x * v;
    for (int j = 1; j < 12; j++) {
      power *= v * v;
      sum += power / (2 * j + 1);
    }
    return sum;
  }
}
