package org.dpfed.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.ModelEvaluation.Metric;
import org.dpfed.federated.ModelEvaluator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * Loss and metrics on held-out data, for each label that the masks let through: an example, a time
 * step or a pixel. The output layer decides which.
 *
 * <ul>
 *   <li>Cross-entropy over classes, or any loss after softmax: accuracy; for two classes the area
 *       under the ROC curve. Labels are one-hot, or numbers of classes for sparse cross-entropy.
 *       For pixels ({@code CnnLossLayer}, {@code Cnn3DLossLayer}) before these {@code dice} and
 *       {@code iou}, the Dice coefficient and the intersection over union, each a mean over the
 *       classes that truth or prediction has; after these those of each class.
 *   <li>Binary cross-entropy, or any other loss after a sigmoid: accuracy at 0.5 and area under the
 *       ROC curve of each output. Labels are 0 or 1.
 *   <li>Squared, absolute, percentage, logarithmic and Poisson errors: {@code mse}, {@code mae} and
 *       {@code r2}, the coefficient of determination, as means over the outputs.
 * </ul>
 *
 * The loss is the network's own, a mean over the examples, as DL4J's {@code score} gives it for the
 * whole data set: with DL4J's loss functions a sum over the time steps or pixels of each. A metric
 * that is not defined is absent, with the reason.
 */
public final class Dl4jEvaluator implements ModelEvaluator, AutoCloseable {
  /** More examples in a forward pass make it no faster. */
  private static final int LARGEST_BATCH = 512;

  /** What the layers' activations may take in a forward pass, where one example allows it. */
  private static final long ACTIVATION_BYTES = 64L << 20;

  private final LocalNetwork network;
  private final ForwardPass pass;
  private final HeldOut heldOut;
  private final NetworkOutput output;
  private final Overlap overlap;

  /** Outputs of the network for one label. */
  private final int width;

  private final int batchSize;

  /**
   * An evaluator for this network and these data.
   *
   * @param template the network that is trained
   * @param heldOut at least one example with labels; kept, not changed
   * @throws IllegalArgumentException when the network's output layer is of another kind, or the
   *     data do not fit it; a {@link ModelEvaluator} of your own is then the way to evaluate
   */
  public Dl4jEvaluator(NetworkTemplate template, DataSet heldOut) {
    this(template, heldOut, new Overlap(true));
  }

  /**
   * As the constructor, for segmentation whose class 0 is the background: the means {@code dice}
   * and {@code iou} leave it out.
   *
   * @param template the network that is trained
   * @param heldOut at least one example with labels; kept, not changed
   * @return an evaluator
   */
  public static Dl4jEvaluator withoutBackground(NetworkTemplate template, DataSet heldOut) {
    return new Dl4jEvaluator(template, heldOut, new Overlap(false));
  }

  private Dl4jEvaluator(NetworkTemplate template, DataSet heldOut, Overlap overlap) {
    this.overlap = overlap;
    this.heldOut = new HeldOut(heldOut);
    this.network = template.localNetwork(LayerImplementation.automatic());
    this.pass = new ForwardPass(network.model());
    boolean fits = false;
    try (HeldOut.Batch probe = this.heldOut.batch(0, Math.min(2, this.heldOut.size()))) {
      this.output = NetworkOutput.of(network.model());
      this.width = width(probe);
      this.batchSize = batchSize(pass.activationBytes(probe.data()) / probe.size());
      requireFit();
      fits = true;
    } finally {
      if (!fits) {
        network.close();
      }
    }
  }

  @Override
  public ModelEvaluation evaluate(INDArray parameters) {
    return evaluate(parameters, heldOut);
  }

  /**
   * As {@link #evaluate(INDArray)}, on some of the held-out examples, such as those of one site.
   *
   * @param parameters shape {@code [d]}; unchanged
   * @param rows numbers of the examples, at least one; unchanged
   * @return the same metrics; those that are not defined for these examples are absent
   */
  public ModelEvaluation evaluate(INDArray parameters, int[] rows) {
    try (HeldOut.Batch some = heldOut.select(rows)) {
      return evaluate(parameters, new HeldOut(some.data()));
    }
  }

  private ModelEvaluation evaluate(INDArray parameters, HeldOut examples) {
    Counted counted = count(parameters, examples, output.hasLoss());
    List<Metric> metrics = counted.tally().metrics(loss(counted.lossTotal() / examples.size()));
    return new ModelEvaluation(
        examples.size(), counted.finite() ? metrics : withoutValues(metrics));
  }

  /**
   * What the model with these parameters predicts beside what is true.
   *
   * @param parameters shape {@code [d]}; unchanged
   * @return empty for regression, for several labels in a row, and where an output is not finite
   */
  public Optional<PredictionSummary> predictions(INDArray parameters) {
    Counted counted = count(parameters, heldOut, false);
    return counted.finite() ? counted.tally().predictions() : Optional.empty();
  }

  /** All of some examples, up to the first output that is not finite. */
  private record Counted(Tally tally, boolean finite, double lossTotal) {}

