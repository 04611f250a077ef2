package org.dpfed.accounting;

import java.util.Arrays;
import org.dpfed.accounting.pld.LossQuadrature;
import org.dpfed.accounting.pld.PrivacyLossProfile;

/**
 * Rényi divergences of one event at given orders, the sensitivity taken from a relation. Infinite
 * at orders where nothing is proven.
 */
final class RenyiCurve {
  private final double[] orders;
  private final NeighbouringRelation relation;

  RenyiCurve(double[] orders, NeighbouringRelation relation) {
    this.orders = orders;
    this.relation = relation;
  }

  /** The curve of one event of a normal form. */
  double[] of(DpEvent event) {
    if (event instanceof DpEvent.PoissonSampled sampled) {
      return poisson(sampled.samplingProbability(), noiseMultiplier(sampled.event()));
    } else if (event instanceof DpEvent.SampledWithoutReplacement sampled) {
      return withoutReplacement(sampled.samplingProbability(), noiseMultiplier(sampled.event()));
    } else if (event instanceof DiscreteGaussianSum sum) {
      return sum.renyi(orders, relation.sensitivity());
    } else if (event instanceof SkellamSum sum) {
      return skellam(sum);
    } else if (event instanceof DpEvent.ApproximateDp any && any.delta() == 0) {
      return Arrays.stream(orders).map(a -> randomisedResponse(any.epsilon(), a)).toArray();
    }
    throw new UnsupportedOperationException(
        "RDP has no bound for " + event + "; the PLD accountant may have one");
  }

  private static double noiseMultiplier(DpEvent event) {
    return ((DpEvent.Gaussian) event).noiseMultiplier();
  }

  /** A full-participation Gaussian: α / 2σ² with σ relative to the sensitivity. */
  static double gaussian(double order, double sigma) {
    return order / (2 * sigma * sigma);
  }

  private double[] poisson(double q, double z) {
    if (relation == NeighbouringRelation.REPLACE_ONE) {
      double sigma = z / relation.sensitivity();
      return quadrature(PrivacyLossProfile.replacement(q, z), sigma, orders);
    }
    // Removal is the larger of the two directions at every order (Mironov, Talwar, Zhang 2019,
    // theorem 5).
    double[] fractional = Arrays.stream(orders).filter(a -> !binomial(a)).toArray();
    double[] integrals = quadrature(PrivacyLossProfile.removal(q, z), z, fractional);
    double[] curve = new double[orders.length];
    int next = 0;
    for (int i = 0; i < orders.length; i++) {
      curve[i] = binomial(orders[i]) ? atInteger((int) orders[i], q, z) : integrals[next++];
    }
    return curve;
  }

  private static boolean binomial(double order) {
    return order == Math.rint(order) && order >= 2 && order <= 1 << 20;
  }

  /**
   * The sampled Gaussian at an integer order (Mironov, Talwar, Zhang 2019, section 3.3): since
   * binomial weights add up to 1, the moment exceeds 1 by Σ C(α, i) qⁱ (1 − q)^(α−i) (e^((i² −
   * i)/2σ²) − 1), in which nothing cancels.
   */
  private static double atInteger(int order, double q, double sigma) {
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

  private double[] withoutReplacement(double q, double z) {
    double sigma = z / NeighbouringRelation.REPLACE_ONE.sensitivity();
    return quadrature(PrivacyLossProfile.withoutReplacement(q, sigma), sigma, orders);
  }

  /**
   * @param sigma of the Gaussian without sampling, which sampling never makes worse
   */
  private static double[] quadrature(PrivacyLossProfile profile, double sigma, double[] orders) {
    double[] divergences = LossQuadrature.renyi(profile, orders);
    for (int i = 0; i < orders.length; i++) {
      divergences[i] = Math.min(divergences[i], gaussian(orders[i], sigma));
    }
    return divergences;
  }

  private double[] skellam(SkellamSum sum) {
    return Arrays.stream(orders)
        .map(
            a ->
                a == Math.rint(a) && a >= 2 && a <= Integer.MAX_VALUE
                    ? sum.renyi((int) a, relation.sensitivity())
                    : Double.POSITIVE_INFINITY)
        .toArray();
  }

  /** Randomised response dominates pure DP; its divergence is that of two coins. */
  private static double randomisedResponse(double epsilon, double order) {
    double decay = Math.exp(-epsilon);
    double logMoment =
        (order - 1) * epsilon + Math.log1p(Math.exp((1 - 2 * order) * epsilon)) - Math.log1p(decay);
    return logMoment / (order - 1);
  }
}
