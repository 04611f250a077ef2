package org.dpfed.federated;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Metrics of a model on held-out data, in display order. The first is the main one.
 *
 * <p>They are computed from released parameters, so they cost the training clients no privacy. They
 * also depend on the held-out data, which no guarantee covers.
 *
 * @param examples how many examples were evaluated, at least 1
 * @param metrics at least one, each with a name of its own
 */
public record ModelEvaluation(int examples, List<Metric> metrics) {
  /** Name of the share of labels that were predicted right. */
  public static final String ACCURACY = "accuracy";

  /** Name of the mean over the examples of the network's own loss function. */
  public static final String LOSS = "loss";

  /** Name of the mean over the classes of the Dice coefficient of their pixels. */
  public static final String DICE = "dice";

  /** Name of the mean over the classes of the intersection over union of their pixels. */
  public static final String IOU = "iou";

  /** Name of the area under the ROC curve. */
  public static final String ROC_AUC = "rocAuc";

  public ModelEvaluation {
    if (examples < 1) {
      throw new IllegalArgumentException("examples must be at least 1, was " + examples);
    }
    metrics = List.copyOf(metrics);
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("metrics must hold at least one, were empty");
    }
    Set<String> names = new HashSet<>();
    for (Metric metric : metrics) {
      if (!names.add(metric.name())) {
        throw new IllegalArgumentException(
            "metrics must have different names, two are called " + metric.name());
      }
    }
  }

  /**
   * As the constructor.
   *
   * @param examples how many examples were evaluated, at least 1
   * @param metrics at least one, each with a name of its own
   * @return the evaluation
   */
  public static ModelEvaluation of(int examples, Metric... metrics) {
    return new ModelEvaluation(examples, List.of(metrics));
  }

  /**
   * The first metric.
   *
   * @return what progress and comparisons go by
   */
  public Metric main() {
    return metrics.get(0);
  }

  /**
   * The value of a metric.
   *
   * @param name of the metric
   * @return empty when there is no such metric, or when it has no value
   */
  public OptionalDouble value(String name) {
    return metrics.stream()
        .filter(metric -> metric.name().equals(name))
        .findFirst()
        .map(Metric::value)
        .orElse(OptionalDouble.empty());
  }

  /**
   * The share of labels that were predicted right.
   *
   * @return from 0 to 1; NaN when there is none, as for regression
   */
  public double accuracy() {
    return value(ACCURACY).orElse(Double.NaN);
  }

  /**
   * The mean over the examples of the network's own loss function.
   *
   * @return the mean loss; NaN when there is none, as after divergence
   */
  public double loss() {
    return value(LOSS).orElse(Double.NaN);
  }

  /**
   * The area under the ROC curve.
   *
   * @return empty when the task is not binary, or when one of the two classes is missing
   */
  public OptionalDouble rocAuc() {
    return value(ROC_AUC);
  }

  /** All metrics and the number of examples, in one line. */
  @Override
  public String toString() {
    return metrics.stream().map(Metric::toString).collect(Collectors.joining(", "))
        + (examples == 1 ? " (1 example)" : " (%d examples)".formatted(examples));
  }

  /**
   * One number, or the reason why there is none.
   *
   * @param name such as {@code accuracy}
   * @param value a finite number, or empty
   * @param absence why there is no value; blank when there is one
   */
  public record Metric(String name, OptionalDouble value, String absence) {
    public Metric {
      if (name.isBlank()) {
        throw new IllegalArgumentException("name of a metric must not be blank");
      }
      if (value.isPresent() && !Double.isFinite(value.getAsDouble())) {
        throw new IllegalArgumentException(
            "%s must be finite, was %s; make it absent with the reason"
                .formatted(name, value.getAsDouble()));
      }
      if (value.isPresent() != absence.isBlank()) {
        throw new IllegalArgumentException(
            name + " must have either a value or the reason why it has none");
      }
    }

    /**
     * A metric with this value; absent when the value is not finite.
     *
     * @param name such as {@code accuracy}
     * @param value any number
     * @return the metric
     */
    public static Metric of(String name, double value) {
      return Double.isFinite(value)
          ? new Metric(name, OptionalDouble.of(value), "")
          : absent(name, Double.isNaN(value) ? "it is not a number" : "it is infinite");
    }

    /**
     * A metric without a value.
     *
     * @param name such as {@code rocAuc}
     * @param reason why there is no value; not blank
     * @return the metric
     */
    public static Metric absent(String name, String reason) {
      return new Metric(name, OptionalDouble.empty(), reason);
    }

    /**
     * The value for people.
     *
     * @return four significant digits, or {@code none} with the reason
     */
    public String text() {
      return value.isPresent()
          ? String.format(Locale.ROOT, "%.4g", value.getAsDouble())
          : "none: " + absence;
    }

    /** Name and value. */
    @Override
    public String toString() {
      return name + " " + text();
    }
  }
}