  private Counted count(INDArray parameters, HeldOut examples, boolean withLoss) {
    network.setParameters(parameters);
    Tally tally =
        output.task().tally(width, output.isImage() ? Optional.of(overlap) : Optional.empty());
    boolean finite = true;
    double lossTotal = 0;
    for (int from = 0; from < examples.size(); from += batchSize) {
      try (HeldOut.Batch batch = batchFrom(examples, from);
          INDArray outputs = pass.outputs(batch.data())) {
        Labels labels = Labels.of(batch.data(), output.axis());
        float[] values = Labels.rows(outputs, output.axis());
        finite &= labels.firstNotFinite(values) < 0;
        if (finite) {
          tally.add(values, labels);
        }
        lossTotal += withLoss ? pass.meanLoss(batch.data()) * batch.size() : 0;
      }
    }
    return new Counted(tally, finite, lossTotal);
  }

  private Metric loss(double mean) {
    return output.hasLoss()
        ? Metric.of(ModelEvaluation.LOSS, mean)
        : Metric.absent(
            ModelEvaluation.LOSS, "DL4J computes it along the wrong axis for this data format");
  }

  private static List<Metric> withoutValues(List<Metric> metrics) {
    return metrics.stream()
        .map(metric -> Metric.absent(metric.name(), "an output of the network is not finite"))
        .toList();
  }

  private HeldOut.Batch batchFrom(HeldOut examples, int from) {
    return examples.batch(from, Math.min(from + batchSize, examples.size()));
  }

  /** As many examples as {@link #ACTIVATION_BYTES} hold, at least one. */
  static int batchSize(long bytesPerExample) {
    return (int)
        Math.max(1, Math.min(LARGEST_BATCH, ACTIVATION_BYTES / Math.max(1, bytesPerExample)));
  }

  /**
   * The network's outputs for one label, once it is sure that labels and masks have their shape.
   */
  private int width(HeldOut.Batch probe) {
    long[] outputShape = outputShape(probe);
    long[] labelShape = outputShape.clone();
    if (output.task() == Task.CLASS_NUMBERS) {
      labelShape[output.axis()] = 1;
    }
    long[] actual = probe.data().getLabels().shape();
    if (!Arrays.equals(labelShape, actual)) {
      throw new IllegalArgumentException(
          "labels of %d examples must have shape %s to fit the network's output, had %s; correct them, or write a ModelEvaluator"
              .formatted(probe.size(), Arrays.toString(labelShape), Arrays.toString(actual)));
    }
    try {
      if (output.hasLoss()) {
        pass.meanLoss(probe.data());
      }
      Labels.of(probe.data(), output.axis());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the network's loss cannot be computed from held-out %s; correct the shapes of labels and masks, or write a ModelEvaluator"
              .formatted(probe.shapes()),
          e);
    }
    return Math.toIntExact(outputShape[output.axis()]);
  }

  private long[] outputShape(HeldOut.Batch batch) {
    try (INDArray outputs = outputs(batch)) {
      return outputs.shape().clone();
    }
  }

  private INDArray outputs(HeldOut.Batch batch) {
    try {
      return pass.outputs(batch.data());
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "the network cannot take held-out %s; give it what it is trained on, no example masked as a whole, or write a ModelEvaluator"
              .formatted(batch.shapes()),
          e);
    }
  }

  /** Goes through all data with the initial parameters, so that a run does not end in them. */
  private void requireFit() {
    boolean anyScored = false;
    for (int from = 0; from < heldOut.size(); from += batchSize) {
      try (HeldOut.Batch batch = batchFrom(heldOut, from);
          INDArray outputs = outputs(batch)) {
        Labels labels = Labels.of(batch.data(), output.axis());
        int rowsPerExample = labels.rows() / batch.size();
        for (int row = 0; row < labels.rows(); row++) {
          if (labels.isScoredAtAll(row)) {
            anyScored = true;
            requireFit(labels, row, from + row / rowsPerExample);
          }
        }
        int infinite = labels.firstNotFinite(Labels.rows(outputs, output.axis()));
        if (infinite >= 0) {
          throw new IllegalArgumentException(
              "outputs of the network must be finite before training, are not for held-out example %d, counted from 0; are its features finite, and not masked as a whole? Correct them, or write a ModelEvaluator"
                  .formatted(from + infinite / rowsPerExample));
        }
      }
    }
    if (!anyScored) {
      throw new IllegalArgumentException(
          "held-out data must have a label that the masks let through, had none; correct the masks");
    }
  }

  private void requireFit(Labels labels, int row, int example) {
    if (!output.task().fits(labels, row, width)) {
      throw new IllegalArgumentException(
          "labels must be %s, for %d outputs; those of held-out example %d are not, counted from 0. Correct them, or write a ModelEvaluator"
              .formatted(output.task().labelsInWords(), width, example));
    }
  }

  /** Frees the network. */
  @Override
  public void close() {
    network.close();
  }
}
