package org.dpfed.dl4j.internal;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** The same affine map of the features at every step of a series {@code [features, steps, n]}. */
final class PointwiseKernel implements LayerKernel {
  private final int inputs;
  private final int units;
  private final Weights weights;
  private final Blas blas = new Blas();
  private final Scratch series = new Scratch();
  private final Scratch products = new Scratch();
  private float[] biasGradient = {};
  private int run;

  PointwiseKernel(Layer layer, FeedForwardLayer conf) {
    this.inputs = (int) conf.getNIn();
    this.units = (int) conf.getNOut();
    this.weights = new Weights(layer);
  }

  @Override
  public BatchShape prepare(List<BatchShape> shapes) {
    BatchShape input = shapes.get(0);
    if (input.channels() != inputs) {
      throw new IllegalArgumentException(
          "series must have %d features for this layer, had %d"
              .formatted(inputs, input.channels()));
    }
    run = input.pixels() * input.examples();
    return new BatchShape(input.examples(), units, input.height(), input.width());
  }

  @Override
  public void forward(float[][] input, float[] output) {
    series.ofLength(inputs * run).write(input[0], inputs * run);
    products.ofLength(units * run);
    blas.multiply(
        units, run, inputs, weights.address(), series.address(), run, products.address(), run);
    products.read(output, units * run);
    float[] biases = weights.biases();
    for (int unit = 0; unit < biases.length; unit++) {
      for (int i = unit * run; i < (unit + 1) * run; i++) {
        output[i] += biases[unit];
      }
    }
  }

  @Override
  public void backward(
      float[][] input, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    products.write(gradient, units * run);
    blas.multiplyByTransposedRows(
        units,
        inputs,
        run,
        products.address(),
        run,
        series.address(),
        run,
        weights.gradientAddress());
    biasGradient = Floats.ofLength(biasGradient, units);
    for (int unit = 0; unit < units; unit++) {
      biasGradient[unit] = Floats.sum(gradient, unit * run, run);
    }
    weights.biasGradient(biasGradient);
    float @Nullable [] target = inputGradients[0];
    if (target != null) {
      blas.multiplyTransposed(
          inputs, run, units, weights.address(), products.address(), run, series.address());
      series.read(target, inputs * run);
    }
  }

  /** The forward pass has left a copy for BLAS. */
  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public boolean usesOutput() {
    return false;
  }

  @Override
  public void close() {
    series.close();
    products.close();
  }
}
