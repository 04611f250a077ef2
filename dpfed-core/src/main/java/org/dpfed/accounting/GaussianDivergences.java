package org.dpfed.accounting;

import java.util.Arrays;
import org.dpfed.accounting.pld.LossQuadrature;
import org.dpfed.accounting.pld.PrivacyLossProfile;

/** Rényi divergences of Gaussian noise at given orders, with and without sampling. */
final class GaussianDivergences {
  private GaussianDivergences() {}

  /** On all clients: α / 2σ² with σ relative to the sensitivity. */
  static double[] unsampled(double sigma, double... orders) {
    return Arrays.stream(orders).map(order -> unsampled(sigma, order)).toArray();
  }

  private static double unsampled(double sigma, double order) {
    return order / (2 * sigma * sigma);
  }

  /**
   * On a sample whose privacy loss is known.
   *
   * @param sigma of the Gaussian without sampling, which sampling never makes worse
   */
  static double[] sampled(PrivacyLossProfile profile, double sigma, double... orders) {
    double[] divergences = LossQuadrature.renyi(profile, orders);
    for (int i = 0; i < orders.length; i++) {
      divergences[i] = Math.min(divergences[i], unsampled(sigma, orders[i]));
    }
    return divergences;
  }

  /**
   * On a Poisson sample under add-or-remove-one: removal is the larger of the two directions at
   * every order (Mironov, Talwar, Zhang 2019, theorem 5).
   */
  static double[] poisson(double q, double z, double... orders) {
    double[] fractional = Arrays.stream(orders).filter(a -> !hasBinomialSum(a)).toArray();
    double[] integrals = sampled(PrivacyLossProfile.removal(q, z), z, fractional);
    double[] divergences = new double[orders.length];
    int next = 0;
    for (int i = 0; i < orders.length; i++) {
      divergences[i] =
          hasBinomialSum(orders[i]) ? binomialSum((int) orders[i], q, z) : integrals[next++];
    }
    return divergences;
  }

  private static boolean hasBinomialSum(double order) {
    return order == Math.rint(order) && order >= 2 && order <= 1 << 20;
  }

  /**
   * The Poisson-sampled Gaussian at an integer order (Mironov, Talwar, Zhang 2019, section 3.3):
   * since binomial weights add up to 1, the moment exceeds 1 by Σ C(α, i) qⁱ (1 − q)^(α−i) (e^((i²
   * − i)/2σ²) − 1), in which nothing cancels.
   */
  private static double binomialSum(int order, double q, double sigma) {
    double logOdds = Math.log(q) - Math.log1p(-q);
    double[] exponents = new double[order + 1];
    double logBinomial = order * Math.log1p(-q);
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i <= order; i++) {
      double y = i * (i - 1.0) / (2 * sigma * sigma);
      double logGrowth = y > 40 ? y : Math.log(Math.expm1(y));
      exponents[i] = logBinomial + logGrowth;
      largest = Math.max(largest, exponents[i]);
      logBinomial += Math.log((order - i) / (i + 1.0)) + logOdds;
    }
    double sum = 0;
    for (double exponent : exponents) {
      if (exponent - largest > -45) {
        sum += Math.exp(exponent - largest);
      }
    }
    double logExcess = largest + Math.log(sum);
    double logMoment = logExcess > 40 ? logExcess : Math.log1p(Math.exp(logExcess));
    return logMoment / (order - 1);
  }
}
