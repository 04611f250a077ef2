package org.dpfed.dl4j;

import java.util.List;

/**
 * What a classifier predicts on held-out data beside what is true, in counts. As the metrics do, it
 * depends on the held-out examples, which no guarantee covers.
 *
 * @param confusion for each true class, how many labels were predicted to be of each class
 * @param roc the ROC curve of the second of two classes, from (0, 0) to (1, 1); empty for more
 *     classes, or where one of the two is missing
 * @param calibration how often predictions of a certain probability come true; without empty bins,
 *     and empty where the outputs are no probabilities
 */
public record PredictionSummary(
    List<List<Long>> confusion, List<RocPoint> roc, List<CalibrationBin> calibration) {
  public PredictionSummary {
    confusion = confusion.stream().map(List::copyOf).toList();
    roc = List.copyOf(roc);
    calibration = List.copyOf(calibration);
  }

  /**
   * A point of a ROC curve.
   *
   * @param falsePositiveRate the share of the labels of the first class that score at least some
   *     threshold
   * @param truePositiveRate the share of those of the second class that do
   */
  public record RocPoint(double falsePositiveRate, double truePositiveRate) {}

  /**
   * Predictions of about the same probability: that of the second of two classes, or that of the
   * predicted one of more.
   *
   * @param count how many, at least 1
   * @param meanProbability their mean probability
   * @param frequency the share of them that came true
   */
  public record CalibrationBin(long count, double meanProbability, double frequency) {}
}
