package org.dpfed.accounting.pld;

import org.dpfed.accounting.numerics.Normal;

/**
 * A pair (P, Q) of mixtures of N(−1, σ²), N(0, σ²) and N(1, σ²), of equal mass, with P − Q nowhere
 * negative at 1 and nowhere positive at −1, so that the loss rises with x wherever the pair is
 * used.
 *
 * <p>The difference of the weights is kept apart from the weights: taken from them it would drown
 * in round-off where the client is hardly ever sampled.
 *
 * @param p weights of P
 * @param q weights of Q
 * @param difference p − q; its centre is minus the sum of the other two
 * @param sigma noise standard deviation over the distance of the means, positive
 */
record ThreeMeans(Weights p, Weights q, Weights difference, double sigma) implements MixturePair {
  /** Exponents up to this are taken as they are; beyond, only their logarithms. */
  private static final double PLAIN = 500;

  /** The weight of each mean. */
  record Weights(double left, double centre, double right) {
    Weights plus(Weights other) {
      return new Weights(left + other.left, centre + other.centre, right + other.right);
    }

    private Weights mirrored() {
      return new Weights(/* left= */ right, centre, /* right= */ left);
    }

    private Weights negated() {
      return new Weights(-left, -centre, -right);
    }
  }

  /**
   * The client's mass in P stands at 1; in Q part of it is at 0 and the rest at −1.
   *
   * @param common what P and Q share
   * @param atCentre the mass that is at 0 in Q, and at 1 in P
   * @param atLeft the mass that is at −1 in Q, and at 1 in P
   */
  static ThreeMeans moved(Weights common, double atCentre, double atLeft, double sigma) {
    double moved = atCentre + atLeft;
    return new ThreeMeans(
        common.plus(new Weights(0, 0, moved)),
        common.plus(new Weights(atLeft, atCentre, 0)),
        new Weights(-atLeft, -atCentre, moved),
        sigma);
  }

  /** This pair with P and Q exchanged, and mirrored so that the loss rises again. */
  ThreeMeans reversed() {
    return new ThreeMeans(q.mirrored(), p.mirrored(), difference.mirrored().negated(), sigma);
  }

  @Override
  public double logDensity(double x) {
    return logSum(p, x);
  }

  /** log of the density of a mixture over that of N(0, σ²). */
  private double logSum(Weights w, double x) {
    double right = w.right > 0 ? rightExponent(x) : Double.NEGATIVE_INFINITY;
    double left = w.left > 0 ? leftExponent(x) : Double.NEGATIVE_INFINITY;
    double centre = w.centre > 0 ? 0 : Double.NEGATIVE_INFINITY;
    double most = Math.max(centre, Math.max(right, left));
    return most
        + Math.log(
            w.centre * Math.exp(centre - most)
                + w.right * Math.exp(right - most)
                + w.left * Math.exp(left - most));
  }

  private double rightExponent(double x) {
    return (x - 0.5) / (sigma * sigma);
  }

  private double leftExponent(double x) {
    return (-x - 0.5) / (sigma * sigma);
  }

  @Override
  public double density(double x) {
    return p.left * bell(x + 1) + p.centre * bell(x) + p.right * bell(x - 1);
  }

  private double bell(double x) {
    return Math.exp(-x * x / (2 * sigma * sigma));
  }

  @Override
  public double loss(double x) {
    double right = rightExponent(x);
    double left = leftExponent(x);
    if (right < PLAIN && left < PLAIN) {
      double overRight = Math.expm1(right);
      double overLeft = Math.expm1(left);
      double below = q.centre + q.right * (1 + overRight) + q.left * (1 + overLeft);
      double excess = (difference.right * overRight + difference.left * overLeft) / below;
      if (excess > -0.5 && excess < Double.POSITIVE_INFINITY) {
        return Math.log1p(excess);
      }
    }
    return logSum(p, x) - logSum(q, x);
  }

  /**
   * With s = e^((x − ½)/σ²), κ = e^(−1/σ²) and A = (weights of P) − e^loss·(weights of Q): A₁·s +
   * A₀ + A₋₁·κ/s = 0, which has one positive root where A₁ ≥ 0 ≥ A₋₁. Elsewhere no x has this loss.
   */
  @Override
  public double atLoss(double loss) {
    Weights weights = against(loss);
    double right = weights.right;
    double centre = weights.centre;
    double left = weights.left;
    if (left > 0 || (right <= 0 && centre <= 0)) {
      return loss > 0 && right <= 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    } else if (right < 0) {
      return Double.POSITIVE_INFINITY;
    }
    double logKappa = -1 / (sigma * sigma);
    double logCentre = Math.log(Math.abs(centre));
    double logProduct = Math.log(4 * right) + Math.log(-left) + logKappa;
    double most = Math.max(logCentre, logProduct / 2);
    if (most == Double.NEGATIVE_INFINITY) {
      return Double.NEGATIVE_INFINITY;
    }
    double logRoot =
        most
            + Math.log(
                Math.exp(logCentre - most)
                    + Math.sqrt(
                        Math.exp(2 * (logCentre - most)) + Math.exp(logProduct - 2 * most)));
    double log =
        centre <= 0
            ? logRoot - Math.log(2 * right)
            : Math.log(2) + Math.log(-left) + logKappa - logRoot;
    return 0.5 + sigma * sigma * log;
  }

  /**
   * P's weights less e^loss times Q's, divided by e^loss where it is large, so that nothing
   * overflows. Small losses are taken from the difference, in which nothing cancels.
   */
  private Weights against(double loss) {
    if (Math.abs(loss) > 1) {
      double ofP = Math.exp(Math.min(0, -loss));
      double ofQ = Math.exp(Math.min(0, loss));
      return new Weights(
          ofP * p.left - ofQ * q.left,
          ofP * p.centre - ofQ * q.centre,
          ofP * p.right - ofQ * q.right);
    }
    double share = -Math.expm1(loss);
    return new Weights(
        difference.left + share * q.left,
        -difference.left - difference.right + share * q.centre,
        difference.right + share * q.right);
  }

  @Override
  public double massAbove(double x) {
    return p.left * Normal.upperTail((x + 1) / sigma)
        + p.centre * Normal.upperTail(x / sigma)
        + p.right * Normal.upperTail((x - 1) / sigma);
  }

  @Override
  public double massBelow(double x) {
    return p.left * Normal.cdf((x + 1) / sigma)
        + p.centre * Normal.cdf(x / sigma)
        + p.right * Normal.cdf((x - 1) / sigma);
  }

  @Override
  public double leastMean() {
    return -1;
  }

  @Override
  public double reach() {
    return 2;
  }
}
