package org.dpfed.mechanism;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dpfed.kernel.NormalDraws;

/**
 * Noise of prefix sums that come from binary trees (Kairouz et al. 2021, §4, with the estimates of
 * Honaker 2015, §3.3, that use the nodes below each node).
 *
 * <p>A node of level l holds the sum N of its 2^l rounds, measured as N + z. Its estimate is v_l·(N
 * + z) + (1 − v_l)·(the estimates of its halves), with v_l = 2^l ÷ (2^(l+1) − 1), which is also its
 * variance. So the noise of an estimate is e = v_l·z + (1 − v_l)·(e_left + e_right), rounded to an
 * integer. As N is an integer, N + e is the rounded estimate: a function of measurements, whatever
 * the rounding. A prefix sum adds the estimates of the nodes that make it up, and a round's noise
 * is the difference of two prefix sums' noise.
 *
 * <p>Remembers one vector for each level and one for the last prefix sum.
 */
final class TreeNoise implements NoiseStream {
  private final double stddev;
  private final int restartRounds;
  private final double[][] estimates;
  private final double[] lastPrefix;
  private final double[] estimate = new double[NormalDraws.CHUNK];
  private int completed;

  /**
   * @param stddev of a node's noise, in units of the grid
   * @param rounds of the run
   * @param restartRounds of one tree
   */
  TreeNoise(double stddev, int rounds, int restartRounds, int dimension) {
    this.stddev = stddev;
    this.restartRounds = restartRounds;
    this.estimates = new double[levels(Math.min(rounds, restartRounds))][dimension];
    this.lastPrefix = new double[dimension];
  }

  /** Levels of nodes that are complete after some round. */
  static int levels(int rounds) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(rounds);
  }

  /** v_l, by which a node's own measurement counts. */
  static double weight(int level) {
    return Math.scalb(1.0, level) / (Math.scalb(2.0, level) - 1);
  }

  /** Rounds of the current tree, the one in progress included. */
  private int leaf() {
    return completed % restartRounds + 1;
  }

  @Override
  public void next(NormalDraws draws, int from, int count, double[] noise) {
    int leaf = leaf();
    int level = Integer.numberOfTrailingZeros(leaf);
    for (int l = 0; l <= level; l++) {
      estimate(l, draws, from, count, noise);
    }
    System.arraycopy(estimate, 0, estimates[level], from, count);
    prefix(leaf, from, count, noise);
    double[] last = lastPrefix;
    for (int i = 0; i < count; i++) {
      double before = leaf == 1 ? 0 : last[from + i];
      last[from + i] = noise[i];
      noise[i] -= before;
    }
  }

  /** The estimate of the node of this level that the round completes, from the one below it. */
  private void estimate(int level, NormalDraws draws, int from, int count, double[] noise) {
    draws.nextChunk(noise);
    double own = weight(level);
    double below = 1 - own;
    double[] left = level == 0 ? estimate : estimates[level - 1];
    int offset = level == 0 ? 0 : from;
    for (int i = 0; i < count; i++) {
      double halves = level == 0 ? 0 : left[offset + i] + estimate[i];
      estimate[i] = Math.floor(own * (noise[i] * stddev) + below * halves + 0.5);
    }
  }

  /** The sum of the estimates that make up the first {@code leaf} rounds of the tree. */
  private void prefix(int leaf, int from, int count, double[] noise) {
    Arrays.fill(noise, 0, count, 0);
    for (int level = 0; level < estimates.length; level++) {
      if ((leaf >>> level & 1) == 1) {
        double[] node = estimates[level];
        for (int i = 0; i < count; i++) {
          noise[i] += node[from + i];
        }
      }
    }
  }

  @Override
  public void endRound() {
    completed++;
  }

  @Override
  public List<double[]> memory() {
    List<double[]> memory = new ArrayList<>(List.of(estimates));
    memory.add(lastPrefix);
    return memory;
  }

  @Override
  public void resumeAt(int round) {
    completed = round;
  }

  /**
   * Of the difference of two prefix sums. Of the node that the round completes, with the left
   * halves L of its right spine: w_k = v_k·z + (1 − v_k)·w_{k−1} − v_k·ΣL.
   */
  @Override
  public double stddev() {
    double variance = 1;
    double leftVariance = 0;
    double covariance = 0;
    for (int level = 1; level <= Integer.numberOfTrailingZeros(leaf()); level++) {
      double own = weight(level);
      double below = 1 - own;
      leftVariance += weight(level - 1);
      variance =
          own * own
              + below * below * variance
              + own * own * leftVariance
              - 2 * own * below * covariance;
      covariance = below * covariance - own * leftVariance;
    }
    return stddev * Math.sqrt(variance);
  }
}
