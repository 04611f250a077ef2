package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.dpfed.dl4j.PredictionSummary.RocPoint;
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

  private static final int CURVE_POINTS = 200;

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

  /**
   * The ROC curve, from (0, 0) to (1, 1), thinned to some {@value #CURVE_POINTS} points; empty
   * where there is no area.
   */
  List<RocPoint> curve() {
    if (full || positives.count == 0 || negatives.count == 0) {
      return List.of();
    }
    float[] high = positives.sorted();
    float[] low = negatives.sorted();
    List<RocPoint> corners = new ArrayList<>(List.of(new RocPoint(0, 0)));
    int i = high.length;
    int j = low.length;
    while (i > 0 || j > 0) {
      float threshold =
          Math.max(
              i > 0 ? high[i - 1] : Float.NEGATIVE_INFINITY,
              j > 0 ? low[j - 1] : Float.NEGATIVE_INFINITY);
      while (i > 0 && high[i - 1] >= threshold) {
        i--;
      }
      while (j > 0 && low[j - 1] >= threshold) {
        j--;
      }
      corners.add(new RocPoint(1 - (double) j / low.length, 1 - (double) i / high.length));
    }
    return thinned(corners);
  }

  /** The first, the last, and between them as many as are to be shown. */
  private static List<RocPoint> thinned(List<RocPoint> points) {
    int last = points.size() - 1;
    int steps = Math.min(last, CURVE_POINTS);
    return IntStream.rangeClosed(0, steps)
        .mapToObj(step -> points.get((int) ((long) step * last / steps)))
        .toList();
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
