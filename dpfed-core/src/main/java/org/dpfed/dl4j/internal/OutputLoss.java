package org.dpfed.dl4j.internal;

import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.SoftmaxLoss;
import org.jspecify.annotations.Nullable;

/**
 * The activation at the end of a network, of rows or of the pixels of images, and the loss behind
 * it: softmax with cross-entropy or a loss of one's own, or any of DL4J's.
 */
final class OutputLoss {
  private final boolean images;

  /** Null for cross-entropy, summed over the pixels. */
  private final @Nullable SoftmaxLoss custom;

  /** Null for softmax. */
  private final @Nullable Dl4jLoss other;

  private float[] rows = {};
  private float[] rowLabels = {};
  private float[] labels = {};
  private float[] weights = {};

  private OutputLoss(boolean images, @Nullable SoftmaxLoss custom, @Nullable Dl4jLoss other) {
    this.images = images;
    this.custom = custom;
    this.other = other;
  }

  /**
   * Behind softmax.
   *
   * @param images whether of the pixels of images, and otherwise of rows
   * @param custom null for cross-entropy
   */
  static OutputLoss softmax(boolean images, @Nullable SoftmaxLoss custom) {
    return new OutputLoss(images, custom, null);
  }

  /** Any of DL4J's, with its activation. */
  static OutputLoss dl4j(boolean images, Dl4jLoss loss) {
    return new OutputLoss(images, null, loss);
  }

  /** Whether it is one of images, and otherwise of rows. */
  boolean isOfImages() {
    return images;
  }

  /**
   * The loss of a batch, summed over the examples.
   *
   * @param shape of the logits
   * @param labelsFirst labels with the examples first
   * @param weightsFirst weights of the pixels with the examples first; null for 1 each
   * @param gradient overwritten, at the logits; may be the logits
   */
  double of(
      float[] logits,
      BatchShape shape,
      float[] labelsFirst,
      float @Nullable [] weightsFirst,
      float[] gradient) {
    float[] targets = labelsFirst;
    float @Nullable [] factors = weightsFirst;
    if (images) {
      labels = Floats.ofLength(labels, shape.length());
      Floats.transpose(labelsFirst, shape.examples(), shape.features(), labels);
      targets = labels;
      if (weightsFirst != null) {
        weights = Floats.ofLength(weights, shape.examples() * shape.pixels());
        Floats.transpose(weightsFirst, shape.examples(), shape.pixels(), weights);
        factors = weights;
      }
    }
    if (other != null) {
      return other(other, logits, shape, targets, factors, gradient);
    }
    if (custom != null) {
      return custom(custom, logits, shape, targets, factors, gradient);
    }
    Classes classes = images ? Classes.ofImages(shape) : Classes.ofRows(shape);
    classes.softmax(logits, gradient);
    return classes.crossEntropy(gradient, targets, factors);
  }

  private double other(
      Dl4jLoss loss,
      float[] logits,
      BatchShape shape,
      float[] targets,
      float @Nullable [] factors,
      float[] gradient) {
    int columns = images ? shape.channels() : shape.features();
    int count = shape.length() / columns;
    if (!images) {
      System.arraycopy(logits, 0, gradient, 0, shape.length());
      return loss.of(gradient, targets, factors, count, columns);
    }
    rows = Floats.ofLength(rows, shape.length());
    rowLabels = Floats.ofLength(rowLabels, shape.length());
    Floats.transpose(logits, columns, count, rows);
    Floats.transpose(targets, columns, count, rowLabels);
    double total = loss.of(rows, rowLabels, factors, count, columns);
    Floats.transpose(rows, count, columns, gradient);
    return total;
  }

  private double custom(
      SoftmaxLoss loss,
      float[] logits,
      BatchShape shape,
      float[] targets,
      float @Nullable [] factors,
      float[] gradient) {
    int examples = shape.examples();
    int classes = shape.channels();
    int pixels = shape.pixels();
    int classStep = images ? pixels * examples : 1;
    int pixelStep = images ? examples : 0;
    double[] values = new double[classes * pixels];
    double[] truth = new double[classes * pixels];
    double[] importance = new double[pixels];
    double total = 0;
    for (int example = 0; example < examples; example++) {
      int first = images ? example : example * classes;
      for (int pixel = 0; pixel < pixels; pixel++) {
        importance[pixel] = factors == null ? 1 : factors[example + pixel * pixelStep];
        for (int k = 0; k < classes; k++) {
          int at = first + pixel * pixelStep + k * classStep;
          values[pixel * classes + k] = logits[at];
          truth[pixel * classes + k] = targets[at];
        }
      }
      total += loss.lossOf(values, truth, importance);
      for (int pixel = 0; pixel < pixels; pixel++) {
        for (int k = 0; k < classes; k++) {
          gradient[first + pixel * pixelStep + k * classStep] = (float) values[pixel * classes + k];
        }
      }
    }
    return total;
  }
}
