package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.IncubatorVectors;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with 3×3 weights and stride 1, and an activation, by a {@link TiledConvolution};
 * for small batches by the kernel of all convolutions.
 */
final class TiledConvolutionKernel implements LayerKernel {
  /** Channels from which tiles pay. */
  private static final int LEAST_CHANNELS = 4;

  private final ConvolutionKernel general;
  private final ActivationFunction activation;
  private final Weights weights;
  private TiledConvolution tiles;
  private TiledConvolution.Shape shape = new TiledConvolution.Shape(0, 0, 0, 0, 0, 0, 0, 0, 0);
  private float[] matrix = {};
  private float[] transformed = {};

  private TiledConvolutionKernel(
      Layer layer,
      ActivationFunction activation,
      ConvolutionKernel general,
      TiledConvolution tiles) {
    this.general = general;
    this.tiles = tiles;
    this.activation = activation;
    this.weights = new Weights(layer);
  }

  /** The kernel of a convolution: this one where it fits, otherwise that of all convolutions. */
  static LayerKernel over(Layer layer, ActivationFunction activation) {
    ConvolutionLayer conf = (ConvolutionLayer) layer.conf().getLayer();
    ConvolutionKernel general =
        new ConvolutionKernel(
            layer, activation, IncubatorVectors.find(DirectConvolution.class).orElse(null));
    boolean fits =
        Arrays.equals(conf.getKernelSize(), new int[] {3, 3})
            && Arrays.equals(conf.getStride(), new int[] {1, 1})
            && Arrays.equals(conf.getDilation(), new int[] {1, 1})
            && Arrays.stream(conf.getPadding()).allMatch(pad -> pad <= 2)
            && Math.min(conf.getNIn(), conf.getNOut()) >= LEAST_CHANNELS;
    TiledConvolution tiles =
        fits ? IncubatorVectors.find(TiledConvolution.class).orElse(null) : null;
    return tiles == null ? general : new TiledConvolutionKernel(layer, activation, general, tiles);
  }

  /**
   * Shares the working memory of another layer, which the same thread uses; that of all layers
   * would not stay in the cache.
   *
   * @param other null for none
   * @return that memory, or this layer's own
   */
  TiledConvolution share(@Nullable TiledConvolution other) {
    tiles = other == null ? tiles : other;
    return tiles;
  }

  private boolean isTiled() {
    return shape.examples() >= TiledConvolution.LEAST_EXAMPLES;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    BatchShape output = general.prepare(inputs);
    PatchGeometry patches = general.geometry();
    shape =
        new TiledConvolution.Shape(
            patches.examples(),
            patches.channels(),
            patches.height(),
            patches.width(),
            patches.padTop(),
            patches.padLeft(),
            output.channels(),
            output.height(),
            output.width());
    if (isTiled()) {
      int pairs = shape.inChannels() * shape.outChannels();
      matrix = Floats.ofLength(matrix, 9 * pairs);
      transformed = Floats.ofLength(transformed, 16 * pairs);
    }
    return output;
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    if (!isTiled()) {
      general.forward(inputs, output);
      return;
    }
    weights.read(matrix);
    tiles.transform(shape.inChannels() * shape.outChannels(), matrix, transformed);
    tiles.convolve(shape, inputs[0], transformed, output);
    int columns = shape.outHeight() * shape.outWidth() * shape.examples();
    float[] biases = weights.biases();
    for (int channel = 0; channel < biases.length; channel++) {
      ConvolutionKernel.add(biases[channel], output, channel * columns, columns);
    }
    activation.apply(output, shape.outChannels() * columns);
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    if (!isTiled()) {
      general.backward(inputs, output, gradient, inputGradients);
      return;
    }
    int columns = shape.outHeight() * shape.outWidth() * shape.examples();
    activation.backpropagate(output, gradient, shape.outChannels() * columns);
    float[] biasGradient = weights.biases();
    for (int channel = 0; channel < biasGradient.length; channel++) {
      biasGradient[channel] = Floats.sum(gradient, channel * columns, columns);
    }
    weights.biasGradient(biasGradient);
    int pairs = shape.inChannels() * shape.outChannels();
    float @Nullable [] target = inputGradients[0];
    if (target != null) {
      // The forward pass has left the transformed weights.
      tiles.convolveBack(shape, gradient, transformed, target);
    }
    tiles.weightGradient(shape, inputs[0], gradient, transformed);
    tiles.transformBack(pairs, transformed, matrix);
    weights.weightGradient(matrix);
  }

  @Override
  public boolean usesInputs() {
    return isTiled();
  }

  @Override
  public boolean usesOutput() {
    return general.usesOutput();
  }

  @Override
  public void close() {
    general.close();
  }
}
