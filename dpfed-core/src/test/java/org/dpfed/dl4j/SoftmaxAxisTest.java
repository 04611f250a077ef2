package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.Deconvolution3D;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's softmax of images is one of rows of pixels. */
final class SoftmaxAxisTest {
  private static final InputType IMAGE = InputType.convolutional(6, 7, 2);
  private static final InputType VOLUME =
      InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 4, 5, 7, 2);

  static Stream<Arguments> convolutions() {
    return Stream.of(
        network("convolution", IMAGE, plain(Activation.SOFTMAX)),
        network(
            "transposed",
            IMAGE,
            new Deconvolution2D.Builder(2, 2).nOut(4).activation(Activation.SOFTMAX).build()),
        network(
            "separable",
            IMAGE,
            new SeparableConvolution2D.Builder(2, 2)
                .nOut(4)
                .activation(Activation.SOFTMAX)
                .build()),
        network(
            "by depth",
            IMAGE,
            new DepthwiseConvolution2D.Builder(2, 2)
                .depthMultiplier(2)
                .activation(Activation.SOFTMAX)
                .build()),
        network(
            "of volumes",
            VOLUME,
            new Convolution3D.Builder(1, 1, 1).nOut(4).activation(Activation.SOFTMAX).build()),
        network(
            "transposed of volumes",
            VOLUME,
            new Deconvolution3D.Builder()
                .kernelSize(2, 2, 2)
                .nOut(4)
                .activation(Activation.SOFTMAX)
                .build()),
        network(
            "of sequences",
            InputType.recurrent(2, 7),
            new Convolution1DLayer.Builder(1).nOut(4).activation(Activation.SOFTMAX).build()),
        network(
            "activation layer",
            IMAGE,
            plain(Activation.IDENTITY),
            new ActivationLayer(Activation.SOFTMAX)));
  }

  private static ConvolutionLayer plain(Activation activation) {
    return new ConvolutionLayer.Builder(1, 1).nOut(4).activation(activation).build();
  }

  private static Arguments network(String name, InputType input, Layer... layers) {
    return Arguments.of(Named.of(name, configuration(input, layers)), layers.length, input);
  }

  private static MultiLayerConfiguration configuration(InputType input, Layer... layers) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .list(layers)
        .layer(
            layers.length,
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build())
        .setInputType(input)
        .build();
  }

  /** The reason for the refusal, which can go where this fails: the last axis adds up to 1. */
  @ParameterizedTest
  @MethodSource("convolutions")
  void softmax_ofAConvolution_isAlongTheLastAxis(
      MultiLayerConfiguration configuration, int layers, InputType input) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    long[] shape = input.getShape(true);
    shape[0] = 3;
    INDArray outputs =
        network.feedForwardToLayer(layers - 1, Nd4j.rand(DataType.FLOAT, shape)).get(layers);
    INDArray sums = outputs.sum(outputs.rank() - 1);
    assertThat(sums.minNumber().doubleValue()).isCloseTo(1, within(1e-5));
    assertThat(sums.maxNumber().doubleValue()).isCloseTo(1, within(1e-5));
    // Whatever the weights: 4 channels of softmax over a row give 4 ÷ its length on average.
    double row = outputs.size(outputs.rank() - 1);
    assertThat(row).isNotEqualTo(4);
    assertThat(outputs.sum(1).meanNumber().doubleValue()).isCloseTo(4 / row, within(1e-5));
  }

  @ParameterizedTest
  @MethodSource("convolutions")
  void of_softmaxOfAConvolution_isRefused(
      MultiLayerConfiguration configuration, int layers, InputType input) {
    assertThatThrownBy(() -> NetworkTemplate.of(configuration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'layer%d'".formatted(layers - 1))
        .hasMessageContaining("CnnLossLayer");
  }

  @Test
  void of_softmaxInAGraph_isRefused() {
    assertThatThrownBy(() -> NetworkTemplate.of(graph(plain(Activation.SOFTMAX))))
        .hasMessageContaining("'middle'");
    assertThat(NetworkTemplate.of(graph(plain(Activation.IDENTITY))).dimension()).isEqualTo(12);
  }

  private static ComputationGraphConfiguration graph(Layer middle) {
    return new NeuralNetConfiguration.Builder()
        .graphBuilder()
        .addInputs("in")
        .addLayer("middle", middle, "in")
        .addLayer(
            "out",
            new CnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build(),
            "middle")
        .setOutputs("out")
        .setInputTypes(IMAGE)
        .build();
  }

  @Test
  void of_softmaxOverChannelsThatAreLast_isTaken() {
    NetworkTemplate.of(
        configuration(
            InputType.convolutional(6, 5, 2, CNN2DFormat.NHWC),
            new ConvolutionLayer.Builder(1, 1)
                .nOut(4)
                .dataFormat(CNN2DFormat.NHWC)
                .activation(Activation.SOFTMAX)
                .build()));
    NetworkTemplate.of(
        configuration(
            InputType.recurrent(2, 7, RNNFormat.NWC),
            new Convolution1DLayer.Builder(1)
                .nOut(4)
                .rnnDataFormat(RNNFormat.NWC)
                .activation(Activation.SOFTMAX)
                .build()));
  }
}
