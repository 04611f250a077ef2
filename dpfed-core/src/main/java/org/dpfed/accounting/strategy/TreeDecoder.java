package org.dpfed.accounting.strategy;

/** How the noise of a binary tree's node is taken from the draws at and below it. */
public enum TreeDecoder {
  /** The node's own draw. */
  OWN_DRAW {
    @Override
    double variance(int level) {
      return 1;
    }
  },
  /**
   * The estimate of least variance from the node and all below it (Honaker 2015), which a run can
   * form as it goes.
   */
  HONAKER {
    @Override
    double variance(int level) {
      // 2^l / (2^(l + 1) − 1)
      return 1 / (2 - Math.scalb(1.0, -level));
    }
  };

  /** The variance of the noise of a node over 2^level rounds, that of one draw being 1. */
  abstract double variance(int level);

  /** The variance of a prefix sum over so many rounds: one node for each binary digit. */
  double prefixVariance(int rounds) {
    double sum = 0;
    for (int level = 0; level < Integer.SIZE - 1; level++) {
      sum += (rounds >> level & 1) == 0 ? 0 : variance(level);
    }
    return sum;
  }

  /** The variances of the prefix sums over 1, 2, … {@code rounds} rounds together. */
  double sumOfPrefixVariances(int rounds) {
    double sum = 0;
    for (int level = 0; level < Integer.SIZE - 1; level++) {
      // Of the numbers from 0 to rounds, those with this digit: whole periods, then the rest.
      long size = 1L << level;
      long numbers = rounds + 1L;
      long withDigit = numbers / (2 * size) * size + Math.max(0, numbers % (2 * size) - size);
      sum += variance(level) * withDigit;
    }
    return sum;
  }

  /** The largest variance of the prefix sums over 1, 2, … {@code rounds} rounds. */
  double largestPrefixVariance(int rounds) {
    double largest = prefixVariance(rounds);
    for (int level = 0; level < Integer.SIZE - 1; level++) {
      if ((rounds >> level & 1) == 1) {
        // The largest smaller number that agrees above this digit: all ones below it.
        int smaller = (rounds & -(1 << level)) - 1;
        largest = Math.max(largest, prefixVariance(smaller));
      }
    }
    return largest;
  }
}
