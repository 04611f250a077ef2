package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.dl4j.layers.BatchShape;
import org.jspecify.annotations.Nullable;

/**
 * Training steps for a network of known layers. Data passes from kernel to kernel in Java arrays,
 * then the parameters are changed by the flat gradient. DL4J's own step creates dozens of arrays,
 * all of which the garbage collector must trace.
 */
public final class TrainingSteps implements AutoCloseable {
  private final NetworkKernels kernels;
  private final UpdateRule rule;

  private TrainingSteps(NetworkKernels kernels, UpdateRule rule) {
    this.kernels = kernels;
    this.rule = rule;
  }

  /** The steps of a network; empty where there is an {@link #obstacle}. */
  public static Optional<TrainingSteps> of(Model model) {
    try {
      return Optional.of(make(model));
    } catch (NotFastException e) {
      return Optional.empty();
    }
  }

  /** Why DL4J must compute the steps of a network, in one line; empty when it need not. */
  public static Optional<String> obstacle(Model model) {
    try {
      make(model).close();
      return Optional.empty();
    } catch (NotFastException e) {
      return Optional.of(e.reason());
    }
  }

  private static TrainingSteps make(Model model) throws NotFastException {
    NetworkKernels kernels = NetworkKernels.of(model);
    if (model.getGradientsViewArray() == null) {
      if (model instanceof MultiLayerNetwork network) {
        network.initGradientsView();
      } else {
        ((ComputationGraph) model).initGradientsView();
      }
    }
    return new TrainingSteps(kernels, UpdateRule.of(model));
  }

  /**
   * One step on one batch.
   *
   * @param features in 'c' order, at least as long as {@code shape} says; unchanged
   * @param shape of the features: {@code [n, features]}, {@code [n, c, h, w]} or, of series, {@code
   *     [n, features, steps]}
   * @param labels in 'c' order; unchanged
   * @param labelsShape {@code [n, classes]}, or {@code [n, classes, h, w]} or {@code [n, classes,
   *     steps]} where the network's output is images or series
   * @param weights of the labels' pixels in 'c' order, {@code [n, 1, h, w]}, or of their steps,
   *     {@code [n, steps]}; null for 1 each
   * @return the mean loss of the batch before the step
   */
  public double take(
      float[] features,
      long[] shape,
      float[] labels,
      long[] labelsShape,
      float @Nullable [] weights) {
    KernelGraph graph = kernels.graph();
    OutputLoss loss = kernels.loss();
    float[] logits = graph.forward(features, BatchShape.of(shape));
    BatchShape output = graph.resultShape();
    requireLabels(output, labelsShape);
    double total = loss.of(logits, output, labels, weights, graph.resultGradient());
    double regularisation = rule.regularisation();
    graph.backward();
    rule.apply(output.examples());
    return total / output.examples() + regularisation;
  }

  private void requireLabels(BatchShape output, long[] labelsShape) {
    long[] wanted = {output.examples(), output.features()};
    if (kernels.loss().isOfImages()) {
      wanted =
          kernels.makesSeries()
              ? new long[] {output.examples(), output.channels(), output.height()}
              : new long[] {output.examples(), output.channels(), output.height(), output.width()};
    }
    if (!Arrays.equals(labelsShape, wanted)) {
      throw new IllegalArgumentException(
          "labels must have shape %s for this batch, had %s"
              .formatted(Arrays.toString(wanted), Arrays.toString(labelsShape)));
    }
  }

  /** Begins the stream of random numbers that dropout draws from. */
  public void begin(long seed) {
    kernels.random().begin(seed);
  }

  /** Whether the network's output is images, so that labels may have weights. */
  public boolean takesWeights() {
    return kernels.loss().isOfImages();
  }

  /** Whether the network takes series, and otherwise rows or images. */
  public boolean takesSeries() {
    return kernels.takesSeries();
  }

  /** Whether the network's output is series, and otherwise rows or images. */
  public boolean makesSeries() {
    return kernels.makesSeries();
  }

  /** Frees memory outside the heap. */
  @Override
  public void close() {
    kernels.close();
  }
}
