package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationELU;
import org.nd4j.linalg.activations.impl.ActivationGELU;
import org.nd4j.linalg.activations.impl.ActivationHardSigmoid;
import org.nd4j.linalg.activations.impl.ActivationHardTanH;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU6;
import org.nd4j.linalg.activations.impl.ActivationSELU;
import org.nd4j.linalg.activations.impl.ActivationSoftPlus;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.activations.impl.ActivationSwish;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Each kind of layer, vertex and activation in a small network, stepped by kernels and by DL4J. */
final class LayerRecipesTest {
  private static final int HEIGHT = 9;
  private static final int WIDTH = 8;
  private static final int CHANNELS = 3;
  private static final int CLASSES = 3;
  private static final int FEATURES = 4;
  private static final int STEPS = 7;

  static Stream<IActivation> activations() {
    return Stream.of(
        new ActivationLReLU(),
        new ActivationLReLU(0.3),
        new ActivationELU(),
        new ActivationSELU(),
        new ActivationGELU(),
        new ActivationSwish(),
        new ActivationSoftPlus(),
        new ActivationSoftSign(),
        new ActivationHardTanH(),
        new ActivationHardSigmoid(),
        new ActivationReLU6());
  }

  @ParameterizedTest
  @MethodSource("activations")
  void activation_ofEveryLayer_sameAsDl4j(IActivation function) {
    SameSteps.require(
        images(
            convolution(3).activation(function).build(),
            new ActivationLayer(function),
            new DenseLayer.Builder().nOut(6).activation(function).build()),
        imageBatch(5));
  }

  /** Where functions have corners, and far out. DL4J's own are NaN where exponentials overflow. */
  @ParameterizedTest
  @MethodSource("activations")
  void activation_atItsCorners_sameAsDl4j(IActivation function) {
    float[] points = {-20, -6, -2.5f, -1, -0.5f, 0, 1e-3f, 0.5f, 1, 2.5f, 3, 6, 6.5f, 12};
    ActivationFunction fast = ActivationFunction.of(function).orElseThrow();
    float[] values = points.clone();
    fast.apply(values, values.length);
    float[] gradient = new float[points.length];
    Arrays.fill(gradient, 2);
    fast.backpropagate(fast.needsArguments() ? points : values, gradient, points.length);

    INDArray expected = function.getActivation(Nd4j.createFromArray(points), true);
    INDArray ones = Nd4j.valueArrayOf(new long[] {points.length}, 2f, DataType.FLOAT);
    INDArray slope = function.backprop(Nd4j.createFromArray(points), ones).getFirst();
    SameSteps.requireClose(Nd4j.createFromArray(values), expected);
    SameSteps.requireClose(Nd4j.createFromArray(gradient), slope);
  }

  private static Named<Layer> named(String name, Layer layer) {
    return Named.of(name, layer);
  }

  static Stream<Named<Layer>> imageLayers() {
    List<Named<Layer>> layers = new ArrayList<>();
    for (ConvolutionMode mode : List.of(ConvolutionMode.Truncate, ConvolutionMode.Same)) {
      for (int[] s : new int[][] {{1, 1}, {2, 2}, {1, 3}}) {
        for (int dilation : new int[] {1, 2}) {
          for (int pad : mode == ConvolutionMode.Same ? new int[] {0} : new int[] {0, 1}) {
            String how =
                "%s stride %d %d dilation %d padding %d".formatted(mode, s[0], s[1], dilation, pad);
            layers.add(
                named(
                    "convolution " + how,
                    new ConvolutionLayer.Builder(3, 2)
                        .nOut(4)
                        .stride(s)
                        .dilation(dilation, dilation)
                        .padding(pad, pad)
                        .convolutionMode(mode)
                        .activation(Activation.TANH)
                        .build()));
            for (SubsamplingLayer.PoolingType type :
                List.of(
                    SubsamplingLayer.PoolingType.MAX,
                    SubsamplingLayer.PoolingType.AVG,
                    SubsamplingLayer.PoolingType.PNORM)) {
              SubsamplingLayer.Builder builder =
                  new SubsamplingLayer.Builder(type)
                      .kernelSize(3, 2)
                      .stride(s)
                      .dilation(dilation, dilation)
                      .padding(pad, pad)
                      .convolutionMode(mode);
              if (type == SubsamplingLayer.PoolingType.PNORM) {
                builder.pnorm(3);
              }
              layers.add(named(type + " " + how, builder.build()));
            }
          }
        }
      }
    }
    layers.add(
        named(
            "mean over the padding too",
            new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                .kernelSize(3, 3)
                .stride(2, 2)
                .padding(1, 1)
                .avgPoolIncludePadInDivisor(true)
                .build()));
    return layers.stream();
  }

