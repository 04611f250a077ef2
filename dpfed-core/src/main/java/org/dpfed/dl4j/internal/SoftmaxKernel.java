package org.dpfed.dl4j.internal;

import org.deeplearning4j.nn.api.Layer;

/** An affine map and softmax, and the cross-entropy of its probabilities. */
final class SoftmaxKernel implements LayerKernel {
  /** DL4J's default, below which a probability is cut in the loss. */
  private static final float SMALLEST_PROBABILITY = 1e-10f;

  private final DenseKernel map;
  private float[] probabilities = {};
  private int length;

  SoftmaxKernel(Layer layer, boolean needsInputGradient) {
    this.map = new DenseKernel(layer, ActivationFunction.IDENTITY, needsInputGradient);
  }

  @Override
  public BatchShape outputOf(BatchShape input) {
    return map.outputOf(input);
  }

  @Override
  public float[] forward(float[] input, BatchShape shape) {
    BatchShape output = outputOf(shape);
    length = output.length();
    probabilities = map.forward(input, shape);
    softmax(probabilities, output.examples(), output.features());
    return probabilities;
  }

  /**
   * The loss of the last {@link #forward}, summed over its examples. Turns the probabilities into
   * {@link #lossGradient}.
   *
   * @param labels {@code [n, classes]}
   */
  double loss(float[] labels) {
    double loss = 0;
    for (int i = 0; i < length; i++) {
      if (labels[i] != 0) {
        loss -= labels[i] * Math.log(Math.max(probabilities[i], SMALLEST_PROBABILITY));
      }
      probabilities[i] -= labels[i];
    }
    return loss;
  }

  /** The gradient of the last {@link #loss} at the map's result, for {@link #backward}. */
  float[] lossGradient() {
    return probabilities;
  }

  @Override
  public float[] backward(float[] gradient) {
    return map.backward(gradient);
  }

  @Override
  public void close() {
    map.close();
  }

  private static void softmax(float[] values, int rows, int columns) {
    double[] powers = new double[columns];
    for (int row = 0; row < rows; row++) {
      int first = row * columns;
      float largest = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < columns; j++) {
        largest = Math.max(largest, values[first + j]);
      }
      double total = 0;
      for (int j = 0; j < columns; j++) {
        powers[j] = Math.exp(values[first + j] - largest);
        total += powers[j];
      }
      for (int j = 0; j < columns; j++) {
        values[first + j] = (float) (powers[j] / total);
      }
    }
  }
}
