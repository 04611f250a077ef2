package org.dpfed.accounting.pld;

/**
 * The stop losses of a probability vector p around a centre c near its mean: at each index s, what
 * lies beyond it on the side away from the centre,
 *
 * <pre>v(s) = Σ p(j)·(j − s)⁺ for s &gt; c,  v(s) = Σ p(j)·(s − j)⁺ for s ≤ c.</pre>
 *
 * <p>With z = e^(−2πik/N) and indices counted from c, summing by parts twice gives
 *
 * <pre>Σ p(j)·(z^j − 1) = mean·(z − 1) + (z − 1)²·Σ v(s)·z^(s−1).</pre>
 *
 * <p>All v are compensated sums of non-negative terms, right to some 4 units in the last place.
 *
 * @param centre index of c
 * @param mean of p's index, counted from c
 * @param deviation mean distance of p's index from c
 * @param values v; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record StopLoss(int centre, double mean, double deviation, double[] values) {
  static StopLoss of(double[] weights) {
    double mean = 0;
    for (int j = 0; j < weights.length; j++) {
      mean += j * weights[j];
    }
    int centre = (int) Math.min(weights.length - 1, Math.rint(mean));
    double[] values = new double[weights.length];
    double above = fill(weights, values, weights.length - 1, centre);
    double below = fill(weights, values, 0, centre);
    return new StopLoss(centre, above - below, above + below, values);
  }

  /** Fills one side, from its end to the centre, and returns the value at the centre. */
  private static double fill(double[] weights, double[] values, int end, int centre) {
    int step = end < centre ? 1 : -1;
    double tail = 0;
    double tailLost = 0;
    double stopLoss = 0;
    double stopLossLost = 0;
    for (int j = end; j != centre; j += step) {
      values[j] = stopLoss;
      double addend = weights[j] - tailLost;
      double next = tail + addend;
      tailLost = (next - tail) - addend;
      tail = next;
      addend = tail - stopLossLost;
      next = stopLoss + addend;
      stopLossLost = (next - stopLoss) - addend;
      stopLoss = next;
    }
    values[centre] = stopLoss;
    return stopLoss;
  }

  double total() {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
