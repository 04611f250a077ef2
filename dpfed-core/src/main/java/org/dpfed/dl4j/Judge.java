package org.dpfed.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.ModelEvaluation.Metric;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares a network's outputs with the labels of held-out examples, a few at a time. */
final class Judge {
  /** More examples in a forward pass make it no faster. */
  private static final int LARGEST_BATCH = 512;

  /** What the layers' activations may take in a forward pass, where one example allows it. */
  private static final long ACTIVATION_BYTES = 64L << 20;

  private final ForwardPass pass;
  private final NetworkOutput output;
  private final Overlap overlap;

  /** Outputs of the network for one label. */
  private final int width;

  private final int batchSize;

  /**
   * A judge for examples of this form.
   *
   * @param model with finite outputs; its parameters are unchanged
   * @param examples some of them
   * @param overlap how pixels of classes are judged
   * @throws IllegalArgumentException when the network's output layer is of another kind, or the
   *     examples do not fit it
   */
  Judge(Model model, HeldOut examples, Overlap overlap) {
    this.pass = new ForwardPass(model);
    this.overlap = overlap;
    try (HeldOut.Batch probe = examples.batch(0, Math.min(2, examples.size()))) {
      this.output = NetworkOutput.of(model);
      this.width = width(probe);
      this.batchSize = batchSize(pass.activationBytes(probe.data()) / probe.size());
    }
  }

  /** As many examples as {@link #ACTIVATION_BYTES} hold, at least one. */
  static int batchSize(long bytesPerExample) {
    return (int)
        Math.max(1, Math.min(LARGEST_BATCH, ACTIVATION_BYTES / Math.max(1, bytesPerExample)));
  }

  /** What was counted so far, up to the first output that is not finite. */
  final class Count {
    private final boolean withLoss;
    private final Tally tally =
        output.task().tally(width, output.isImage() ? Optional.of(overlap) : Optional.empty());
    private boolean finite = true;
    private double lossTotal;
    private int examples;

    /**
     * Nothing yet.
     *
     * @param withLoss whether the loss is wanted, which takes another forward pass
     */
    Count(boolean withLoss) {
      this.withLoss = withLoss && output.hasLoss();
    }

    /** Counts examples, with the network's parameters of this moment. */
    Count add(HeldOut added) {
      for (int from = 0; from < added.size(); from += batchSize) {
        try (HeldOut.Batch batch = batchFrom(added, from);
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
      examples += added.size();
      return this;
    }

    /** The metrics of at least one example; absent where an output was not finite. */
    ModelEvaluation evaluation() {
      List<Metric> metrics = tally.metrics(loss());
      return new ModelEvaluation(examples, finite ? metrics : withoutValues(metrics));
    }

    private Metric loss() {
      return output.hasLoss()
          ? Metric.of(ModelEvaluation.LOSS, lossTotal / examples)
          : Metric.absent(
              ModelEvaluation.LOSS, "DL4J computes it along the wrong axis for this data format");
    }

    /** Empty where the task has none, and where an output was not finite. */
    Optional<PredictionSummary> predictions() {
      return finite ? tally.predictions() : Optional.empty();
    }
  }

  private static List<Metric> withoutValues(List<Metric> metrics) {
    return metrics.stream()
        .map(metric -> Metric.absent(metric.name(), "an output of the network is not finite"))
        .toList();
  }

  private HeldOut.Batch batchFrom(HeldOut examples, int from) {
    return examples.batch(from, Math.min(from + batchSize, examples.size()));
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

  /**
   * Goes through examples with the network's parameters of this moment, so that a run does not end
   * in them.
   *
   * @throws IllegalArgumentException when they cannot be judged
   */
  void requireFit(HeldOut examples) {
    boolean anyScored = false;
    for (int from = 0; from < examples.size(); from += batchSize) {
      try (HeldOut.Batch batch = batchFrom(examples, from);
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
}
