package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of each channel by itself with some kernels. Each weight multiplies one run of
 * floats for each output row.
 */
final class DepthwiseKernel implements LayerKernel {
  private final WindowAxis down;
  private final WindowAxis across;
  private final int channels;
  private final int multiples;
  private final Weights weights;
  private final boolean hasBias;
  private final boolean channelsLast;
  private @Nullable PatchGeometry geometry;
  private float[] planes = {};
  private float[] planeGradient = {};
  private float[] values = {};

  /**
   * @param multiples output channels for each input channel, next to each other
   * @param weights {@code [kh, kw, channels, multiples]} if {@code channelsLast}, otherwise {@code
   *     [multiples, channels, kh, kw]}
   * @param hasBias whether the biases that go with the weights are of this convolution
   */
  DepthwiseKernel(
      ConvolutionLayer conf,
      int multiples,
      Weights weights,
      boolean hasBias,
      boolean channelsLast) {
    this.down = WindowAxis.of(0, conf);
    this.across = WindowAxis.of(1, conf);
    this.channels = (int) conf.getNIn();
    this.multiples = multiples;
    this.weights = weights;
    this.hasBias = hasBias;
    this.channelsLast = channelsLast;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    BatchShape input = inputs.get(0);
    if (input.channels() != channels) {
      throw new IllegalArgumentException(
          "images must have %d channels for this layer, had %d"
              .formatted(channels, input.channels()));
    }
    PatchGeometry made = PatchGeometry.of(input, down, across);
    geometry = made;
    planes = Floats.ofLength(planes, made.paddedLength());
    values = new float[weights.size()];
    return new BatchShape(
        input.examples(), channels * multiples, made.outHeight(), made.outWidth());
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    PatchGeometry shape = Objects.requireNonNull(geometry);
    shape.pad(inputs[0], planes);
    weights.read(values);
    float[] biases = hasBias ? weights.biases() : new float[0];
    for (int channel = 0; channel < channels * multiples; channel++) {
      int first = channel * shape.columns();
      float bias = biases.length == 0 ? 0 : biases[channel];
      Arrays.fill(output, first, first + shape.columns(), bias);
    }
    forEachWeight(
        shape,
        (weight, plane, out, length) ->
            addMultiple(values[weight], planes, plane, output, out, length));
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    PatchGeometry shape = Objects.requireNonNull(geometry);
    float @Nullable [] target = inputGradients[0];
    if (hasBias) {
      float[] biasGradient = weights.biases();
      for (int channel = 0; channel < biasGradient.length; channel++) {
        biasGradient[channel] = Floats.sum(gradient, channel * shape.columns(), shape.columns());
      }
      weights.biasGradient(biasGradient);
    }
    if (target != null) {
      planeGradient = Floats.ofLength(planeGradient, shape.paddedLength());
      Arrays.fill(planeGradient, 0, shape.paddedLength(), 0);
      forEachWeight(
          shape,
          (weight, plane, out, length) ->
              addMultiple(values[weight], gradient, out, planeGradient, plane, length));
      shape.unpad(planeGradient, target);
    }
    Arrays.fill(values, 0);
    forEachWeight(
        shape,
        (weight, plane, out, length) ->
            values[weight] += product(planes, plane, gradient, out, length));
    weights.weightGradient(values);
  }

  private interface Run {
    void at(int weight, int plane, int output, int length);
  }

  /** Visits each weight with the runs of the planes that it multiplies, for each output row. */
  private void forEachWeight(PatchGeometry shape, Run visitor) {
    int area = shape.kernelHeight() * shape.kernelWidth();
    for (int channel = 0; channel < channels; channel++) {
      for (int multiple = 0; multiple < multiples; multiple++) {
        int first = (channel * multiples + multiple) * shape.columns();
        for (int place = 0; place < area; place++) {
          int weight =
              channelsLast
                  ? (place * channels + channel) * multiples + multiple
                  : (multiple * channels + channel) * area + place;
          for (int row = 0; row < shape.outHeight(); row++) {
            visitor.at(
                weight,
                shape.start(channel * area + place, row),
                first + row * shape.run(),
                shape.run());
          }
        }
      }
    }
  }

  private static void addMultiple(
      float factor, float[] values, int from, float[] sums, int to, int length) {
    for (int i = 0; i < length; i++) {
      sums[to + i] += factor * values[from + i];
    }
  }

  private static float product(float[] one, int first, float[] other, int second, int length) {
    float even = 0;
    float odd = 0;
    int i = 0;
    for (; i < length - 1; i += 2) {
      even += one[first + i] * other[second + i];
      odd += one[first + i + 1] * other[second + i + 1];
    }
    return i < length ? even + odd + one[first + i] * other[second + i] : even + odd;
  }

  /** The planes are a copy. */
  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public boolean usesOutput() {
    return false;
  }
}
