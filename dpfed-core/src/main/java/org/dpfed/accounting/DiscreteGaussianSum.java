package org.dpfed.accounting;

/**
 * A sum of rounded contributions to which every client adds discrete Gaussian noise of its own
 * (Kairouz, Liu, Steinke 2021, theorem 1 and proposition 14). Holds under every neighbouring
 * relation, as long as no client that was counted on leaves its noise out. Poisson sampling of it
 * is refused: no proof of amplification is known.
 *
 * @param contributions how contributions are clipped and rounded
 * @param localStddev standard deviation of each client's noise, in the units of the clip norm; at
 *     least half the granularity
 * @param clients how many clients add noise, at least 1
 */
public record DiscreteGaussianSum(RoundedSum contributions, double localStddev, long clients)
    implements DpEvent {
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

  /**
   * Rényi divergence of order {@code order} when one client moves the sum by {@code factor} norms.
   */
  double renyi(double order, double factor) {
    double stddev = localStddev * Math.sqrt((double) clients);
    double ratio = factor * contributions.l2Bound() / stddev;
    double l1Ratio = factor * contributions.l1Bound() / stddev;
    double tau = divergenceFromOneGaussian();
    double dimension = contributions.dimension();
    double joint = order / 2 * ratio * ratio + tau * dimension;
    double l1 = order / 2 * (ratio * ratio + 2 * l1Ratio * tau + tau * tau * dimension);
    double shifted = ratio + Math.sqrt(dimension) * tau;
    return Math.min(joint, Math.min(l1, order / 2 * shifted * shifted));
  }

  /**
   * τ: how far the sum of the clients' noises is from one discrete Gaussian, in each coordinate.
   */
  double divergenceFromOneGaussian() {
    double scaled = localStddev / contributions.granularity();
    double exponent = 2 * Math.PI * Math.PI * scaled * scaled;
    double sum = 0;
    for (long k = 1; k < clients; k++) {
      double term = Math.exp(-exponent * k / (k + 1));
      double limit = Math.exp(-exponent);
      sum += term;
      if (k > 1_000 && term - limit < 1e-3 * limit) {
        // The terms fall towards the limit: the rest is at most this.
        return 10 * (sum + term * (clients - 1 - k));
      }
    }
    return 10 * sum;
  }
}
