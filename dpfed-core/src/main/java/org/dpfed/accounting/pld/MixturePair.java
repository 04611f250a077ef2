package org.dpfed.accounting.pld;

import org.dpfed.accounting.numerics.Normal;

/**
 * The pair (P, Q) of distributions on the real line that dominates one step of a Poisson-sampled
 * Gaussian: no pair of neighbouring populations is easier to tell apart. The sensitivity of one
 * client is 1 here. Orientation is such that the privacy loss log dP/dQ rises with x.
 *
 * <p>P is (1 − q) N(0, σ²) + q N(1, σ²) unless said otherwise; all densities are taken relative to
 * N(0, σ²).
 */
sealed interface MixturePair
    permits MixturePair.Removal,
        MixturePair.Addition,
        MixturePair.Replacement,
        MixturePair.Weighted,
        ThreeMeans {
  /** Noise standard deviation over the shift of the mean. */
  double sigma();

  /** log dP/dN(0, σ²) at x. */
  double logDensity(double x);

  /** σ·√(2π) times P's density at x. */
  double density(double x);

  /** The privacy loss log dP/dQ at x, non-decreasing. */
  double loss(double x);

  /** The x of this loss, infinite where no x has it. */
  double atLoss(double loss);

  /** An upper bound of the P-mass above x. */
  double massAbove(double x);

  /** An upper bound of the P-mass below x. */
  default double massBelow(double x) {
    return Normal.cdf(x / sigma());
  }

  /** A bound of all means in P and Q from below. */
  default double leastMean() {
    return 0;
  }

  /** How far a moment of order one moves the bulk of the integrand. */
  double reach();

  /** log((1 − q) + q·e^y), the log density of the mixture where its exponent is y. */
  static double logMixture(double q, double y) {
    if (q == 1) {
      return y;
    }
    if (q > 0.5 && y < -1) {
      return Math.log((1 - q) + q * Math.exp(y));
    }
    return y < 500 ? Math.log1p(q * Math.expm1(y)) : y + Math.log(q);
  }

  /**
   * σ·√(2π) times the density of (1 − q) N(0, σ²) + q N(1, σ²). Never the product of N(0, σ²) with
   * a ratio: for little noise the one underflows where the other overflows.
   */
  static double mixture(double q, double sigma, double x) {
    return (1 - q) * bell(x, sigma) + q * bell(x - 1, sigma);
  }

  private static double bell(double x, double sigma) {
    return Math.exp(-x * x / (2 * sigma * sigma));
  }

  private static double exponent(double x, double sigma) {
    return (x - 0.5) / (sigma * sigma);
  }

  /** A pair that is used with this probability, which the observer learns. */
  record Weighted(double weight, MixturePair pair) implements MixturePair {
    @Override
    public double sigma() {
      return pair.sigma();
    }

    @Override
    public double logDensity(double x) {
      return Math.log(weight) + pair.logDensity(x);
    }

    @Override
    public double density(double x) {
      return weight * pair.density(x);
    }

    @Override
    public double loss(double x) {
      return pair.loss(x);
    }

    @Override
    public double atLoss(double loss) {
      return pair.atLoss(loss);
    }

    @Override
    public double massAbove(double x) {
      return weight * pair.massAbove(x);
    }

    @Override
    public double massBelow(double x) {
      return weight * pair.massBelow(x);
    }

    @Override
    public double leastMean() {
      return pair.leastMean();
    }

    @Override
    public double reach() {
      return pair.reach();
    }
  }

  /** The client is in P and absent from Q: P the mixture, Q = N(0, σ²). */
  record Removal(double samplingProbability, double sigma) implements MixturePair {
    @Override
    public double logDensity(double x) {
      return loss(x);
    }

    @Override
    public double density(double x) {
      return mixture(samplingProbability, sigma, x);
    }

    @Override
    public double loss(double x) {
      return logMixture(samplingProbability, exponent(x, sigma));
    }

    @Override
    public double atLoss(double loss) {
      if (samplingProbability == 1) {
        return 0.5 + sigma * sigma * loss;
      }
      double y =
          loss < 500
              ? Math.log1p(Math.max(-1, Math.expm1(loss) / samplingProbability))
              : loss - Math.log(samplingProbability);
      return 0.5 + sigma * sigma * y;
    }

    @Override
    public double massAbove(double x) {
      double q = samplingProbability;
      return (1 - q) * Normal.upperTail(x / sigma) + q * Normal.upperTail((x - 1) / sigma);
    }

    @Override
    public double reach() {
      return 1;
    }
  }

  /**
   * The client is in Q and absent from P: P = N(0, σ²), Q the mixture with its second mean at −1.
   */
  record Addition(double samplingProbability, double sigma) implements MixturePair {
    @Override
    public double logDensity(double x) {
      return 0;
    }

    @Override
    public double density(double x) {
      return bell(x, sigma);
    }

    @Override
    public double loss(double x) {
      return -logMixture(samplingProbability, exponent(-x, sigma));
    }

    @Override
    public double atLoss(double loss) {
      return -new Removal(samplingProbability, sigma).atLoss(-loss);
    }

    @Override
    public double massAbove(double x) {
      return Normal.upperTail(x / sigma);
    }

    @Override
    public double reach() {
      return 1;
    }
  }

  /**
   * The client is in both with opposite contributions: P the mixture, Q its mirror image.
   *
   * <p>Dominates replace-one for contributions u, v of norm at most 1: for any set A with N(0,
   * σ²)-mass a, a shift by u gives it at most Φ(Φ⁻¹(a) + 1/σ) and a shift by v at least Φ(Φ⁻¹(a) −
   * 1/σ), and P(A) − γ·Q(A) rises in the first and falls in the second; half-lines attain both at
   * once for u = 1, v = −1. Here the shift is one clip norm, not the sensitivity of two.
   */
  record Replacement(double samplingProbability, double sigma) implements MixturePair {
    @Override
    public double logDensity(double x) {
      return logMixture(samplingProbability, exponent(x, sigma));
    }

    @Override
    public double density(double x) {
      return mixture(samplingProbability, sigma, x);
    }

    @Override
    public double loss(double x) {
      return logDensity(x) - logDensity(-x);
    }

    @Override
    public double atLoss(double loss) {
      if (loss < 0) {
        return -atLoss(-loss);
      }
      // With t = e^(x/σ²) and s = q·e^(−1/2σ²)/(1 − q): s·t² − (e^loss − 1)·t − e^loss·s = 0,
      // divided by e^loss so that nothing overflows.
      double q = samplingProbability;
      double logScale = Math.log(q) - 0.5 / (sigma * sigma) - Math.log1p(-q);
      double middle = -Math.expm1(-loss);
      double product = 4 * Math.exp(2 * logScale - loss);
      double logRoot =
          Math.log((middle + Math.sqrt(middle * middle + product)) / 2) + loss - logScale;
      return sigma * sigma * logRoot;
    }

    @Override
    public double massAbove(double x) {
      return new Removal(samplingProbability, sigma).massAbove(x);
    }

    @Override
    public double reach() {
      return 2;
    }
  }
}
