package org.dpfed.accounting;

import org.hipparchus.special.Gamma;

/**
 * The exact cost of running an (ε, δ)-DP mechanism several times when nothing else is known of it
 * (Kairouz, Oh, Viswanath 2015, theorem 3.3, for every target and not only those on its grid).
 *
 * @param epsilon of one run, finite, at least 0
 * @param delta of one run, in [0, 1)
 * @param count number of runs, at least 1
 */
public record OptimalComposition(double epsilon, double delta, long count) {
  /** Covers the rounding of log-binomials, which is the largest error by far. */
  private static final double SLACK = 1 + 1e-8;

  public OptimalComposition {
    new DpEvent.ApproximateDp(epsilon, delta);
    Bounds.atLeast("count", 1, count);
  }

  /** δ of all runs together at {@code target}. */
  public double deltaAt(double target) {
    Bounds.epsilon(target);
    double pure = 0;
    double logTotal = count * Math.log1p(Math.exp(-epsilon));
    double logTerms = Gamma.logGamma(count + 1.0);
    for (long against = 0; against <= count; against++) {
      // `against` of the coins speak against P; the loss is (count − 2·against)·ε.
      double loss = (count - 2.0 * against) * epsilon;
      if (loss <= target) {
        break;
      }
      double logMass =
          logTerms
              - Gamma.logGamma(against + 1.0)
              - Gamma.logGamma(count - against + 1.0)
              - against * epsilon
              - logTotal;
      pure += Math.exp(logMass) * -Math.expm1(target - loss);
    }
    double noFailure = count * Math.log1p(-delta);
    return Math.min(1, -Math.expm1(noFailure) + Math.exp(noFailure) * pure * SLACK);
  }

  /** The smallest ε of all runs together at this δ, from above; infinite when there is none. */
  public double epsilonAt(double totalDelta) {
    Bounds.delta(totalDelta);
    double low = 0;
    double high = count * epsilon;
    if (deltaAt(high) > totalDelta) {
      return Double.POSITIVE_INFINITY;
    }
    if (deltaAt(low) <= totalDelta) {
      return 0;
    }
    while (high - low > 1e-9 * high) {
      double middle = (low + high) / 2;
      if (deltaAt(middle) <= totalDelta) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }
}
