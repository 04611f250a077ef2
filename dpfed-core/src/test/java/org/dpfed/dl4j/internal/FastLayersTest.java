package org.dpfed.dl4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Networks with fast layers against the same networks without, forward and backward.
 *
 * <p>The tolerance: both sides sum at most a few thousand products in float, in another order. With
 * values of order 1 the difference of two such sums is below 2000 · 2⁻²⁴ ≈ 1.2e-4 in the worst case
 * and near its square root, 3e-6, in practice; 2e-5 lies between and is far below any gradient that
 * a wrong index or derivative would give, which the last test shows.
 */
final class FastLayersTest {
  private static final double TOLERANCE = 2e-5;
  private static final int CLASSES = 3;

  /** A convolution and how it is padded. */
  record Shape(
      int channels,
      int height,
      int width,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth,
      int pad,
      ConvolutionMode mode) {}

  static Stream<Shape> shapes() {
    List<Shape> shapes = new ArrayList<>();
    for (ConvolutionMode mode : List.of(ConvolutionMode.Truncate, ConvolutionMode.Same)) {
      for (int[] kernel : new int[][] {{1, 1}, {3, 3}, {5, 5}, {2, 3}, {4, 2}, {7, 1}}) {
        for (int[] stride : new int[][] {{1, 1}, {2, 2}, {1, 3}, {3, 1}}) {
          for (int pad : mode == ConvolutionMode.Same ? new int[] {0} : new int[] {0, 1, 2}) {
            shapes.add(new Shape(2, 11, 13, kernel[0], kernel[1], stride[0], stride[1], pad, mode));
          }
        }
      }
    }
    // The layers of the networks that are benchmarked, and runs of exactly one and two vectors.
    shapes.add(new Shape(1, 28, 28, 8, 8, 2, 2, 0, ConvolutionMode.Same));
    shapes.add(new Shape(16, 13, 13, 4, 4, 2, 2, 0, ConvolutionMode.Truncate));
    shapes.add(new Shape(1, 28, 28, 5, 5, 1, 1, 0, ConvolutionMode.Truncate));
    shapes.add(new Shape(3, 12, 12, 5, 5, 1, 1, 0, ConvolutionMode.Truncate));
    shapes.add(new Shape(3, 20, 20, 5, 5, 1, 1, 0, ConvolutionMode.Truncate));
    return shapes.stream();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void convolution_everyShape_sameAsDl4j(Shape shape) {
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .list(
                convolution(shape, CNN2DFormat.NCHW).build(),
                new ConvolutionLayer.Builder(2, 2).nOut(3).activation(Activation.RELU).build(),
                output())
            .setInputType(InputType.convolutional(shape.height(), shape.width(), shape.channels()))
            .build();
    MultiLayerNetwork fast = fast(configuration);
    assertThat(fast.getLayers()[0]).isInstanceOf(FastConvolutionLayer.class);
    assertThat(TrainingSteps.of(fast)).isPresent();
    requireSame(configuration, fast, images(shape, 5), 3);
  }

  @Test
  void convolution_flatImages_sameAsDl4j() {
    Shape shape = new Shape(2, 9, 8, 3, 3, 1, 2, 1, ConvolutionMode.Truncate);
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .list(convolution(shape, CNN2DFormat.NCHW).build(), dense(5, Activation.RELU), output())
            .setInputType(InputType.convolutionalFlat(9, 8, 2))
            .build();
    MultiLayerNetwork fast = fast(configuration);
    assertThat(TrainingSteps.of(fast)).isPresent();
    DataSet batch = images(shape, 6);
    batch.setFeatures(batch.getFeatures().reshape(6, 2 * 9 * 8));
    requireSame(configuration, fast, batch, 3);
  }

  @Test
  void trainingSteps_wrongShapes_sayWhatIsRight() {
    Shape shape = new Shape(2, 9, 8, 3, 3, 1, 1, 0, ConvolutionMode.Truncate);
    MultiLayerNetwork fast =
        fast(
            builder(new Sgd(0.1))
                .list(convolution(shape, CNN2DFormat.NCHW).build(), output())
                .setInputType(InputType.convolutionalFlat(9, 8, 2))
                .build());
    TrainingSteps steps = TrainingSteps.of(fast).orElseThrow();
    float[] features = new float[4 * 2 * 9 * 8];
    long[] flat = {4, 2 * 9 * 8};
    assertThatIllegalArgumentException()
        .isThrownBy(() -> steps.take(features, flat, new float[8], new long[] {4, 2}, null))
        .withMessage("labels must have shape [4, 3] for this batch, had [4, 2]");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                steps.take(
                    features, new long[] {4, 2, 8, 9}, new float[12], new long[] {4, 3}, null))
        .withMessage("an example must be 2 × 9 × 8 for this network, was 2 × 8 × 9");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> steps.take(features, new long[] {4, 143}, new float[12], new long[] {4, 3}, null))
        .withMessage("an example must be 2 × 9 × 8 for this network, was 143 × 1 × 1");
  }

  @Test
  void convolution_channelsLast_isLeftAlone() {
    Shape shape = new Shape(2, 9, 9, 3, 3, 1, 1, 0, ConvolutionMode.Truncate);
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .list(convolution(shape, CNN2DFormat.NHWC).build(), output())
            .setInputType(InputType.convolutional(9, 9, 2, CNN2DFormat.NHWC))
            .build();
    MultiLayerNetwork fast = fast(configuration);
    assertThat(fast.getLayers()[0])
        .isExactlyInstanceOf(org.deeplearning4j.nn.layers.convolution.ConvolutionLayer.class);
    DataSet batch = images(shape, 4);
    batch.setFeatures(batch.getFeatures().permute(0, 2, 3, 1).dup('c'));
    requireSame(configuration, fast, batch, 2);
  }

  @Test
  void convolution_manyImages_blocksAddUp() {
    Shape shape = new Shape(8, 16, 16, 5, 5, 1, 1, 0, ConvolutionMode.Truncate);
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .list(
                convolution(shape, CNN2DFormat.NCHW).build(),
                convolution(shape, CNN2DFormat.NCHW).build(),
                output())
            .setInputType(InputType.convolutional(16, 16, 8))
            .build();
    requireSame(configuration, fast(configuration), images(shape, 23), 2);
  }

  static Stream<int[]> poolings() {
    return Stream.of(
        new int[] {2, 2, 2, 2},
        new int[] {2, 2, 1, 1},
        new int[] {3, 3, 2, 2},
        new int[] {1, 3, 2, 1},
        new int[] {3, 2, 3, 2},
        new int[] {11, 13, 1, 1});
  }

  @ParameterizedTest
  @MethodSource("poolings")
  void maxPooling_everyShape_sameAsDl4j(int[] window) {
    Shape shape = new Shape(2, 11, 13, 1, 1, 1, 1, 0, ConvolutionMode.Truncate);
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .list(
                convolution(shape, CNN2DFormat.NCHW).build(),
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                    .kernelSize(window[0], window[1])
                    .stride(window[2], window[3])
                    .build(),
                output())
            .setInputType(InputType.convolutional(11, 13, 2))
            .build();
    MultiLayerNetwork fast = fast(configuration);
    assertThat(fast.getLayers()[1]).isInstanceOf(FastMaxPoolingLayer.class);
    requireSame(configuration, fast, images(shape, 5), 3);
  }

  @Test
  void pooling_averageOrPadded_isLeftAlone() {
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .list(
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.AVG)
                    .kernelSize(2, 2)
                    .build(),
                new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
                    .kernelSize(2, 2)
                    .padding(1, 1)
                    .build(),
                output())
            .setInputType(InputType.convolutional(11, 13, 2))
            .build();
    MultiLayerNetwork fast = fast(configuration);
    assertThat(Arrays.copyOf(fast.getLayers(), 2))
        .allSatisfy(layer -> assertThat(layer).isNotInstanceOf(FastMaxPoolingLayer.class));
    Shape shape = new Shape(2, 11, 13, 1, 1, 1, 1, 0, ConvolutionMode.Truncate);
    requireSame(configuration, fast, images(shape, 4), 2);
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"IDENTITY", "RELU", "TANH", "SIGMOID", "ELU", "SWISH", "CUBE"})
  void dense_everyActivation_sameAsDl4j(Activation activation) {
    for (int units : new int[] {1, 7, 8, 16, 33}) {
      MultiLayerConfiguration configuration =
          builder(new Sgd(0.1))
              .list(dense(units, activation), dense(units, activation), output())
              .setInputType(InputType.feedForward(19))
              .build();
      MultiLayerNetwork fast = fast(configuration);
      assertThat(fast.getLayers()[0] instanceof FastDenseLayer)
          .isEqualTo(activation != Activation.SWISH && activation != Activation.CUBE);
      requireSame(configuration, fast, rows(6), 3);
    }
  }

  @Test
  void dense_withoutBias_sameAsDl4j() {
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .list(
                new DenseLayer.Builder().nOut(9).hasBias(false).build(),
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .nOut(CLASSES)
                    .hasBias(false)
                    .activation(Activation.SOFTMAX)
                    .build())
            .setInputType(InputType.feedForward(19))
            .build();
    requireSame(configuration, fast(configuration), rows(6), 3);
  }

  @Test
  void otherUpdaterAndRegularisation_sameAsDl4j() {
    MultiLayerConfiguration configuration =
        builder(new Adam(0.01))
            .l2(0.01)
            .list(dense(8, Activation.TANH), output())
            .setInputType(InputType.feedForward(19))
            .build();
    MultiLayerNetwork fast = fast(configuration);
    assertThat(TrainingSteps.of(fast)).isPresent();
    requireSame(configuration, fast, rows(6), 3);
  }

  /**
   * A dropout layer writes into its input unless told not to, and the fast layer before it uses
   * that again. Masks follow the order of an array in memory, so the plain network draws others:
   * here gradients are held against central differences of the score under the same masks. With a
   * step h = 0.01 they are off by h² times a third derivative of order 0.1, and by 2⁻²⁴ / h from
   * rounding, both below 1e-4.
   */
  @Test
  void dropoutBehindAFastLayer_gradientIsThatOfTheScore() {
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .list(
                dense(8, Activation.TANH),
                new DropoutLayer.Builder(0.5).build(),
                new DenseLayer.Builder().nOut(8).dropOut(0.5).build(),
                output())
            .setInputType(InputType.feedForward(19))
            .build();
    MultiLayerNetwork fast = fast(configuration);
    INDArray gradient = gradient(fast, rows(6), 1).dup();
    double largest = 0;
    for (int i = 0; i < 19 * 8 + 8; i++) {
      double weight = fast.params().getDouble(i);
      fast.params().putScalar(i, weight + 0.01);
      gradient(fast, rows(6), 1);
      double above = fast.score();
      fast.params().putScalar(i, weight - 0.01);
      gradient(fast, rows(6), 1);
      double below = fast.score();
      fast.params().putScalar(i, weight);
      assertThat(gradient.getDouble(i)).isCloseTo((above - below) / 0.02, Offset.offset(1e-4));
      largest = Math.max(largest, Math.abs(gradient.getDouble(i)));
    }
    assertThat(largest).as("gradients far above the tolerance").isGreaterThan(5e-3);
  }

  @Test
  void graph_sameAsDl4j() {
    ComputationGraphConfiguration configuration =
        builder(new Sgd(0.1))
            .graphBuilder()
            .addInputs("in")
            .addLayer("a", dense(8, Activation.TANH), "in")
            .addLayer("b", dense(7, Activation.RELU), "in")
            .addVertex("both", new org.deeplearning4j.nn.conf.graph.MergeVertex(), "a", "b")
            .addLayer("out", output(), "both")
            .setOutputs("out")
            .setInputTypes(InputType.feedForward(19))
            .build();
    ComputationGraph plain = new ComputationGraph(configuration.clone());
    plain.init();
    ComputationGraph fast = new ComputationGraph(configuration.clone());
    fast.init();
    FastLayers.install(fast);
    assertThat(fast.getLayers()).filteredOn(layer -> layer instanceof FastDenseLayer).hasSize(2);
    for (int step = 0; step < 3; step++) {
      plain.fit(rows(6));
      fast.fit(rows(6));
      requireClose(fast.params(), plain.params());
      assertThat(fast.score()).isCloseTo(plain.score(), within());
    }
    requireClose(
        fast.outputSingle(rows(6).getFeatures()), plain.outputSingle(rows(6).getFeatures()));
  }

  @Test
  void tolerance_perturbedWeight_isFarOutside() {
    MultiLayerConfiguration configuration =
        builder(new Sgd(0.1))
            .list(dense(8, Activation.TANH), output())
            .setInputType(InputType.feedForward(19))
            .build();
    MultiLayerNetwork plain = new MultiLayerNetwork(configuration.clone());
    plain.init();
    INDArray before = plain.output(rows(6).getFeatures()).dup();
    plain.params().putScalar(5, plain.params().getDouble(5) + 0.1);
    double moved = plain.output(rows(6).getFeatures()).sub(before).amaxNumber().doubleValue();
    assertThat(moved).isGreaterThan(10 * TOLERANCE);
  }

  private static void requireSame(
      MultiLayerConfiguration configuration, MultiLayerNetwork fast, DataSet batch, int steps) {
    MultiLayerNetwork plain = new MultiLayerNetwork(configuration.clone());
    plain.init();
    requireClose(fast.output(batch.getFeatures()), plain.output(batch.getFeatures()));
    for (int step = 1; step <= steps; step++) {
      requireClose(gradient(fast, batch, step), gradient(plain, batch, step));
      Nd4j.getRandom().setSeed(step);
      plain.fit(batch);
      Nd4j.getRandom().setSeed(step);
      double loss = step(fast, batch);
      requireClose(fast.params(), plain.params());
      assertThat(loss).isCloseTo(plain.score(), within());
      assertThat(fast.getIterationCount()).isEqualTo(plain.getIterationCount());
    }
  }

  /** As a worker of {@code Dl4jClientTrainer} does it. */
  private static double step(MultiLayerNetwork fast, DataSet batch) {
    Optional<TrainingSteps> steps = TrainingSteps.of(fast);
    if (steps.isPresent()) {
      INDArray features = batch.getFeatures();
      return steps
          .get()
          .take(
              features.dup('c').data().asFloat(),
              features.shape(),
              batch.getLabels().dup('c').data().asFloat(),
              batch.getLabels().shape(),
              null);
    }
    fast.fit(batch);
    return fast.score();
  }

  /** The mean gradient over the batch. */
  private static INDArray gradient(MultiLayerNetwork network, DataSet batch, int seed) {
    Nd4j.getRandom().setSeed(seed);
    network.setInput(batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.computeGradientAndScore();
    INDArray gradient = network.getGradientsViewArray().div(batch.numExamples());
    network.clearLayersStates();
    return gradient;
  }

  private static void requireClose(INDArray actual, INDArray expected) {
    float[] wanted = expected.dup('c').reshape(expected.length()).toFloatVector();
    float[] got = actual.dup('c').reshape(actual.length()).toFloatVector();
    assertThat(got).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) got[i]).as("element %d", i).isCloseTo(wanted[i], within());
    }
  }

  private static Offset<Double> within() {
    return Offset.offset(TOLERANCE);
  }

  private static MultiLayerNetwork fast(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
    network.init();
    Layer[] before = network.getLayers().clone();
    FastLayers.install(network);
    assertThat(network.getLayers()).hasSameSizeAs(before);
    return network;
  }

  private static NeuralNetConfiguration.Builder builder(IUpdater updater) {
    return new NeuralNetConfiguration.Builder().seed(11).dataType(DataType.FLOAT).updater(updater);
  }

  private static ConvolutionLayer.Builder convolution(Shape shape, CNN2DFormat format) {
    return new ConvolutionLayer.Builder(shape.kernelHeight(), shape.kernelWidth())
        .stride(shape.strideHeight(), shape.strideWidth())
        .padding(shape.pad(), shape.pad())
        .convolutionMode(shape.mode())
        .dataFormat(format)
        .nOut(4)
        .activation(Activation.TANH);
  }

  private static DenseLayer dense(int units, Activation activation) {
    return new DenseLayer.Builder().nOut(units).activation(activation).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static DataSet images(Shape shape, int count) {
    Nd4j.getRandom().setSeed(5);
    return new DataSet(
        Nd4j.rand(DataType.FLOAT, count, shape.channels(), shape.height(), shape.width()),
        labels(count));
  }

  private static DataSet rows(int count) {
    Nd4j.getRandom().setSeed(6);
    return new DataSet(Nd4j.rand(DataType.FLOAT, count, 19).subi(0.5), labels(count));
  }

  private static INDArray labels(int count) {
    INDArray labels = Nd4j.zeros(DataType.FLOAT, count, CLASSES);
    for (int i = 0; i < count; i++) {
      labels.putScalar(i, i % CLASSES, 1);
    }
    return labels;
  }
}
