package org.dpfed.dl4j;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.dropout.SpatialDropout;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling3DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.junit.jupiter.params.provider.Arguments;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of many kinds that leave nothing behind; none says what examples it takes. */
final class ProbedNetworks {
  private ProbedNetworks() {}

  static Stream<Arguments> all() {
    return Stream.of(rows(), images(), sequences(), graphs()).flatMap(each -> each);
  }

  private static Stream<Arguments> rows() {
    InputType five = InputType.feedForward(5);
    return Stream.of(
        list(
            "activation first",
            five,
            new ActivationLayer(Activation.TANH),
            dense().build(),
            Networks.output()),
        list("dropout first", five, new DropoutLayer(0.8), dense().build(), Networks.output()),
        list("dropout", five, dense().dropOut(0.5).build(), Networks.output()),
        list(
            "alpha dropout",
            five,
            dense().dropOut(new AlphaDropout(0.5)).build(),
            Networks.output()),
        list("Gaussian dropout", five, dense().dropOut(new GaussianDropout(0.5)).build(), mse()),
        list("Gaussian noise", five, dense().dropOut(new GaussianNoise(0.5)).build(), mse()),
        list("DropConnect", five, dense().weightNoise(new DropConnect(0.5)).build(), mse()),
        list("RReLU", five, dense().activation(Activation.RRELU).build(), mse()),
        list("layer normalisation", five, dense().hasLayerNorm(true).build(), Networks.output()),
        list("one output", five, dense().build(), output(LossFunction.XENT, Activation.SIGMOID, 1)),
        list(
            "class numbers",
            five,
            dense().build(),
            output(LossFunction.SPARSE_MCXENT, Activation.SOFTMAX, 3)),
        list(
            "Poisson", five, dense().build(), output(LossFunction.POISSON, Activation.SOFTPLUS, 2)),
        list("hinge", five, dense().build(), output(LossFunction.HINGE, Activation.IDENTITY, 1)),
        list(
            "relative error",
            five,
            dense().build(),
            output(LossFunction.MEAN_ABSOLUTE_PERCENTAGE_ERROR, Activation.IDENTITY, 2)),
        list("autoencoder", five, new AutoEncoder.Builder().nOut(4).build(), Networks.output()),
        list(
            "variational autoencoder",
            five,
            new VariationalAutoencoder.Builder()
                .nOut(3)
                .encoderLayerSizes(6)
                .decoderLayerSizes(6)
                .build(),
            Networks.output()),
        list(
            "embedding",
            five,
            new EmbeddingLayer.Builder().nIn(11).nOut(4).build(),
            Networks.output()));
  }

