package org.dpfed.accounting.numerics;

/**
 * How many of the other clients are drawn, seen from one client, when at most {@code cap} of those
 * drawn may join: K ~ Bin(others, probability), and the client joins with chance min(1, cap / (K +
 * 1)) once it is drawn itself.
 *
 * <p>The binomial tails are known to a relative {@link BinomialTail#RELATIVE_ERROR}, so what
 * depends on them comes as bounds from both sides.
 *
 * @param below P(K ≤ cap − 2), bounded from above: whether the client joins changes nobody's place
 * @param last P(K = cap − 1), bounded from below: the client may take the last place
 * @param cutLow P(K ≥ cap) from below: the client can only take the place of another
 * @param cutHigh P(K ≥ cap) from above
 * @param takenLow the chance that it is drawn and takes the place of another, from below
 * @param takenHigh the same from above
 */
public record CappedBinomial(
    double below, double last, double cutLow, double cutHigh, double takenLow, double takenHigh) {
  /** Rarer cuts are taken for this from above, so that no weight underflows. */
  private static final double LEAST = 1e-200;

  /** Covers the tail's own error and the round-off of a few operations on it. */
  private static final double TAIL_ERROR = 2 * BinomialTail.RELATIVE_ERROR;

  /**
   * The distribution for one client.
   *
   * @param probability of being drawn, in (0, 1]
   * @param others number of other clients, at least {@code cap}
   * @param cap the most clients that join, at least 1
   */
  public static CappedBinomial of(double probability, long others, long cap) {
    if (probability == 1) {
      double taken = (double) cap / (others + 1);
      return new CappedBinomial(0, 0, 1, 1, taken, taken);
    }
    double cutHigh = Math.max(LEAST, atLeastHigh(others, probability, cap));
    double cutLow = atLeastLow(others, probability, cap);
    // Σ q·P(K = k)·cap/(k + 1) over k ≥ cap, where q·P(K = k)/(k + 1) = P(Bin(n + 1, q) = k + 1)/(n
    // + 1).
    double share = (double) cap / (others + 1);
    double takenHigh = Math.max(LEAST, share * atLeastHigh(others + 1, probability, cap + 1));
    double takenLow = share * atLeastLow(others + 1, probability, cap + 1);
    double last =
        Math.min(
            BinomialTail.exactly(others, probability, cap - 1) / (1 + TAIL_ERROR), 1 - cutHigh);
    double below = Math.max(0, 1 - cutLow - last);
    return new CappedBinomial(below, last, cutLow, cutHigh, takenLow, takenHigh);
  }

  private static double atLeastHigh(long n, double p, long k) {
    return k > n * p
        ? BinomialTail.atLeast(n, p, k)
        : 1 - BinomialTail.atMost(n, p, k - 1) / (1 + TAIL_ERROR);
  }

  private static double atLeastLow(long n, double p, long k) {
    return k > n * p
        ? BinomialTail.atLeast(n, p, k) / (1 + TAIL_ERROR)
        : Math.max(0, 1 - BinomialTail.atMost(n, p, k - 1));
  }
}
