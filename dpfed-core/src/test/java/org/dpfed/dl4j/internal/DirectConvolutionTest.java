package org.dpfed.dl4j.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;

/**
 * Convolutions without a matrix of patches against those by BLAS, which {@link FastLayersTest}
 * compares with DL4J. Both sum the same products of order 1 in float, so the tolerance is that of
 * this test.
 */
final class DirectConvolutionTest {
  private static final double TOLERANCE = 2e-5;

  /** A convolution that the direct kernel takes; padding -1 for {@code Same}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Case(
      int examples,
      int inputs,
      int outputs,
      int height,
      int width,
      int[] kernel,
      int[] stride,
      int dilation,
      int pad) {
    BatchShape batch() {
      return new BatchShape(examples, inputs, height, width);
    }

    MultiLayerNetwork network() {
      ConvolutionLayer.Builder layer =
          new ConvolutionLayer.Builder(kernel)
              .stride(stride)
              .dilation(dilation, dilation)
              .nOut(outputs)
              .activation(Activation.TANH);
      if (pad < 0) {
        layer.convolutionMode(ConvolutionMode.Same);
      } else {
        layer.convolutionMode(ConvolutionMode.Truncate).padding(pad, pad);
      }
      MultiLayerNetwork network =
          TiledConvolutionTest.network(
              layer.build(), InputType.convolutional(height, width, inputs));
      network.initGradientsView();
      return network;
    }

    @Override
    public String toString() {
      return "%d of %dx%dx%d to %d, kernel %s, stride %s, dilation %d, pad %d"
          .formatted(
              examples,
              inputs,
              height,
              width,
              outputs,
              Arrays.toString(kernel),
              Arrays.toString(stride),
              dilation,
              pad);
    }
  }

  /** Examples from fewer to more than a vector has floats, and neither a multiple of it. */
  static Stream<Case> cases() {
    return Stream.of(
        new Case(10, 16, 32, 28, 28, new int[] {3, 3}, new int[] {2, 2}, 1, -1),
        new Case(10, 16, 32, 28, 28, new int[] {1, 1}, new int[] {2, 2}, 1, -1),
        new Case(10, 8, 64, 9, 7, new int[] {3, 3}, new int[] {2, 2}, 1, -1),
        new Case(10, 6, 16, 8, 8, new int[] {1, 1}, new int[] {1, 1}, 1, 0),
        new Case(3, 5, 17, 12, 13, new int[] {1, 5}, new int[] {1, 1}, 1, 0),
        new Case(1, 4, 33, 7, 35, new int[] {3, 2}, new int[] {1, 2}, 1, 1),
        new Case(25, 7, 19, 9, 11, new int[] {2, 3}, new int[] {3, 2}, 1, 2),
        new Case(17, 9, 40, 10, 8, new int[] {2, 2}, new int[] {3, 3}, 1, 0),
        new Case(5, 4, 16, 11, 14, new int[] {3, 3}, new int[] {2, 1}, 2, 1),
        new Case(16, 4, 18, 13, 12, new int[] {3, 3}, new int[] {2, 2}, 3, -1),
        new Case(40, 4, 16, 3, 3, new int[] {3, 3}, new int[] {1, 1}, 1, 2),
        new Case(8, 10, 20, 5, 6, new int[] {4, 2}, new int[] {1, 1}, 1, -1));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void forwardAndBackward_everyCase_sameAsByBlas(Case shape) {
    MultiLayerNetwork network = shape.network();
    ConvolutionKernel direct =
        new ConvolutionKernel(network.getLayer(0), StandardFunction.TANH, service());
    LayerKernel general = new ConvolutionKernel(network.getLayer(0), StandardFunction.TANH, null);
    TiledConvolutionTest.requireSame(direct, general, shape.batch(), network, TOLERANCE);
    assertThat(direct.isDirect()).isTrue();
    // Another batch, after one that left NaN everywhere.
    fillWithNaN(direct, shape.batch());
    TiledConvolutionTest.requireSame(direct, general, shape.batch(), network, TOLERANCE);
    BatchShape larger =
        new BatchShape(shape.examples() + 1, shape.inputs(), shape.height(), shape.width());
    TiledConvolutionTest.requireSame(direct, general, larger, network, TOLERANCE);
  }

  private static void fillWithNaN(LayerKernel kernel, BatchShape batch) {
    BatchShape output = kernel.prepare(List.of(batch));
    float[][] images = {new float[batch.length()]};
    Arrays.fill(images[0], Float.NaN);
    float[] values = new float[output.length()];
    kernel.forward(images, values);
    float[] gradient = new float[output.length()];
    Arrays.fill(gradient, Float.NaN);
    kernel.backward(images, values, gradient, new float[][] {new float[batch.length()]});
  }

  /** Too few channels on either side, rows shorter than a vector, or large windows. */
  @Test
  void prepare_whatVectorsDoNotFit_leftToBlas() {
    int[] one = {1, 1};
    for (Case shape :
        List.of(
            new Case(8, 16, 16, 8, 8, new int[] {2, 5}, one, 1, 0),
            new Case(8, 3, 16, 8, 8, one, one, 1, 0),
            new Case(8, 16, 7, 8, 8, one, one, 1, 0),
            new Case(1, 16, 16, 4, 7, one, one, 1, 0),
            new Case(1, 16, 16, 4, 15, one, new int[] {1, 2}, 1, 0))) {
      MultiLayerNetwork network = shape.network();
      ConvolutionKernel kernel =
          new ConvolutionKernel(network.getLayer(0), StandardFunction.TANH, service());
      LayerKernel general = new ConvolutionKernel(network.getLayer(0), StandardFunction.TANH, null);
      TiledConvolutionTest.requireSame(kernel, general, shape.batch(), network, TOLERANCE);
      assertThat(kernel.isDirect()).isFalse();
    }
  }

  private static DirectConvolution service() {
    return ServiceLoader.load(DirectConvolution.class).findFirst().orElseThrow();
  }
}
