package org.dpfed.accounting;

import java.util.Arrays;

/**
 * A sum of rounded contributions to which every client adds its own discrete Gaussian noise
 * (Kairouz, Liu, Steinke 2021, theorem 1 and proposition 14). Holds under every neighbouring
 * relation if at least the stated number of clients add their noise. Poisson sampling of it is
 * refused, because no proof of amplification is known.
 *
 * @param contributions how contributions are clipped and rounded
 * @param localStddev standard deviation of each client's noise, in the units of the clip norm; at
 *     least half the granularity
 * @param clients how many clients add noise, at least 1
 */
public record DiscreteGaussianSum(RoundedSum contributions, double localStddev, long clients)
    implements DpEvent {
  /** Beyond this every term of τ is below the smallest double. */
  private static final double MOST_EXPONENT = 1_500;

  public DiscreteGaussianSum {
    Bounds.positive("localStddev", localStddev);
    Bounds.atLeast("clients", 1, clients);
    if (localStddev < contributions.granularity() / 2) {
      throw new IllegalArgumentException(
          "localStddev must be at least half the granularity "
              + contributions.granularity()
              + ", was "
              + localStddev
              + "; use a finer granularity");
    }
  }

  /** Rényi divergences at {@code orders} when one client moves the sum by {@code factor} norms. */
  double[] renyi(double factor, double... orders) {
    double stddev = localStddev * Math.sqrt((double) clients);
    double ratio = factor * contributions.l2Bound() / stddev;
    double l1Ratio = factor * contributions.l1Bound() / stddev;
    double tau = divergenceFromOneGaussian();
    double dimension = contributions.dimension();
    double l1 = ratio * ratio + 2 * l1Ratio * tau + tau * tau * dimension;
    double shifted = ratio + Math.sqrt(dimension) * tau;
    double perOrder = Math.min(l1, shifted * shifted) / 2;
    return Arrays.stream(orders)
        .map(order -> Math.min(order / 2 * ratio * ratio + tau * dimension, order * perOrder))
        .toArray();
  }

  /**
   * τ: how far the sum of the clients' noises is from one discrete Gaussian, in each coordinate.
   */
  double divergenceFromOneGaussian() {
    double scaled = localStddev / contributions.granularity();
    double exponent = 2 * Math.PI * Math.PI * scaled * scaled;
    if (exponent > MOST_EXPONENT) {
      // Every term is at most e^(−exponent/2).
      return 10.0 * (clients - 1) * Math.exp(-exponent / 2);
    }
    double limit = Math.exp(-exponent);
    double sum = 0;
    for (long k = 1; k < clients; k++) {
      double above = exponent / (k + 1);
      if (k > 1_000 && above < 1e-3) {
        // With x = exponent/(k + 1) the terms are limit·e^x, and e^x ≤ 1 + x + x² below 1; the sums
        // of 1/(k + 1) and its square are at most ln(clients/k) and 1/k.
        double rest = clients - k + exponent * Math.log((double) clients / k);
        return 10 * (sum + limit * (rest + exponent * exponent / k));
      }
      sum += Math.exp(-exponent * k / (k + 1));
    }
    return 10 * sum;
  }
}
