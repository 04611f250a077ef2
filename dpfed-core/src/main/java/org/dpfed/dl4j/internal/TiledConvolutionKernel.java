package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/**
 * A convolution with 3×3 weights and stride 1, and an activation, by a {@link TiledConvolution};
 * for small batches by the kernel of all convolutions.
 */
final class TiledConvolutionKernel implements LayerKernel {
  private static final String MODULE = "jdk.incubator.vector";

  /** Channels from which tiles pay. */
  private static final int LEAST_CHANNELS = 4;

  private final ConvolutionKernel general;
  private final TiledConvolution tiles;
  private final ActivationFunction activation;
  private final Weights weights;
  private TiledConvolution.Shape shape = new TiledConvolution.Shape(0, 0, 0, 0, 0, 0, 0, 0, 0);
  private float[] matrix = {};
  private float[] transformed = {};

  private TiledConvolutionKernel(
      Layer layer, ActivationFunction activation, TiledConvolution tiles) {
    this.general = new ConvolutionKernel(layer, activation);
    this.tiles = tiles;
    this.activation = activation;
    this.weights = new Weights(layer);
  }

  /** The kernel of a convolution: this one where it fits, otherwise that of all convolutions. */
  static LayerKernel over(Layer layer, ActivationFunction activation) {
    ConvolutionLayer conf = (ConvolutionLayer) layer.conf().getLayer();
    boolean fits =
        Arrays.equals(conf.getKernelSize(), new int[] {3, 3})
            && Arrays.equals(conf.getStride(), new int[] {1, 1})
            && Arrays.stream(conf.getPadding()).allMatch(pad -> pad <= 2)
            && Math.min(conf.getNIn(), conf.getNOut()) >= LEAST_CHANNELS
            && ModuleLayer.boot().findModule(MODULE).isPresent();
    if (fits) {
      for (TiledConvolution tiles : ServiceLoader.load(TiledConvolution.class)) {
        return new TiledConvolutionKernel(layer, activation, tiles);
      }
    }
    return new ConvolutionKernel(layer, activation);
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
    transform(shape.outChannels(), shape.inChannels(), false);
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
    float @Nullable [] target = inputGradients[0];
    if (target != null) {
      weights.read(matrix);
      transform(shape.outChannels(), shape.inChannels(), true);
      tiles.convolve(shape.back(), gradient, transformed, target);
    }
    tiles.weightGradient(shape, inputs[0], gradient, transformed);
    transformBack(shape.outChannels() * shape.inChannels());
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

  /**
   * Fills {@link #transformed} with G w Gᵀ of the 3×3 weights w of each pair of channels.
   *
   * @param back whether w is turned by half and {@code [out, in]} becomes {@code [in, out]}, for
   *     the gradient at the input
   */
  private void transform(int out, int in, boolean back) {
    int pairs = out * in;
    float[] rows = new float[12];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        int from = (o * in + i) * 9;
        for (int x = 0; x < 3; x++) {
          int at = back ? from + 8 - x : from + x;
          int step = back ? -3 : 3;
          float a = matrix[at];
          float b = matrix[at + step];
          float c = matrix[at + 2 * step];
          rows[x] = a;
          rows[3 + x] = 0.5f * (a + c + b);
          rows[6 + x] = 0.5f * (a + c - b);
          rows[9 + x] = c;
        }
        int to = back ? i * out + o : o * in + i;
        for (int y = 0; y < 12; y += 3) {
          float a = rows[y];
          float b = rows[y + 1];
          float c = rows[y + 2];
          transformed[to] = a;
          transformed[to + pairs] = 0.5f * (a + c + b);
          transformed[to + 2 * pairs] = 0.5f * (a + c - b);
          transformed[to + 3 * pairs] = c;
          to += 4 * pairs;
        }
      }
    }
  }

  /** Fills {@link #matrix} with Gᵀ u G of the gradient u of each pair's transformed weights. */
  private void transformBack(int pairs) {
    float[] rows = new float[12];
    for (int pair = 0; pair < pairs; pair++) {
      for (int x = 0; x < 4; x++) {
        float a = transformed[pair + x * pairs];
        float b = transformed[pair + (4 + x) * pairs];
        float c = transformed[pair + (8 + x) * pairs];
        float d = transformed[pair + (12 + x) * pairs];
        rows[x] = a + 0.5f * (b + c);
        rows[4 + x] = 0.5f * (b - c);
        rows[8 + x] = d + 0.5f * (b + c);
      }
      int to = 9 * pair;
      for (int y = 0; y < 12; y += 4) {
        float b = rows[y + 1];
        float c = rows[y + 2];
        matrix[to++] = rows[y] + 0.5f * (b + c);
        matrix[to++] = 0.5f * (b - c);
        matrix[to++] = rows[y + 3] + 0.5f * (b + c);
      }
    }
  }
}
