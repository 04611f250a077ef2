package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.dpfed.dl4j.PredictionSummary.CalibrationBin;

/** Counts the predictions of a classifier, label by label. */
final class Predictions {
  private static final int BINS = 10;

  private final long[][] confusion;
  private final RocAuc ranking = new RocAuc();
  private final long[] counts = new long[BINS];
  private final long[] hits = new long[BINS];
  private final double[] probabilities = new double[BINS];
  private boolean areProbabilities = true;

  Predictions(int classes) {
    this.confusion = new long[classes][classes];
  }

  /**
   * Counts a label.
   *
   * @param from where its outputs start, one for each class
   */
  void add(float[] outputs, int from, int truth) {
    int predicted = highest(outputs, from);
    confusion[truth][predicted]++;
    if (classes() == 2) {
      ranking.add(outputs[from + 1], truth == 1);
      calibrate(outputs[from + 1], truth == 1);
    } else {
      calibrate(outputs[from + predicted], truth == predicted);
    }
  }

  /** Counts a label of the question whether, for which the network has one output. */
  void addYesOrNo(float probability, boolean truth) {
    confusion[truth ? 1 : 0][probability > 0.5f ? 1 : 0]++;
    ranking.add(probability, truth);
    calibrate(probability, truth);
  }

  private void calibrate(float probability, boolean cameTrue) {
    if (!(probability >= 0 && probability <= 1)) {
      areProbabilities = false;
      return;
    }
    int bin = Math.min(BINS - 1, (int) (probability * BINS));
    counts[bin]++;
    hits[bin] += cameTrue ? 1 : 0;
    probabilities[bin] += probability;
  }

  /** The first of the highest. */
  private int highest(float[] outputs, int from) {
    int best = 0;
    for (int k = 1; k < classes(); k++) {
      if (outputs[from + k] > outputs[from + best]) {
        best = k;
      }
    }
    return best;
  }

  private int classes() {
    return confusion.length;
  }

  /** For each true class, how many labels were predicted to be of each class; not to be changed. */
  long[][] confusion() {
    return confusion;
  }

  /** The share of labels whose class was predicted; NaN when there were none. */
  double accuracy() {
    long right = 0;
    for (int k = 0; k < classes(); k++) {
      right += confusion[k][k];
    }
    return (double) right / Arrays.stream(confusion).flatMapToLong(LongStream::of).sum();
  }

  /** The ranking of the labels of two classes; empty for more classes. */
  RocAuc ranking() {
    return ranking;
  }

  PredictionSummary summary() {
    List<List<Long>> rows =
        Arrays.stream(confusion).map(row -> LongStream.of(row).boxed().toList()).toList();
    return new PredictionSummary(rows, ranking.curve(), calibration());
  }

  private List<CalibrationBin> calibration() {
    List<CalibrationBin> bins = new ArrayList<>();
    for (int bin = 0; areProbabilities && bin < BINS; bin++) {
      if (counts[bin] > 0) {
        bins.add(
            new CalibrationBin(
                counts[bin], probabilities[bin] / counts[bin], (double) hits[bin] / counts[bin]));
      }
    }
    return bins;
  }
}
