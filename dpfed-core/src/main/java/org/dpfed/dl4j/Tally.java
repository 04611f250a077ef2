package org.dpfed.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.ModelEvaluation.Metric;
import org.nd4j.evaluation.regression.RegressionEvaluation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Compares outputs with labels, batch by batch. */
sealed interface Tally {
  /**
   * Counts a batch.
   *
   * @param outputs finite where a label is scored; row after row, as long as the task says
   */
  void add(float[] outputs, Labels labels);

  /** What was counted, the main metric first; {@code loss} goes where it is to be shown. */
  List<Metric> metrics(Metric loss);

  /** What was predicted; empty where the outputs are not those of one classifier. */
  default Optional<PredictionSummary> predictions() {
    return Optional.empty();
  }

  /** One class for each row: the one with the highest output. */
  final class OfClasses implements Tally {
    private final int classes;
    private final Optional<Overlap> overlap;
    private final Predictions predictions;

    /**
     * @param overlap how pixels are judged; empty where rows are no pixels
     */
    OfClasses(int classes, Optional<Overlap> overlap) {
      this.classes = classes;
      this.overlap = overlap;
      this.predictions = new Predictions(classes);
    }

    @Override
    public void add(float[] outputs, Labels labels) {
      for (int row = 0; row < labels.rows(); row++) {
        if (labels.isScored(row)) {
          predictions.add(outputs, row * classes, labels.classOf(row));
        }
      }
    }

    @Override
    public List<Metric> metrics(Metric loss) {
      List<Metric> metrics = new ArrayList<>();
      overlap.ifPresent(each -> metrics.addAll(each.means(predictions.confusion())));
      metrics.add(Metric.of(ModelEvaluation.ACCURACY, predictions.accuracy()));
      metrics.add(loss);
      if (classes == 2) {
        metrics.add(predictions.ranking().metric());
      }
      overlap.ifPresent(each -> metrics.addAll(Overlap.ofClasses(predictions.confusion())));
      return metrics;
    }

    @Override
    public Optional<PredictionSummary> predictions() {
      return Optional.of(predictions.summary());
    }
  }

  /** A probability for each label, yes above one half. */
  final class OfYesOrNo implements Tally {
    private final int outputs;
    private final List<Predictions> predictions;
    private final long[] right;
    private final long[] rows;

    OfYesOrNo(int outputs) {
      this.outputs = outputs;
      this.predictions = Stream.generate(() -> new Predictions(2)).limit(outputs).toList();
      this.right = new long[outputs];
      this.rows = new long[outputs];
    }

    @Override
    public void add(float[] probabilities, Labels labels) {
      for (int i = 0; i < probabilities.length; i++) {
        if (labels.scored()[i]) {
          int output = i % outputs;
          boolean truth = labels.values()[i] == 1;
          right[output] += probabilities[i] > 0.5f == truth ? 1 : 0;
          rows[output]++;
          predictions.get(output).addYesOrNo(probabilities[i], truth);
        }
      }
    }

    @Override
    public List<Metric> metrics(Metric loss) {
      if (outputs == 1) {
        return List.of(
            accuracy(ModelEvaluation.ACCURACY, 0), loss, predictions.get(0).ranking().metric());
      }
      long allRight = 0;
      long allRows = 0;
      List<Metric> perLabel = new ArrayList<>();
      for (int k = 0; k < outputs; k++) {
        allRight += right[k];
        allRows += rows[k];
        perLabel.add(accuracy("accuracyOfLabel" + k, k));
        perLabel.add(renamed(predictions.get(k).ranking().metric(), "rocAucOfLabel" + k));
      }
      List<Metric> metrics = new ArrayList<>();
      metrics.add(Metric.of(ModelEvaluation.ACCURACY, (double) allRight / allRows));
      metrics.add(loss);
      metrics.addAll(perLabel);
      return metrics;
    }

    @Override
    public Optional<PredictionSummary> predictions() {
      return outputs == 1 ? Optional.of(predictions.get(0).summary()) : Optional.empty();
    }

    private Metric accuracy(String name, int output) {
      return rows[output] == 0
          ? Metric.absent(name, "all its labels are masked")
          : Metric.of(name, (double) right[output] / rows[output]);
    }

    private static Metric renamed(Metric metric, String name) {
      return new Metric(name, metric.value(), metric.absence());
    }
  }

  /** Numbers, by DL4J's {@link RegressionEvaluation}, each metric a mean over the outputs. */
  final class OfNumbers implements Tally {
    private final RegressionEvaluation evaluation;
    private final float[] smallest;
    private final float[] largest;

    OfNumbers(int outputs) {
      this.evaluation = new RegressionEvaluation(outputs);
      this.smallest = new float[outputs];
      this.largest = new float[outputs];
      Arrays.fill(smallest, Float.POSITIVE_INFINITY);
      Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    }

    /** In double: DL4J sums in the type that it is given, and squares of floats lose the spread. */
    @Override
    public void add(float[] outputs, Labels labels) {
      int[] rows =
          IntStream.range(0, labels.rows()).filter(row -> labels.isScoredAtAll(row)).toArray();
      if (rows.length == 0) {
        return;
      }
      int width = labels.width();
      double[][] predicted = new double[rows.length][width];
      double[][] truth = new double[rows.length][width];
      double[][] scored = new double[rows.length][width];
      for (int r = 0; r < rows.length; r++) {
        for (int k = 0; k < width; k++) {
          int from = rows[r] * width + k;
          if (labels.scored()[from]) {
            float label = labels.values()[from];
            predicted[r][k] = outputs[from];
            truth[r][k] = label;
            scored[r][k] = 1;
            smallest[k] = Math.min(smallest[k], label);
            largest[k] = Math.max(largest[k], label);
          }
        }
      }
      try (INDArray y = Nd4j.createFromArray(truth);
          INDArray prediction = Nd4j.createFromArray(predicted);
          INDArray mask = Nd4j.createFromArray(scored)) {
        evaluation.eval(y, prediction, mask);
      }
    }

    @Override
    public List<Metric> metrics(Metric loss) {
      return List.of(
          Metric.of("mse", evaluation.averageMeanSquaredError()),
          Metric.of("mae", evaluation.averageMeanAbsoluteError()),
          rSquared(),
          loss);
    }

    private Metric rSquared() {
      for (int k = 0; k < smallest.length; k++) {
        if (!(smallest[k] < largest[k])) {
          return Metric.absent(
              "r2",
              smallest.length == 1 ? "all labels are equal" : "all labels of one output are equal");
        }
      }
      return Metric.of("r2", evaluation.averageRSquared());
    }
  }
}
