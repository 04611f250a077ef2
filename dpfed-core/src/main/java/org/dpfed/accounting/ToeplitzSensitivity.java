package org.dpfed.accounting;

/**
 * The largest ‖Σ C[:, i]·uᵢ‖² over the rounds i that one client may join and all contributions uᵢ
 * of norm at most 1, bounded by the largest Σ |Gᵢⱼ| with G the Gram matrix of the columns.
 */
final class ToeplitzSensitivity {
  /** Steps that an exact answer may take; some 0.5 s. */
  private static final double MOST_WORK = 3e8;

  /** Rows whose sums are kept; some 0.2 GB. */
  private static final int MOST_WINDOWS = 10_000_000;

  /** Patterns visited before the search gives way to a bound; some 0.1 s of work. */
  private static final int SEARCH_LIMIT = 3_000_000;

  private final ToeplitzStrategy strategy;
  private final int rounds;
  private final int most;
  private final int separation;
  private int visited;

  ToeplitzSensitivity(ToeplitzStrategy strategy, Participation participation) {
    this.strategy = strategy;
    this.rounds = participation.rounds();
    this.most = participation.attainable();
    this.separation = participation.minSeparation();
  }

  double squared() {
    // How many of one client's columns have entries in the same row.
    int bands = Math.min(rounds, strategy.coefficients().size());
    double overlap = Math.min(most, 1 + (bands - 1) / separation);
    boolean ordered = strategy.isNonNegativeAndNonIncreasing();
    double work = ordered ? rounds * overlap : (double) rounds * rounds * most;
    if (ordered && work > MOST_WORK && rounds <= MOST_WINDOWS) {
      return earliestByWindows();
    }
    if (work > MOST_WORK) {
      return overlap * most * squaredNorm(bands);
    }
    if (ordered) {
      // The earliest rounds, exactly the separation apart, are the worst (Choquette-Choo et al.
      // 2023, "Multi-epoch matrix factorization", and McMahan, Xiao, Zhang 2024, theorem 2).
      return earliest();
    }
    double[][] gram = absoluteGram();
    int[] chosen = new int[most];
    double exact = search(gram, chosen, 0, 0, 0);
    return visited < SEARCH_LIMIT ? exact : rowBound(gram);
  }

  /** Of the first column; by Cauchy–Schwarz each row sums at most the overlap's columns. */
  private double squaredNorm(int bands) {
    double sum = 0;
    for (int i = 0; i < bands; i++) {
      sum += strategy.at(i) * strategy.at(i);
    }
    return sum;
  }

  double earliest() {
    double squared = 0;
    for (int row = 0; row < rounds; row++) {
      double sum = 0;
      int bands = strategy.coefficients().size();
      int first = row < bands ? 0 : (row - bands) / separation + 1;
      for (int k = first; k < most && k * separation <= row; k++) {
        sum += strategy.at(row - k * separation);
      }
      squared += sum * sum;
    }
    return squared;
  }

  /**
   * As {@link #earliest}, in a few steps for each row however many participations overlap: of rows
   * a separation apart each sums the last {@code most} coefficients, which end in one block of as
   * many and start in the one before it.
   */
  double earliestByWindows() {
    double[] sinceStart = new double[rounds];
    double[] untilEnd = new double[rounds];
    for (int row = 0; row < rounds; row++) {
      boolean starts = row / separation % most == 0;
      sinceStart[row] = strategy.at(row) + (starts ? 0 : sinceStart[row - separation]);
    }
    for (int row = rounds - 1; row >= 0; row--) {
      boolean ends = row / separation % most == most - 1 || row >= rounds - separation;
      untilEnd[row] = strategy.at(row) + (ends ? 0 : untilEnd[row + separation]);
    }
    double squared = 0;
    for (int row = 0; row < rounds; row++) {
      long first = row - (most - 1L) * separation;
      boolean isWithinBlock = first < 0 || first / separation % most == 0;
      double sum = sinceStart[row] + (isWithinBlock ? 0 : untilEnd[(int) first]);
      squared += sum * sum;
    }
    return squared;
  }

  private double[][] absoluteGram() {
    double[][] gram = new double[rounds][rounds];
    for (int lag = 0; lag < rounds; lag++) {
      double product = 0;
      // Columns j and j + lag, from the last pair back: each step adds one more common row.
      for (int j = rounds - 1 - lag; j >= 0; j--) {
        int row = rounds - 1 - lag - j;
        product += strategy.at(row) * strategy.at(row + lag);
        gram[j][j + lag] = Math.abs(product);
        gram[j + lag][j] = Math.abs(product);
      }
    }
    return gram;
  }

  /** Every pattern that extends the first {@code count} of {@code chosen}. */
  private double search(double[][] gram, int[] chosen, int count, int from, double sum) {
    double best = sum;
    if (count == most) {
      return best;
    }
    for (int i = from; i < rounds && ++visited < SEARCH_LIMIT; i++) {
      double extended = sum + gram[i][i];
      for (int k = 0; k < count; k++) {
        extended += 2 * gram[chosen[k]][i];
      }
      chosen[count] = i;
      best = Math.max(best, search(gram, chosen, count + 1, i + separation, extended));
    }
    return best;
  }

  /**
   * An upper bound where there are too many patterns: each round is credited with the best row sum
   * it could have in any pattern, and the best pattern of these credits is taken.
   */
  private double rowBound(double[][] gram) {
    double[] credits = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      double[] others = gram[i].clone();
      for (int j = Math.max(0, i - separation + 1); j < Math.min(rounds, i + separation); j++) {
        others[j] = 0;
      }
      credits[i] = gram[i][i] + bestPattern(others, most - 1);
    }
    return bestPattern(credits, most);
  }

  private double bestPattern(double[] weights, int count) {
    double[] best = new double[rounds + 1];
    for (int k = 0; k < count; k++) {
      double[] next = new double[rounds + 1];
      for (int i = rounds - 1; i >= 0; i--) {
        next[i] = Math.max(next[i + 1], weights[i] + best[Math.min(rounds, i + separation)]);
      }
      best = next;
    }
    return best[0];
  }
}
