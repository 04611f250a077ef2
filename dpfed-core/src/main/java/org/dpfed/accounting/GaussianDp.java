package org.dpfed.accounting;

import org.dpfed.accounting.numerics.GaussLegendre;
import org.dpfed.accounting.numerics.Normal;

/**
 * Gaussian differential privacy (Dong, Roth, Su 2019): distinguishing two neighbours is as hard as
 * distinguishing N(0, 1) from N(μ, 1). A Gaussian mechanism has μ = sensitivity / noise standard
 * deviation, and its (ε, δ) curve is exact (Balle, Wang 2018, theorem 8).
 *
 * @param mu at least 0, finite
 */
public record GaussianDp(double mu) {
  /** Below this the difference of two Mills ratios is integrated rather than taken. */
  private static final double SMALL = 0.05;

  /** Relative error allowed for in δ; against 60 digits it was at most 3·10⁻¹³. */
  private static final double ROUNDING = 1e-12;

  public GaussianDp {
    Bounds.notNegative("mu", mu);
  }

  /** δ at this ε, from above, and above the exact value by less than 2·10⁻¹² of it. */
  public double delta(double epsilon) {
    return Math.min(1, rounded(epsilon) * (1 + ROUNDING));
  }

  private double rounded(double epsilon) {
    Bounds.epsilon(epsilon);
    if (mu == 0 || Double.isInfinite(epsilon)) {
      return 0;
    }
    // Lowered by more than its rounding, of which δ makes much where ε and mu are large.
    double near = epsilon / mu - mu / 2 - 2 * Math.ulp(Math.max(epsilon / mu, mu / 2));
    double far = near + mu;
    // e^ε times the density at `far` is the density at `near`.
    if (mu < SMALL) {
      return Math.exp(Normal.logDensity(near)) * fallOfMillsRatio(near + mu / 2, mu / 2);
    } else if (near < 0) {
      return Normal.upperTail(near) - Math.exp(Normal.logDensity(near)) * Normal.millsRatio(far);
    }
    return Math.exp(Normal.logDensity(near)) * (Normal.millsRatio(near) - Normal.millsRatio(far));
  }

  /** The fall of the Mills ratio R over [centre − half, centre + half]: ∫ (1 − t·R(t)) dt. */
  private static double fallOfMillsRatio(double centre, double half) {
    GaussLegendre rule = GaussLegendre.FOUR;
    double sum = 0;
    for (int i = 0; i < rule.size(); i++) {
      double t = centre + half * rule.node(i);
      sum += rule.weight(i) * (1 - t * Normal.millsRatio(t));
    }
    return half * sum;
  }

  /** The smallest ε at this δ, from above. */
  public double epsilon(double delta) {
    Bounds.delta(delta);
    if (delta(0) <= delta) {
      return 0;
    }
    double low = 0;
    double high = Math.max(mu, mu * mu);
    while (delta(high) > delta) {
      low = high;
      high *= 2;
    }
    while (high - low > 1e-14 * high) {
      double middle = (low + high) / 2;
      if (delta(middle) > delta) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
