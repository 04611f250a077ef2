package org.dpfed.accounting;

import org.dpfed.accounting.numerics.BinomialTail;
import org.hipparchus.special.Gamma;

/**
 * The central guarantee, under replace-one, of shuffling one message from each client, produced by
 * a local randomiser with pure DP (Feldman, McMillan, Talwar 2021, "Hiding among the clones",
 * theorem 3.1, evaluated numerically). Never worse than the local guarantee.
 *
 * <p>Every other client is a clone of the client in question with probability e^(−ε₀). Given c
 * clones, the two neighbours differ in one of c + 1 coins. More clones hide a client better, so
 * large numbers of clones are grouped into blocks, and each block is evaluated at its smallest
 * number.
 *
 * @param localEpsilon ε₀ of one message, positive and finite
 * @param clients number of messages, at least 1
 */
public record ShuffleAmplification(double localEpsilon, long clients) {
  /** Blocks are this small a share of the number of clones. */
  private static final double BLOCK_SHARE = 2e-4;

  private static final long MOST_CLIENTS = 1_000_000_000;

  public ShuffleAmplification {
    Bounds.positive("localEpsilon", localEpsilon);
    Bounds.atLeast("clients", 1, clients);
  }

  /** More clients only hide better; the sum over so many takes no longer than a second or two. */
  private long counted() {
    return Math.min(clients, MOST_CLIENTS);
  }

  /** A bound of δ at {@code epsilon}. */
  public double deltaAt(double epsilon) {
    Bounds.epsilon(epsilon);
    if (epsilon >= localEpsilon) {
      return 0;
    }
    long others = counted() - 1;
    double p = Math.exp(-localEpsilon);
    double mean = others * p;
    // Bernstein: less than 10⁻²⁹ lies further out, and it is counted in full below.
    double reach = 12 * Math.sqrt(mean * (1 - p)) + 80;
    long low = (long) Math.max(0.0, Math.floor(mean - reach));
    long high = Math.min(others, (long) Math.ceil(mean + reach));
    long block = Math.max(1, (long) ((double) low * BLOCK_SHARE));
    double sum = low > 0 ? BinomialTail.atMost(others, p, low - 1) : 0;
    for (long clones = low; clones <= high; clones += block) {
      double weight = 0;
      for (long c = clones; c < clones + block && c <= high; c++) {
        weight += Math.exp(logBinomialMass(others, p, c));
      }
      sum += weight * withClones(clones, epsilon);
    }
    sum += high < others ? BinomialTail.atLeast(others, p, high + 1) : 0;
    return Math.min(1, sum * (1 + rounding()));
  }

  /**
   * Relative error of a binomial mass: a log-factorial, near n·log n, is rounded relative to it.
   */
  private double rounding() {
    return 1e-8 + 4e-15 * counted() * Math.log((double) counted());
  }

  /** δ given the number of clones: the best threshold on the first of the two counts. */
  private double withClones(long clones, double epsilon) {
    double threshold =
        (clones + 1)
            * Math.expm1(epsilon + localEpsilon)
            / (Math.expm1(localEpsilon) * (1 + Math.exp(epsilon)));
    long from = (long) Math.floor(threshold) + 1;
    if (from > clones + 1) {
      return 0;
    }
    double tail = fairTail(clones, from);
    double edge = from >= 1 ? Math.exp(logBinomialMass(clones, 0.5, from - 1)) : 1 - tail;
    // With a coin that comes up with chance e^ε₀/(e^ε₀ + 1) under P and 1/(e^ε₀ + 1) under Q:
    // P(tail or edge) − e^ε·Q(tail or edge) without forming either, each part rounded to the
    // private side.
    double coin =
        Math.exp(epsilon) * Math.expm1(localEpsilon - epsilon) / (Math.exp(localEpsilon) + 1);
    double gain = edge * coin * (1 + rounding());
    return Math.max(0, gain - Math.expm1(epsilon) * tail * (1 - rounding()));
  }

  /** P(Bin(n, ½) ≥ k). */
  private static double fairTail(long n, long k) {
    if (k > n) {
      return 0;
    }
    if (2 * k <= n) {
      return 1 - fairTail(n, n - k + 1);
    }
    double sum = 0;
    double term = 1;
    for (long i = k; i <= n && term > 1e-18 * sum; i++) {
      sum += term;
      term *= (double) (n - i) / (i + 1);
    }
    return Math.exp(logBinomialMass(n, 0.5, k)) * sum;
  }

  private static double logBinomialMass(long n, double p, long k) {
    if (p == 1) {
      return k == n ? 0 : Double.NEGATIVE_INFINITY;
    }
    return Gamma.logGamma(n + 1.0)
        - Gamma.logGamma(k + 1.0)
        - Gamma.logGamma(n - k + 1.0)
        + k * Math.log(p)
        + (n - k) * Math.log1p(-p);
  }

  /** The smallest ε found at this δ, from above; at most the local one. */
  public double epsilonAt(double delta) {
    Bounds.delta(delta);
    double low = 0;
    double high = localEpsilon;
    if (deltaAt(0) <= delta) {
      return 0;
    }
    while (high - low > 1e-5 * high) {
      double middle = (low + high) / 2;
      if (deltaAt(middle) <= delta) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }
}
