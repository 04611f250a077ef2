package org.dpfed.dl4j.internal;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;

/**
 * An affine map of rows, and an activation. DL4J keeps weights {@code [in, out]} in 'f' order,
 * which in memory is a row-major matrix {@code [out, in]}.
 */
final class DenseKernel implements LayerKernel {
  private static final float[] NONE = {};

  private final ActivationFunction activation;
  private final boolean needsInputGradient;
  private final int inputs;
  private final int units;
  private final Weights weights;
  private final Blas blas = new Blas();
  private final Scratch rows = new Scratch();
  private final Scratch products = new Scratch();
  private final Scratch inputGradients = new Scratch();
  private float[] values = {};
  private float[] biasGradient = {};
  private float[] inputGradient = {};
  private int examples;

  /**
   * @param needsInputGradient whether anybody uses the gradient at the layer's input
   */
  DenseKernel(Layer layer, ActivationFunction activation, boolean needsInputGradient) {
    this.activation = activation;
    this.needsInputGradient = needsInputGradient;
    FeedForwardLayer conf = (FeedForwardLayer) layer.conf().getLayer();
    this.inputs = (int) conf.getNIn();
    this.units = (int) conf.getNOut();
    this.weights = new Weights(layer);
  }

  @Override
  public BatchShape outputOf(BatchShape input) {
    if (input.features() != inputs) {
      throw new IllegalArgumentException(
          "a batch must have %d columns for this layer, had %d"
              .formatted(inputs, input.features()));
    }
    return BatchShape.rows(input.examples(), units);
  }

  @Override
  public float[] forward(float[] input, BatchShape shape) {
    int length = outputOf(shape).length();
    examples = shape.examples();
    rows.ofLength(shape.length()).write(input, shape.length());
    products.ofLength(length);
    blas.multiplyByTransposed(
        examples, units, inputs, rows.address(), inputs, weights.address(), 0, products.address());
    values = Floats.ofLength(values, length);
    products.read(values, length);
    float[] biases = weights.biases();
    if (biases.length > 0) {
      for (int i = 0; i < length; i += units) {
        for (int j = 0; j < units; j++) {
          values[i + j] += biases[j];
        }
      }
    }
    activation.apply(values, length);
    return values;
  }

  @Override
  public float[] backward(float[] gradient) {
    int length = examples * units;
    activation.backpropagate(values, gradient, length);
    products.write(gradient, length);
    blas.multiplyTransposed(
        units,
        inputs,
        examples,
        products.address(),
        rows.address(),
        inputs,
        weights.gradientAddress());
    sumRows(gradient);
    weights.biasGradient(biasGradient);
    if (!needsInputGradient) {
      return NONE;
    }
    inputGradients.ofLength(examples * inputs);
    blas.multiply(
        examples,
        inputs,
        units,
        products.address(),
        weights.address(),
        inputs,
        inputGradients.address(),
        inputs);
    inputGradient = Floats.ofLength(inputGradient, examples * inputs);
    inputGradients.read(inputGradient, examples * inputs);
    return inputGradient;
  }

  @Override
  public void close() {
    rows.close();
    products.close();
    inputGradients.close();
  }

  private void sumRows(float[] gradient) {
    biasGradient = Floats.ofLength(biasGradient, units);
    System.arraycopy(gradient, 0, biasGradient, 0, units);
    for (int i = 1; i < examples; i++) {
      for (int j = 0; j < units; j++) {
        biasGradient[j] += gradient[i * units + j];
      }
    }
  }
}
