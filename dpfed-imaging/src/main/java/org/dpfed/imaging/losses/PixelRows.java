package org.dpfed.imaging.losses;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A batch as output layers hand it to a loss, taken apart into images. */
final class PixelRows {
  private final int classes;
  private final int pixels;
  private final DataType type;
  private final double[] logits;
  private final double[] labels;
  private final double[] weights;

  private PixelRows(INDArray logits, INDArray labels, @Nullable INDArray mask, int pixels) {
    this.classes = Math.toIntExact(logits.size(1));
    this.pixels = pixels;
    this.type = logits.dataType();
    this.logits = doubles(logits);
    this.labels = doubles(labels);
    if (mask == null) {
      this.weights = new double[Math.toIntExact(logits.size(0))];
      Arrays.fill(weights, 1);
    } else {
      this.weights = doubles(mask);
    }
  }

  /**
   * @throws IllegalArgumentException when the activation is not softmax, or shapes do not fit; no
   *     message has a value
   */
  static PixelRows of(
      ImageLoss loss,
      INDArray labels,
      INDArray logits,
      IActivation activation,
      @Nullable INDArray mask) {
    if (!(activation instanceof ActivationSoftmax)) {
      throw new IllegalArgumentException(
          "%s needs an output layer with the activation softmax, was %s"
              .formatted(loss, activation));
    }
    if (logits.rank() != 2 || !logits.equalShapes(labels)) {
      throw new IllegalArgumentException(
          "%s needs labels of the shape of the outputs %s, had %s"
              .formatted(loss, Arrays.toString(logits.shape()), Arrays.toString(labels.shape())));
    }
    long rows = logits.size(0);
    if (rows % loss.pixels() != 0) {
      throw wrongPixels(loss, rows);
    }
    requireWeights(loss, logits.size(1));
    if (mask != null && mask.length() != rows) {
      throw new IllegalArgumentException(
          "%s takes masks [n, 1, h, w], one value for each of %d pixels, got %s"
              .formatted(loss, rows, Arrays.toString(mask.shape())));
    }
    return new PixelRows(logits, labels, mask, loss.pixels());
  }

  private static IllegalArgumentException wrongPixels(ImageLoss loss, long pixels) {
    return new IllegalArgumentException(
        "%s is for images of %d pixels, a batch has %d; make it with the height times the width of the network's output. Where the check before round 1 tries images of another size, give it some by Dl4jClientTrainer.withProbe"
            .formatted(loss, loss.pixels(), pixels));
  }

  private static void requireWeights(ImageLoss loss, long classes) {
    if (!loss.classWeights().isEmpty() && loss.classWeights().size() != classes) {
      throw new IllegalArgumentException(
          "%s has %d class weights, the network has %d outputs for each pixel"
              .formatted(loss, loss.classWeights().size(), classes));
    }
  }

  private static double[] doubles(INDArray array) {
    try (INDArray dense = array.castTo(DataType.DOUBLE).dup('c')) {
      return dense.data().asDouble();
    }
  }

  private int images() {
    return weights.length / pixels;
  }

  private Pixels image(int image) {
    int from = image * pixels * classes;
    return pixels(
        Arrays.copyOfRange(logits, from, from + pixels * classes),
        Arrays.copyOfRange(labels, from, from + pixels * classes),
        Arrays.copyOfRange(weights, image * pixels, (image + 1) * pixels));
  }

  /** The pixels of an image, of whose logits the logarithms of the probabilities are made. */
  private static Pixels pixels(double[] logits, double[] labels, double[] weights) {
    int classes = logits.length / weights.length;
    double[] probabilities = new double[logits.length];
    for (int pixel = 0; pixel < logits.length; pixel += classes) {
      softmax(logits, probabilities, pixel, classes);
    }
    return new Pixels(classes, logits, probabilities, labels, weights);
  }

  /** Turns logits into logarithms of probabilities. */
  private static void softmax(double[] logs, double[] probabilities, int from, int classes) {
    double most = logs[from];
    for (int k = from + 1; k < from + classes; k++) {
      most = Math.max(most, logs[k]);
    }
    double sum = 0;
    for (int k = from; k < from + classes; k++) {
      probabilities[k] = Math.exp(logs[k] - most);
      sum += probabilities[k];
    }
    double scale = most + Math.log(sum);
    for (int k = from; k < from + classes; k++) {
      logs[k] -= scale;
      probabilities[k] /= sum;
    }
  }

  /**
   * The loss of one image.
   *
   * @param logits overwritten by the gradient at them
   */
  static double replaceByGradient(
      ImageLoss loss, double[] logits, double[] labels, double[] weights) {
    if (weights.length != loss.pixels()) {
      throw wrongPixels(loss, weights.length);
    }
    requireWeights(loss, logits.length / weights.length);
    Pixels image = pixels(logits.clone(), labels, weights);
    double value = loss.of(image, logits);
    addSoftmax(image, logits);
    return value;
  }

  /** Turns slopes by log probabilities into the gradient at the logits. */
  private static void addSoftmax(Pixels image, double[] slopes) {
    int classes = image.classes();
    for (int pixel = 0; pixel < image.labels().length; pixel += classes) {
      double sum = 0;
      for (int k = pixel; k < pixel + classes; k++) {
        sum += slopes[k];
      }
      for (int k = pixel; k < pixel + classes; k++) {
        // The logarithm of class j's probability has the derivative (j = k) − pₖ.
        slopes[k] -= image.probabilities()[k] * sum;
      }
    }
  }

  double[] losses(ImageLoss loss) {
    return IntStream.range(0, images()).mapToDouble(i -> loss.of(image(i), null)).toArray();
  }

  /** The images' losses, shape {@code [rows, 1]}, in equal parts. */
  INDArray spread(ImageLoss loss) {
    double[] losses = losses(loss);
    double[] rows = new double[weights.length];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = losses[row / pixels] / pixels;
    }
    return array(rows, 1);
  }

  /** The gradient at the logits, of the sum of the images' losses. */
  INDArray gradient(ImageLoss loss) {
    double[] gradient = new double[logits.length];
    double[] slopes = new double[pixels * classes];
    for (int image = 0; image < images(); image++) {
      Pixels each = image(image);
      loss.of(each, slopes);
      addSoftmax(each, slopes);
      System.arraycopy(slopes, 0, gradient, image * slopes.length, slopes.length);
    }
    return array(gradient, classes);
  }

  private INDArray array(double[] values, int columns) {
    return Nd4j.create(values, new long[] {weights.length, columns}, 'c').castTo(type);
  }
}
