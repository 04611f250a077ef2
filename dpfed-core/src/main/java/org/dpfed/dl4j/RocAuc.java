package org.dpfed.dl4j;

import java.util.Arrays;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.ModelEvaluation.Metric;

/**
 * The area under the ROC curve: the probability that a positive scores higher than a negative, ties
 * counting one half (Hanley and McNeil 1982). DL4J's {@code ROC} breaks ties by the order of the
 * examples, which gives an untrained network anything from 0 to 1.
 */
final class RocAuc {
  /** Scores kept at most: 128 MiB. */
  private static final int LIMIT = 1 << 25;

  private final Scores positives = new Scores();
  private final Scores negatives = new Scores();
  private boolean full;

  void add(float score, boolean positive) {
    if (positives.count + negatives.count == LIMIT) {
      full = true;
      return;
    }
    (positive ? positives : negatives).add(score);
  }

  /** The area, or why there is none. */
  Metric metric() {
    if (full) {
      return Metric.absent(
          ModelEvaluation.ROC_AUC, "there are more than %,d labels to rank".formatted(LIMIT));
    }
    if (positives.count == 0 && negatives.count == 0) {
      return Metric.absent(ModelEvaluation.ROC_AUC, "all labels are masked");
    }
    if (positives.count == 0 || negatives.count == 0) {
      return Metric.absent(ModelEvaluation.ROC_AUC, "all labels are of one class");
    }
    return Metric.of(ModelEvaluation.ROC_AUC, area());
  }

  private double area() {
    float[] high = positives.sorted();
    float[] low = negatives.sorted();
    int below = 0;
    int notAbove = 0;
    double wins = 0;
    for (float score : high) {
      while (below < low.length && low[below] < score) {
        below++;
      }
      notAbove = Math.max(notAbove, below);
      while (notAbove < low.length && low[notAbove] <= score) {
        notAbove++;
      }
      wins += 0.5 * ((double) below + notAbove);
    }
    return wins / high.length / low.length;
  }

  /** An array that grows. */
  private static final class Scores {
    private float[] values = new float[64];
    private int count;

    void add(float score) {
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = score;
    }

    float[] sorted() {
      float[] sorted = Arrays.copyOf(values, count);
      Arrays.sort(sorted);
      return sorted;
    }
  }
}
