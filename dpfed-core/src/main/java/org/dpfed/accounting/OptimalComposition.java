package org.dpfed.accounting;

import java.util.Arrays;

/**
 * The exact cost of repeating an (ε, δ)-DP mechanism if nothing else is known about it (Kairouz,
 * Oh, Viswanath 2015, theorem 3.3, for every target and not only those on its grid).
 *
 * @param epsilon of one run, finite, at least 0
 * @param delta of one run, in [0, 1)
 * @param count number of runs, at least 1
 */
public record OptimalComposition(double epsilon, double delta, long count) {
  static final long MOST_RUNS = 100_000_000L;

  /** Mass that the window leaves out, by Chernoff's bounds. */
  private static final double OUTSIDE = 1e-120;

  /** Covers rounding: each mass is a product of at most some 10⁷ rounded ratios. */
  private static final double SLACK = 1 + 1e-8;

  public OptimalComposition {
    new DpEvent.ApproximateDp(epsilon, delta);
    Bounds.atLeast("count", 1, count);
    if (count > MOST_RUNS) {
      throw new IllegalArgumentException(
          "count must be at most " + MOST_RUNS + ", was " + count + "; use PLD");
    }
  }

  /**
   * P's distribution of the number of coins that speak against it, near its mean.
   *
   * @param lowest the number that the first mass belongs to
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Coins(long lowest, double[] mass) {}

  private Coins coins() {
    double mean = count / (1 + Math.exp(epsilon));
    double reach = 25 * Math.sqrt(mean) + 400;
    long lowest = (long) Math.max(0, Math.floor(mean - reach));
    long highest = (long) Math.min((double) count, Math.ceil(mean + reach));
    double[] mass = new double[Math.toIntExact(highest - lowest + 1)];
    int mode = (int) Math.min(highest - lowest, (long) mean - lowest);
    double odds = Math.exp(-epsilon);
    mass[mode] = 1;
    for (int i = mode; i + 1 < mass.length; i++) {
      mass[i + 1] = mass[i] * ((double) (count - lowest - i) / (lowest + i + 1) * odds);
    }
    for (int i = mode; i > 0; i--) {
      mass[i - 1] = mass[i] * ((double) (lowest + i) / (count - lowest - i + 1) / odds);
    }
    double sum = Arrays.stream(mass).sum();
    for (int i = 0; i < mass.length; i++) {
      mass[i] /= sum;
    }
    return new Coins(lowest, mass);
  }

  /** δ of all runs together at {@code target}. */
  public double deltaAt(double target) {
    return deltaAt(target, coins());
  }

  private double deltaAt(double target, Coins coins) {
    Bounds.epsilon(target);
    double pure = 0;
    for (int i = 0; i < coins.mass.length; i++) {
      double loss = (count - 2.0 * (coins.lowest + i)) * epsilon;
      if (loss <= target) {
        break;
      }
      pure += coins.mass[i] * -Math.expm1(target - loss);
    }
    if (target < count * epsilon) {
      pure = pure * SLACK + OUTSIDE;
    }
    double noFailure = count * Math.log1p(-delta);
    return Math.min(1, -Math.expm1(noFailure) + Math.exp(noFailure) * pure);
  }

  /** The smallest ε of all runs together at this δ, from above; infinite when there is none. */
  public double epsilonAt(double totalDelta) {
    Bounds.delta(totalDelta);
    Coins coins = coins();
    double low = 0;
    double high = count * epsilon;
    if (deltaAt(high, coins) > totalDelta) {
      return Double.POSITIVE_INFINITY;
    }
    if (deltaAt(low, coins) <= totalDelta) {
      return 0;
    }
    while (high - low > 1e-9 * high) {
      double middle = (low + high) / 2;
      if (deltaAt(middle, coins) <= totalDelta) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }
}