  @ParameterizedTest
  @MethodSource({"imageLayers", "otherImageLayers"})
  void imageLayer_everySetting_sameAsDl4j(Layer layer) {
    SameSteps.require(images(convolution(3).build(), layer), imageBatch(5));
  }

  static Stream<Named<Layer>> otherImageLayers() {
    List<Named<Layer>> layers = new ArrayList<>();
    for (ConvolutionMode mode : List.of(ConvolutionMode.Truncate, ConvolutionMode.Same)) {
      for (int stride : new int[] {1, 2, 3}) {
        for (int pad : mode == ConvolutionMode.Same ? new int[] {0} : new int[] {0, 1}) {
          String how = "%s stride %d padding %d".formatted(mode, stride, pad);
          layers.add(
              named(
                  "transposed convolution " + how,
                  new Deconvolution2D.Builder(3, 3)
                      .nOut(4)
                      .stride(stride, stride)
                      .padding(pad, pad)
                      .convolutionMode(mode)
                      .activation(Activation.TANH)
                      .build()));
          layers.add(
              named(
                  "depthwise " + how,
                  new DepthwiseConvolution2D.Builder(3, 3)
                      .depthMultiplier(2)
                      .stride(stride, stride)
                      .padding(pad, pad)
                      .convolutionMode(mode)
                      .activation(Activation.TANH)
                      .build()));
          layers.add(
              named(
                  "separable " + how,
                  new SeparableConvolution2D.Builder(3, 3)
                      .nOut(4)
                      .depthMultiplier(2)
                      .stride(stride, stride)
                      .padding(pad, pad)
                      .convolutionMode(mode)
                      .activation(Activation.RELU)
                      .build()));
        }
      }
    }
    layers.add(
        named(
            "U-Net's",
            new Deconvolution2D.Builder(2, 2).nOut(2).stride(2, 2).hasBias(false).build()));
    layers.add(named("zeros", new ZeroPaddingLayer(1, 2, 0, 3)));
    layers.add(named("crop", new Cropping2D(1, 2, 0, 3)));
    layers.add(named("up", new Upsampling2D.Builder(2).build()));
    for (PoolingType type : PoolingType.values()) {
      layers.add(named("global " + type, new GlobalPoolingLayer(type)));
    }
    return layers.stream();
  }

  static Stream<Named<Layer>> seriesLayers() {
    List<Named<Layer>> layers = new ArrayList<>();
    for (Bidirectional.Mode mode : Bidirectional.Mode.values()) {
      layers.add(
          named("both ways " + mode, new Bidirectional(mode, new LSTM.Builder().nOut(5).build())));
    }
    layers.add(named("both ways", new Bidirectional(rnn(Activation.TANH))));
    layers.add(named("simple", rnn(Activation.TANH)));
    layers.add(named("simple, ReLU", rnn(Activation.RELU)));
    layers.add(named("simple, identity", rnn(Activation.IDENTITY)));
    layers.add(named("dense at each step", new DenseLayer.Builder().nOut(5).build()));
    layers.add(named("dense, swish", dense(Activation.SWISH)));
    layers.add(named("zeros", new ZeroPadding1DLayer(1, 2)));
    layers.add(named("crop", new Cropping1D(1, 2)));
    layers.add(
        named(
            "means",
            new Subsampling1DLayer.Builder(SubsamplingLayer.PoolingType.AVG, 3, 2).build()));
    layers.add(
        named(
            "maxima",
            new Subsampling1DLayer.Builder(SubsamplingLayer.PoolingType.MAX, 2, 2).build()));
    return layers.stream();
  }

  @ParameterizedTest
  @MethodSource("seriesLayers")
  void seriesLayer_thenPooling_sameAsDl4j(Layer layer) {
    SameSteps.require(
        series(
            new LSTM.Builder().nOut(4).build(),
            layer,
            new GlobalPoolingLayer(PoolingType.MAX),
            output()),
        new DataSet(random(5, FEATURES, STEPS), RandomGraph.oneHot(5, CLASSES)));
  }

  @ParameterizedTest
  @EnumSource(Bidirectional.Mode.class)
  void lastStep_ofBothWays_sameAsDl4j(Bidirectional.Mode mode) {
    SameSteps.require(
        series(
            rnn(Activation.TANH),
            new LastTimeStep(new Bidirectional(mode, new LSTM.Builder().nOut(4).build())),
            output()),
        new DataSet(random(5, FEATURES, STEPS), RandomGraph.oneHot(5, CLASSES)));
  }

  @Test
  void lastStep_ofSimpleRnnOfOneStep_sameAsDl4j() {
    SameSteps.require(
        series(new LastTimeStep(rnn(Activation.TANH)), output()),
        new DataSet(random(5, FEATURES, 1), RandomGraph.oneHot(5, CLASSES)));
  }

