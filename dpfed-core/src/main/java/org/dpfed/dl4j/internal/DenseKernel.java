package org.dpfed.dl4j.internal;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * An affine map of rows, and an activation. DL4J keeps weights {@code [in, out]} in 'f' order,
 * which in memory is a row-major matrix {@code [out, in]}.
 */
final class DenseKernel implements LayerKernel {
  private final ActivationFunction activation;
  private final int inputs;
  private final int units;
  private final Weights weights;
  private final Blas blas = new Blas();
  private final Scratch rows = new Scratch();
  private final Scratch products = new Scratch();
  private final Scratch inputGradients = new Scratch();
  private float[] biasGradient = {};
  private int examples;

  DenseKernel(Layer layer, ActivationFunction activation) {
    this.activation = activation;
    FeedForwardLayer conf = (FeedForwardLayer) layer.conf().getLayer();
    this.inputs = (int) conf.getNIn();
    this.units = (int) conf.getNOut();
    this.weights = new Weights(layer);
  }

  @Override
  public BatchShape prepare(List<BatchShape> shapes) {
    BatchShape input = shapes.get(0);
    if (input.features() != inputs) {
      throw new IllegalArgumentException(
          "a batch must have %d columns for this layer, had %d"
              .formatted(inputs, input.features()));
    }
    examples = input.examples();
    return BatchShape.rows(examples, units);
  }

  @Override
  public void forward(float[][] input, float[] values) {
    int length = examples * units;
    rows.ofLength(examples * inputs).write(input[0], examples * inputs);
    products.ofLength(length);
    blas.multiplyByTransposed(
        examples, units, inputs, rows.address(), inputs, weights.address(), 0, products.address());
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
  }

  @Override
  public void backward(
      float[][] input, float[] values, float[] gradient, float[] @Nullable [] inputGradient) {
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
    float @Nullable [] target = inputGradient[0];
    if (target == null) {
      return;
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
    inputGradients.read(target, examples * inputs);
  }

  /** The forward pass has left a copy for BLAS. */
  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public boolean usesOutput() {
    return activation != StandardFunction.IDENTITY;
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