  private static Stream<Arguments> images() {
    return Stream.of(
        list(
            "flat images",
            InputType.convolutionalFlat(28, 28, 1),
            convolution(5),
            pooling(),
            dense().build(),
            Networks.output()),
        list(
            "images",
            InputType.convolutional(28, 28, 1),
            convolution(5),
            pooling(),
            convolution(5),
            pooling(),
            dense().build(),
            Networks.output()),
        list(
            "oblong images",
            InputType.convolutional(9, 14, 3),
            convolution(3),
            pooling(),
            Networks.output()),
        list(
            "channels last",
            InputType.convolutional(12, 10, 3, CNN2DFormat.NHWC),
            new ConvolutionLayer.Builder(3, 3).nOut(4).dataFormat(CNN2DFormat.NHWC).build(),
            Networks.output()),
        list(
            "dense on images",
            InputType.convolutional(6, 4, 3),
            dense().build(),
            Networks.output()),
        list(
            "padding first",
            InputType.convolutional(10, 10, 2),
            new ZeroPaddingLayer.Builder(1, 1).build(),
            convolution(3),
            Networks.output()),
        list(
            "pooling to one",
            InputType.convolutional(20, 20, 2),
            convolution(3),
            new LocalResponseNormalization.Builder().build(),
            new GlobalPoolingLayer.Builder(PoolingType.AVG).build(),
            Networks.output()),
        list(
            "spatial dropout",
            InputType.convolutional(9, 9, 2),
            new ConvolutionLayer.Builder(3, 3).nOut(4).dropOut(new SpatialDropout(0.5)).build(),
            Networks.output()),
        list(
            "per-pixel labels",
            InputType.convolutional(16, 16, 1),
            same(4),
            pooling(),
            new Upsampling2D.Builder(2).build(),
            same(3),
            new CnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build()),
        list(
            "separable convolution",
            InputType.convolutional(8, 8, 2),
            new SeparableConvolution2D.Builder(3, 3).depthMultiplier(2).nOut(4).build(),
            Networks.output()),
        list(
            "depthwise convolution",
            InputType.convolutional(8, 8, 2),
            new DepthwiseConvolution2D.Builder(3, 3).depthMultiplier(2).build(),
            Networks.output()),
        list(
            "space to depth first",
            InputType.convolutional(8, 12, 2),
            spaceToDepth(),
            new ConvolutionLayer.Builder(2, 2).nOut(3).build(),
            Networks.output()),
        list(
            "flattened volumes, all sides different",
            InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 5, 6, 9, 2),
            new Convolution3D.Builder(2, 2, 2).nOut(3).build(),
            new Subsampling3DLayer.Builder(Subsampling3DLayer.PoolingType.MAX)
                .kernelSize(2, 2, 2)
                .stride(2, 2, 2)
                .build(),
            Networks.output()),
        list(
            "volumes",
            InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 8, 8, 8, 2),
            new Convolution3D.Builder(3, 3, 3).nOut(3).build(),
            new GlobalPoolingLayer(PoolingType.AVG),
            Networks.output()));
  }

  private static Stream<Arguments> sequences() {
    InputType four = InputType.recurrent(4);
    return Stream.of(
        list("LSTM", four, lstm(), rnnOutput()),
        list(
            "LSTM, time first",
            InputType.recurrent(4, RNNFormat.NWC),
            new LSTM.Builder().nOut(5).dataFormat(RNNFormat.NWC).build(),
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .activation(Activation.SOFTMAX)
                .nOut(2)
                .dataFormat(RNNFormat.NWC)
                .build()),
        list("bidirectional", four, new Bidirectional(lstm()), rnnOutput()),
        list(
            "last step of an LSTM with dropout",
            four,
            new LastTimeStep(new LSTM.Builder().nOut(5).dropOut(0.5).build()),
            Networks.output()),
        list(
            "SimpleRnn, pooled",
            four,
            new SimpleRnn.Builder().nOut(5).build(),
            new GlobalPoolingLayer(PoolingType.MAX),
            Networks.output()),
        list("dense on sequences", four, dense().build(), rnnOutput()),
        list(
            "convolution on sequences",
            four,
            new Convolution1DLayer.Builder(3).nOut(5).convolutionMode(ConvolutionMode.Same).build(),
            rnnOutput()),
        list(
            "embedded words",
            InputType.recurrent(1),
            new EmbeddingSequenceLayer.Builder().nIn(13).nOut(4).build(),
            lstm(),
            rnnOutput()),
        Arguments.of(
            "truncated backpropagation",
            NetworkTemplate.of(
                NetworkGuardTest.builder()
                    .list(lstm(), rnnOutput())
                    .backpropType(BackpropType.TruncatedBPTT)
                    .tBPTTLength(2)
                    .setInputType(four)
                    .build())));
  }

  private static Stream<Arguments> graphs() {
    return Stream.of(
        Arguments.of("graph", NetworkTemplate.of(Networks.graph(new Adam(0.1)))),
        Arguments.of(
            "residual graph",
            NetworkTemplate.of(
                NetworkGuardTest.builder()
                    .graphBuilder()
                    .addInputs("in")
                    .addLayer("a", same(4), "in")
                    .addLayer("b", same(4), "a")
                    .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "a", "b")
                    .addLayer("pool", pooling(), "sum")
                    .addLayer("out", Networks.output(), "pool")
                    .setOutputs("out")
                    .setInputTypes(InputType.convolutional(14, 10, 2))
                    .build())),
        Arguments.of(
            "graph that branches at once",
            NetworkTemplate.of(
                NetworkGuardTest.builder()
                    .graphBuilder()
                    .addInputs("in")
                    .addLayer("a", dense().build(), "in")
                    .addLayer("b", dense().build(), "in")
                    .addVertex("both", new MergeVertex(), "a", "b")
                    .addLayer("out", Networks.output(), "both")
                    .setOutputs("out")
                    .setInputTypes(InputType.feedForward(5))
                    .build())));
  }

  private static Arguments list(String name, InputType type, Layer... layers) {
    return Arguments.of(
        name,
        NetworkTemplate.of(NetworkGuardTest.builder().list(layers).setInputType(type).build()));
  }

  private static DenseLayer.Builder dense() {
    return new DenseLayer.Builder().nOut(8).activation(Activation.TANH);
  }

  private static OutputLayer mse() {
    return output(LossFunction.MSE, Activation.IDENTITY, 2);
  }

  private static OutputLayer output(LossFunction loss, Activation activation, int outputs) {
    return new OutputLayer.Builder(loss).activation(activation).nOut(outputs).build();
  }

  private static ConvolutionLayer convolution(int kernel) {
    return new ConvolutionLayer.Builder(kernel, kernel).nOut(4).activation(Activation.RELU).build();
  }

  private static ConvolutionLayer same(int channels) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(channels)
        .convolutionMode(ConvolutionMode.Same)
        .build();
  }

  @SuppressWarnings("rawtypes") // DL4J's builder has itself as a type parameter.
  private static Layer spaceToDepth() {
    return new SpaceToDepthLayer.Builder(2, CNN2DFormat.NCHW).build();
  }

  private static SubsamplingLayer pooling() {
    return new SubsamplingLayer.Builder(
            SubsamplingLayer.PoolingType.MAX, new int[] {2, 2}, new int[] {2, 2})
        .build();
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nOut(5).build();
  }

  private static RnnOutputLayer rnnOutput() {
    return new RnnOutputLayer.Builder(LossFunction.MCXENT)
        .activation(Activation.SOFTMAX)
        .nOut(Networks.CLASSES)
        .build();
  }
}
