package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.ModelEvaluation.Metric;

/**
 * How far predicted and true pixels of each class overlap, over all pixels of all examples
 * together: the Dice coefficient, {@code 2 · both ÷ (predicted + true)}, and the intersection over
 * union, {@code both ÷ either}. A class without any true or predicted pixel has neither, and is
 * left out of the means.
 *
 * @param background whether class 0 counts in the means
 */
record Overlap(boolean background) {
  /** The means over the classes, Dice first. */
  List<Metric> means(long[][] confusion) {
    return List.of(
        mean(ModelEvaluation.DICE, confusion.length, k -> dice(confusion, k)),
        mean(ModelEvaluation.IOU, confusion.length, k -> iou(confusion, k)));
  }

  private Metric mean(String name, int classes, IntFunction<OptionalDouble> ofClass) {
    OptionalDouble mean =
        IntStream.range(background ? 0 : 1, classes)
            .mapToObj(ofClass)
            .flatMapToDouble(OptionalDouble::stream)
            .average();
    return metric(name, mean, "no pixel is of any of the classes, in truth or prediction");
  }

  /** For each class, the background too: all Dice coefficients, then all intersections. */
  static List<Metric> ofClasses(long[][] confusion) {
    String none = "no pixel is of this class, in truth or prediction";
    List<Metric> metrics = new ArrayList<>();
    for (int k = 0; k < confusion.length; k++) {
      metrics.add(metric("diceOfClass" + k, dice(confusion, k), none));
    }
    for (int k = 0; k < confusion.length; k++) {
      metrics.add(metric("iouOfClass" + k, iou(confusion, k), none));
    }
    return metrics;
  }

  private static Metric metric(String name, OptionalDouble value, String absence) {
    return value.isPresent() ? Metric.of(name, value.getAsDouble()) : Metric.absent(name, absence);
  }

  private static OptionalDouble dice(long[][] confusion, int k) {
    return share(2 * confusion[k][k], sizes(confusion, k));
  }

  private static OptionalDouble iou(long[][] confusion, int k) {
    return share(confusion[k][k], sizes(confusion, k) - confusion[k][k]);
  }

  private static OptionalDouble share(long part, long whole) {
    return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
  }

  /** True and predicted pixels of a class. */
  private static long sizes(long[][] confusion, int k) {
    return Arrays.stream(confusion[k]).sum()
        + Arrays.stream(confusion).mapToLong(row -> row[k]).sum();
  }
}
