package org.dpfed.accounting;

import java.util.Arrays;

/**
 * A sum of rounded contributions with Skellam noise: the total noise, or the sum of the clients'
 * own noise, which is Skellam again (Agarwal, Kairouz, Liu 2021, "The Skellam mechanism", theorem
 * 3.5). Holds under every neighbouring relation if at least the stated number of clients add their
 * noise. Poisson sampling of it is refused.
 *
 * @param contributions how contributions are clipped and rounded
 * @param localStddev standard deviation of each client's noise, in the units of the clip norm
 * @param clients how many clients add noise, at least 1
 */
public record SkellamSum(RoundedSum contributions, double localStddev, long clients)
    implements DpEvent {
  public SkellamSum {
    Bounds.positive("localStddev", localStddev);
    Bounds.atLeast("clients", 1, clients);
  }

  /**
   * Rényi divergences at {@code orders} when one client moves the sum by {@code factor} norms;
   * infinite where they are no integers, for which nothing is proven.
   */
  double[] renyi(double factor, double... orders) {
    return Arrays.stream(orders)
        .map(order -> order == Math.rint(order) ? renyi(factor, order) : Double.POSITIVE_INFINITY)
        .toArray();
  }

  private double renyi(double factor, double order) {
    double granularity = contributions.granularity();
    double l2 = factor * contributions.l2Bound() / granularity;
    double l1 = factor * contributions.l1Bound() / granularity;
    double variance = clients * (localStddev / granularity) * (localStddev / granularity);
    double excess =
        Math.min(
            ((2 * order - 1) * l2 * l2 + 6 * l1) / (4 * variance * variance),
            3 * l1 / (2 * variance));
    return order * l2 * l2 / (2 * variance) + excess;
  }
}
