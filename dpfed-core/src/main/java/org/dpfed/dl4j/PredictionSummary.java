package org.dpfed.dl4j;

import java.util.List;
import java.util.OptionalDouble;

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
   * The expected calibration error (Naeini, Cooper and Hauskrecht, AAAI 2015; Guo, Pleiss, Sun and
   * Weinberger, ICML 2017, section 3): the mean over the predictions of the distance between their
   * bin's mean probability and the frequency with which it came true, in ten bins.
   *
   * @return from 0 to 1; empty where the outputs are no probabilities, or there are none
   */
  public OptionalDouble expectedCalibrationError() {
    double total = calibration.stream().mapToLong(CalibrationBin::count).sum();
    return calibration.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            calibration.stream()
                .mapToDouble(
                    bin -> bin.count() / total * Math.abs(bin.meanProbability() - bin.frequency()))
                .sum());
  }

  /**
   * The highest sensitivity (true positive rate) among the points of {@link #roc} whose specificity
   * is at least this. Where the curve was thinned, points between may have a higher one.
   *
   * @param specificity from 0 to 1, chosen before the outcome is known
   * @return from 0 to 1; empty where there is no curve
   * @throws IllegalArgumentException when it is not from 0 to 1
   */
  public OptionalDouble sensitivityAt(double specificity) {
    if (!(specificity >= 0 && specificity <= 1)) {
      throw new IllegalArgumentException("specificity must be from 0 to 1, was " + specificity);
    }
    return roc.stream()
        .filter(point -> 1 - point.falsePositiveRate() >= specificity)
        .mapToDouble(RocPoint::truePositiveRate)
        .max();
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