  @Test
  void denseBetweenSeries_sameAsDl4j() {
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 5, CLASSES, STEPS);
    for (int i = 0; i < 5 * STEPS; i++) {
      labels.putScalar(new int[] {i / STEPS, i % CLASSES, i % STEPS}, 1);
    }
    SameSteps.require(
        series(
            new LSTM.Builder().nOut(4).build(),
            dense(Activation.TANH),
            dense(Activation.GELU),
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build()),
        new DataSet(random(5, FEATURES, STEPS), labels));
  }

  static Stream<Arguments> losses() {
    return Stream.of(
        Arguments.of(LossFunction.XENT, Activation.SIGMOID),
        Arguments.of(LossFunction.MSE, Activation.IDENTITY),
        Arguments.of(LossFunction.MSE, Activation.SOFTMAX),
        Arguments.of(LossFunction.L1, Activation.TANH),
        Arguments.of(LossFunction.HINGE, Activation.IDENTITY),
        Arguments.of(LossFunction.POISSON, Activation.SOFTPLUS),
        Arguments.of(LossFunction.L2, Activation.IDENTITY),
        Arguments.of(LossFunction.MEAN_ABSOLUTE_ERROR, Activation.IDENTITY),
        Arguments.of(LossFunction.MEAN_ABSOLUTE_PERCENTAGE_ERROR, Activation.IDENTITY),
        Arguments.of(LossFunction.MEAN_SQUARED_LOGARITHMIC_ERROR, Activation.SIGMOID),
        Arguments.of(LossFunction.SQUARED_HINGE, Activation.IDENTITY),
        Arguments.of(LossFunction.KL_DIVERGENCE, Activation.SOFTMAX),
        Arguments.of(LossFunction.COSINE_PROXIMITY, Activation.IDENTITY),
        Arguments.of(LossFunction.WASSERSTEIN, Activation.IDENTITY));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void loss_ofRowsSeriesAndImages_sameAsDl4j(LossFunction loss, Activation activation) {
    DataSet rows = new DataSet(random(5, FEATURES), RandomGraph.oneHot(5, CLASSES));
    SameSteps.require(
        rows(
            dense(Activation.TANH),
            new OutputLayer.Builder(loss).nOut(CLASSES).activation(activation).build()),
        rows);
    INDArray steps = Nd4j.zeros(DataType.FLOAT, 5, CLASSES, STEPS);
    INDArray pixels = Nd4j.zeros(DataType.FLOAT, 5, CLASSES, HEIGHT, WIDTH);
    for (int i = 0; i < 5 * STEPS; i++) {
      steps.putScalar(new int[] {i / STEPS, i % CLASSES, i % STEPS}, 1);
      pixels.putScalar(new int[] {i / STEPS, i % CLASSES, i % STEPS, i % WIDTH}, 1);
    }
    SameSteps.require(
        series(
            dense(Activation.TANH),
            new RnnOutputLayer.Builder(loss).nOut(CLASSES).activation(activation).build()),
        new DataSet(random(5, FEATURES, STEPS), steps));
    SameSteps.require(
        builder()
            .updater(new Sgd(0.01))
            .list(
                convolution(CLASSES).build(),
                new CnnLossLayer.Builder(loss).activation(activation).build())
            .setInputType(InputType.convolutional(HEIGHT, WIDTH, CHANNELS))
            .build(),
        new DataSet(random(5, CHANNELS, HEIGHT, WIDTH), pixels));
  }

  static Stream<Arguments> vertices() {
    List<Arguments> all = new ArrayList<>();
    for (ElementWiseVertex.Op op : ElementWiseVertex.Op.values()) {
      all.add(Arguments.of(Named.of(op.toString(), new ElementWiseVertex(op)), 2));
      if (op != ElementWiseVertex.Op.Subtract) {
        all.add(Arguments.of(Named.of(op + " of three", new ElementWiseVertex(op)), 3));
      }
    }
    all.add(Arguments.of(Named.of("merge", new MergeVertex()), 3));
    all.add(Arguments.of(Named.of("scale", new ScaleVertex(-0.7)), 1));
    all.add(Arguments.of(Named.of("shift", new ShiftVertex(0.4)), 1));
    all.add(Arguments.of(Named.of("subset", new SubsetVertex(1, 2)), 1));
    all.add(Arguments.of(Named.of("norm", new L2NormalizeVertex()), 1));
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("vertices")
  void vertex_ofImagesRowsAndSeries_sameAsDl4j(GraphVertex vertex, int inputs) {
    GraphBuilder images = graph(InputType.convolutional(HEIGHT, WIDTH, CHANNELS));
    GraphBuilder rows = graph(InputType.feedForward(FEATURES));
    GraphBuilder series = graph(InputType.recurrent(FEATURES));
    String[] parts = new String[inputs];
    for (int i = 0; i < inputs; i++) {
      parts[i] = "part" + i;
      images.addLayer(parts[i], convolution(3).build(), "in");
      rows.addLayer(parts[i], dense(Activation.TANH), "in");
      series.addLayer(
          parts[i], new LSTM.Builder().nOut(4).activation(Activation.TANH).build(), "in");
    }
    if (!(vertex instanceof SubsetVertex)) {
      // Of a subset of channels DL4J does not know the number.
      SameSteps.require(
          finished(
              images
                  .addVertex("v", vertex.clone(), parts)
                  .addLayer("p", convolution(2).build(), "v")),
          imageBatch(5));
    }
    SameSteps.require(
        finished(
            rows.addVertex("v", vertex.clone(), parts).addLayer("p", dense(Activation.TANH), "v")),
        new DataSet(random(5, FEATURES), RandomGraph.oneHot(5, CLASSES)));
    SameSteps.require(
        finished(
            series
                .addVertex("v", vertex.clone(), parts)
                .addVertex("p", new LastTimeStepVertex("in"), "v")),
        new DataSet(random(5, FEATURES, STEPS), RandomGraph.oneHot(5, CLASSES)));
  }

  /**
   * An attention gate: one channel of factors for all channels. DL4J takes it where it does not
   * infer the sizes of layers.
   */
  @ParameterizedTest
  @EnumSource(ElementWiseVertex.Op.class)
  void elementWise_oneChannelForAll_sameAsDl4j(ElementWiseVertex.Op op) {
    GraphBuilder graph =
        builder()
            .graphBuilder()
            .addInputs("in")
            .addLayer("a", convolution(4).nIn(CHANNELS).build(), "in")
            .addLayer("gate", convolution(1).nIn(CHANNELS).build(), "in")
            .addVertex("v", new ElementWiseVertex(op), "a", "gate")
            .addVertex("s", new SubsetVertex(1, 3), "v")
            .addLayer("p", new GlobalPoolingLayer(PoolingType.AVG), "s")
            .addLayer(
                "out",
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .nIn(3)
                    .nOut(CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build(),
                "p")
            .setOutputs("out");
    SameSteps.require(graph.build(), imageBatch(5));
  }

  @Test
  void subset_ofTheInput_sameAsDl4j() {
    GraphBuilder rows =
        graph(InputType.feedForward(FEATURES))
            .addVertex("s", new SubsetVertex(1, 3), "in")
            .addVertex("n", new L2NormalizeVertex(), "s")
            .addLayer("p", dense(Activation.TANH), "n");
    SameSteps.require(
        finished(rows), new DataSet(random(5, FEATURES), RandomGraph.oneHot(5, CLASSES)));
  }

  private static ComputationGraphConfiguration finished(GraphBuilder graph) {
    return graph.addLayer("out", output(), "p").setOutputs("out").build();
  }

  private static GraphBuilder graph(InputType type) {
    return builder().graphBuilder().addInputs("in").setInputTypes(type);
  }

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .dataType(DataType.FLOAT)
        .updater(new Sgd(0.1));
  }

  private static MultiLayerConfiguration images(Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = builder().list();
    for (Layer layer : layers) {
      list.layer(layer.clone());
    }
    return list.layer(output())
        .setInputType(InputType.convolutional(HEIGHT, WIDTH, CHANNELS))
        .build();
  }

  private static MultiLayerConfiguration rows(Layer... layers) {
    return builder().list(layers).setInputType(InputType.feedForward(FEATURES)).build();
  }

  private static MultiLayerConfiguration series(Layer... layers) {
    NeuralNetConfiguration.ListBuilder list = builder().activation(Activation.TANH).list();
    for (Layer layer : layers) {
      list.layer(layer.clone());
    }
    return list.setInputType(InputType.recurrent(FEATURES)).build();
  }

  private static ConvolutionLayer.Builder convolution(int channels) {
    return new ConvolutionLayer.Builder(3, 3)
        .nOut(channels)
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.TANH);
  }

  private static DenseLayer dense(Activation activation) {
    return new DenseLayer.Builder().nOut(4).activation(activation).build();
  }

  private static SimpleRnn rnn(Activation activation) {
    return new SimpleRnn.Builder().nOut(4).activation(activation).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static DataSet imageBatch(int examples) {
    return new DataSet(
        random(examples, CHANNELS, HEIGHT, WIDTH), RandomGraph.oneHot(examples, CLASSES));
  }

  private static INDArray random(int... shape) {
    Nd4j.getRandom().setSeed(9);
    return Nd4j.randn(DataType.FLOAT, Arrays.stream(shape).asLongStream().toArray());
  }
}
