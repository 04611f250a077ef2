package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A transposed convolution: what a convolution of its output to its input does to gradients. Its
 * weights {@code [in, out, kh, kw]} are those of that convolution.
 */
final class TransposedConvolutionKernel implements LayerKernel {
  private final WindowAxis down;
  private final WindowAxis across;
  private final int inputs;
  private final int channels;
  private final Weights weights;
  private final Blas blas = new Blas();
  private final Scratch patches = new Scratch();
  private final Scratch series = new Scratch();
  private @Nullable PatchGeometry geometry;
  private float[] planes = {};
  private float[] matrix = {};

  TransposedConvolutionKernel(Layer layer, Deconvolution2D conf) {
    this.down = WindowAxis.of(0, conf);
    this.across = WindowAxis.of(1, conf);
    this.inputs = (int) conf.getNIn();
    this.channels = (int) conf.getNOut();
    this.weights = new Weights(layer);
  }

  @Override
  public BatchShape prepare(List<BatchShape> shapes) {
    BatchShape input = shapes.get(0);
    if (input.channels() != inputs) {
      throw new IllegalArgumentException(
          "images must have %d channels for this layer, had %d"
              .formatted(inputs, input.channels()));
    }
    BatchShape output =
        new BatchShape(
            input.examples(),
            channels,
            down.transposed(input.height()),
            across.transposed(input.width()));
    PatchGeometry made = PatchGeometry.of(output, down, across);
    if (made.outHeight() != input.height() || made.outWidth() != input.width()) {
      throw new IllegalArgumentException(
          "this transposed convolution does not fit images of %d × %d"
              .formatted(input.height(), input.width()));
    }
    geometry = made;
    planes = Floats.ofLength(planes, made.paddedLength());
    matrix = Floats.ofLength(matrix, made.rows() * made.columns());
    return output;
  }

  @Override
  public void forward(float[][] input, float[] output) {
    PatchGeometry shape = Objects.requireNonNull(geometry);
    int length = shape.rows() * shape.columns();
    series.ofLength(inputs * shape.columns()).write(input[0], inputs * shape.columns());
    patches.ofLength(length);
    blas.multiplyTransposed(
        shape.rows(),
        shape.columns(),
        inputs,
        weights.address(),
        series.address(),
        shape.columns(),
        patches.address());
    patches.read(matrix, length);
    Arrays.fill(planes, 0, shape.paddedLength(), 0);
    shape.scatterAdd(matrix, 0, shape.outHeight(), planes);
    shape.unpad(planes, output);
    float[] biases = weights.biases();
    int pixels = shape.length() / channels;
    for (int channel = 0; channel < biases.length; channel++) {
      ConvolutionKernel.add(biases[channel], output, channel * pixels, pixels);
    }
  }

  @Override
  public void backward(
      float[][] input, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    PatchGeometry shape = Objects.requireNonNull(geometry);
    float[] biasGradient = weights.biases();
    int pixels = shape.length() / channels;
    for (int channel = 0; channel < biasGradient.length; channel++) {
      biasGradient[channel] = Floats.sum(gradient, channel * pixels, pixels);
    }
    weights.biasGradient(biasGradient);
    shape.pad(gradient, planes);
    shape.gather(planes, 0, shape.outHeight(), patches.floats());
    blas.multiplyByTransposedRows(
        inputs,
        shape.rows(),
        shape.columns(),
        series.address(),
        shape.columns(),
        patches.address(),
        shape.columns(),
        weights.gradientAddress());
    float @Nullable [] target = inputGradients[0];
    if (target != null) {
      blas.multiply(
          inputs,
          shape.columns(),
          shape.rows(),
          weights.address(),
          patches.address(),
          shape.columns(),
          series.address(),
          shape.columns());
      series.read(target, inputs * shape.columns());
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
    patches.close();
    series.close();
  }
}
