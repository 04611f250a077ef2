package org.dpfed.dl4j.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Convolutions in tiles against the kernel of all convolutions, which {@link FastLayersTest}
 * compares with DL4J. Both sum products of order 1 in float; the tiles' transforms add up to four
 * values before and after, so the tolerance is four times that of the other test.
 */
final class TiledConvolutionTest {
  private static final double TOLERANCE = 8e-5;

  /** Examples, channels in and out, height, width, padding; -1 for {@code Same}. */
  static Stream<int[]> shapes() {
    return Stream.of(
        new int[] {8, 4, 4, 8, 8, -1},
        new int[] {8, 16, 16, 64, 32, -1},
        new int[] {16, 6, 5, 9, 7, -1},
        new int[] {10, 8, 12, 7, 10, 0},
        new int[] {9, 5, 7, 6, 6, 1},
        new int[] {13, 4, 9, 5, 4, 2},
        new int[] {8, 70, 33, 8, 8, -1},
        new int[] {25, 4, 4, 3, 3, 0},
        // Gradients of weights of one vector and of four, or twice as many.
        new int[] {10, 16, 12, 7, 7, -1},
        new int[] {10, 16, 6, 7, 7, -1},
        new int[] {10, 64, 8, 7, 7, -1});
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void forwardAndBackward_everyShape_sameAsWithoutTiles(int[] shape) {
    MultiLayerNetwork network = network(shape);
    network.initGradientsView();
    LayerKernel tiled = TiledConvolutionKernel.over(network.getLayer(0), StandardFunction.TANH);
    LayerKernel general = new ConvolutionKernel(network.getLayer(0), StandardFunction.TANH, null);
    assertThat(tiled).isInstanceOf(TiledConvolutionKernel.class);
    requireSame(
        tiled, general, new BatchShape(shape[0], shape[1], shape[3], shape[4]), network, TOLERANCE);
    // Another batch, smaller, in the arrays of the first.
    requireSame(
        tiled, general, new BatchShape(8, shape[1], shape[3], shape[4]), network, TOLERANCE);
  }

  /** Compares two kernels of a network's first layer, forward and backward. */
  static void requireSame(
      LayerKernel tiled,
      LayerKernel general,
      BatchShape batch,
      MultiLayerNetwork network,
      double tolerance) {
    BatchShape output = tiled.prepare(List.of(batch));
    assertThat(general.prepare(List.of(batch))).isEqualTo(output);
    Random random = new Random(3);
    float[][] inputs = {values(random, batch.length())};
    float[] got = values(random, output.length());
    float[] wanted = new float[output.length()];
    tiled.forward(inputs, got);
    general.forward(inputs, wanted);
    requireClose(got, wanted, tolerance, "output");
    // As a mean over the pixels, so that the gradient of a weight is of order 1.
    float[] gradient = values(random, output.length());
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= 4f / (float) Math.sqrt(output.examples() * output.pixels());
    }
    float[][] gotGradient = {values(random, batch.length())};
    float[][] wantedGradient = {new float[batch.length()]};
    INDArray weights = network.getGradientsViewArray();
    weights.assign(Double.NaN);
    tiled.backward(inputs, got, gradient.clone(), gotGradient);
    float[] gotWeights = weights(network);
    weights.assign(Double.NaN);
    general.backward(inputs, wanted, gradient.clone(), wantedGradient);
    requireClose(gotGradient[0], wantedGradient[0], tolerance, "gradient at the input");
    requireClose(gotWeights, weights(network), tolerance, "gradient of the weights");
  }

  private static float[] weights(MultiLayerNetwork network) {
    return network.getLayer(0).getGradientsViewArray().dup().toFloatVector();
  }

  private static float[] values(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static void requireClose(float[] got, float[] wanted, double tolerance, String what) {
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) got[i])
          .as("%s, element %d", what, i)
          .isCloseTo(wanted[i], Offset.offset(tolerance));
    }
  }

  private static MultiLayerNetwork network(int[] shape) {
    ConvolutionLayer.Builder layer =
        new ConvolutionLayer.Builder(3, 3).nOut(shape[2]).activation(Activation.TANH);
    if (shape[5] < 0) {
      layer.convolutionMode(ConvolutionMode.Same);
    } else {
      layer.convolutionMode(ConvolutionMode.Truncate).padding(shape[5], shape[5]);
    }
    return network(layer.build(), InputType.convolutional(shape[3], shape[4], shape[1]));
  }

  /** A network that begins with a layer, with parameters of order 1. */
  static MultiLayerNetwork network(ConvolutionLayer layer, InputType images) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(5)
                .dataType(DataType.FLOAT)
                .list(
                    layer, new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build())
                .setInputType(images)
                .build());
    network.init();
    Nd4j.getRandom().setSeed(2);
    network.params().assign(Nd4j.rand(DataType.FLOAT, network.params().shape()).subi(0.5));
    return network;
  }
}
