package org.dpfed.accounting.strategy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Where the search for a buffered linear strategy starts; points as {@link BufferedLoss} has. */
final class BufferedStarts {
  /** About the first coefficient of the square root of prefix sums. */
  private static final double SCALE = 0.5;

  /** What a new buffer starts with. */
  private static final double SMALL_SCALE = 0.02;

  private BufferedStarts() {}

  /**
   * Strategies like 1/√(1 − x), whose coefficients fall as a sum of many decays: spans from a half
   * to different shares of the run, in a geometric series, scales as their square roots.
   */
  static List<double[]> of(int buffers, int rounds) {
    List<double[]> starts = new ArrayList<>();
    for (double share : new double[] {0.1, 1}) {
      double[] decays = new double[buffers];
      double[] scales = new double[buffers];
      double longest = Math.log(Math.max(4, share * rounds));
      double sum = 0;
      for (int j = 0; j < buffers; j++) {
        double rate = 0.6 * Math.exp(-longest * (j + 0.5) / buffers);
        decays[j] = 1 - rate;
        scales[j] = Math.sqrt(rate);
        sum += scales[j];
      }
      for (int j = 0; j < buffers; j++) {
        scales[j] *= SCALE / sum;
      }
      starts.add(BufferedLoss.point(decays, scales));
    }
    return starts;
  }

  /** The point of fewer buffers with a small one added: faster, slower, or between two others. */
  static List<double[]> extending(double[] fewer, int rounds) {
    int buffers = fewer.length / 2;
    double[] logits = Arrays.copyOf(fewer, buffers);
    Arrays.sort(logits);
    List<Double> added = new ArrayList<>();
    double slowest = Math.log(10.0 * rounds);
    added.add(Math.min(logits[0], 2) - 2);
    for (int j = 0; j + 1 < buffers; j++) {
      added.add((logits[j] + logits[j + 1]) / 2);
    }
    added.add(Math.max(logits[buffers - 1] + 1, slowest));
    List<double[]> starts = new ArrayList<>();
    for (double logit : added) {
      double[] start = new double[fewer.length + 2];
      System.arraycopy(fewer, 0, start, 0, buffers);
      System.arraycopy(fewer, buffers, start, buffers + 1, buffers);
      start[buffers] = logit;
      // The others' scales shrink by as much.
      double left = 1;
      for (int j = 0; j < buffers; j++) {
        left += Math.exp(fewer[buffers + j]);
      }
      start[2 * buffers + 1] = Math.log(SMALL_SCALE * left);
      starts.add(start);
    }
    return starts;
  }
}
