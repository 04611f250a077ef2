package org.dpfed.dl4j.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.dl4j.layers.BatchShape;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Steps of whole networks against DL4J's own. The tolerance is that of {@link FastLayersTest}, for
 * the same reason; random graphs have a few layers more, so four times as much.
 */
final class TrainingStepsTest {
  private static final double TOLERANCE = 8e-5;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 24);
  }

  /** Shows the seed where it fails. */
  @ParameterizedTest
  @MethodSource("seeds")
  void take_randomGraph_sameAsDl4j(long seed) {
    RandomGraph random = new RandomGraph(seed);
    ComputationGraphConfiguration configuration = random.configuration();
    ComputationGraph plain = plain(configuration);
    ComputationGraph fast = fast(configuration);
    assertThat(TrainingSteps.obstacle(fast)).isEmpty();
    TrainingSteps steps = TrainingSteps.of(fast).orElseThrow();
    // Another size in between, for which arrays are planned anew.
    for (int examples : new int[] {4, 3, 4}) {
      DataSet batch = random.batch(examples);
      double loss = take(steps, batch, null);
      plain.fit(batch);
      requireCloseLoss(loss, plain.score());
      requireClose(fast.params(), plain.params());
    }
    steps.close();
  }

  @Test
  void take_batchAfterAnother_isThatOfAFreshNetwork() {
    RandomGraph random = new RandomGraph(3);
    ComputationGraphConfiguration configuration = random.configuration();
    ComputationGraph used = fast(configuration);
    TrainingSteps steps = TrainingSteps.of(used).orElseThrow();
    INDArray start = used.params().dup();
    take(steps, random.batch(7), null);
    used.params().assign(start);
    DataSet batch = random.batch(4);
    take(steps, batch, null);

    ComputationGraph fresh = fast(configuration);
    take(TrainingSteps.of(fresh).orElseThrow(), batch, null);
    assertThat(used.params()).isEqualTo(fresh.params());
  }

  @Test
  void take_masksOfPixels_sameAsDl4j() {
    RandomGraph random = new RandomGraph(2);
    ComputationGraphConfiguration configuration = random.segmentation();
    ComputationGraph plain = plain(configuration);
    ComputationGraph fast = fast(configuration);
    DataSet batch = random.batch(3);
    long[] shape = batch.getLabels().shape();
    INDArray mask =
        Nd4j.rand(DataType.FLOAT, shape[0], 1, shape[2], shape[3]).gt(0.4).castTo(DataType.FLOAT);
    batch.setLabelsMaskArray(mask);
    double loss = take(TrainingSteps.of(fast).orElseThrow(), batch, floats(mask));
    plain.fit(batch);
    requireCloseLoss(loss, plain.score());
    requireClose(fast.params(), plain.params());
  }

  /** A sum over the pixels of an image in float, which is off in proportion to its size. */
  private static void requireCloseLoss(double actual, double expected) {
    assertThat(actual)
        .isCloseTo(expected, Offset.offset(TOLERANCE * Math.max(1, Math.abs(expected))));
  }

  static Stream<Arguments> updates() {
    return Stream.of(
        update("momentum", builder -> builder.updater(new Nesterovs(0.1, 0.9))),
        update("Adam", builder -> builder.updater(new Adam(0.01))),
        update("RmsProp", builder -> builder.updater(new RmsProp(0.01))),
        update("AMSGrad", builder -> builder.updater(new AMSGrad(0.01))),
        update("Nadam", builder -> builder.updater(new Nadam(0.01))),
        update("Adam, weight decay", builder -> builder.updater(new Adam(0.01)).weightDecay(0.1)),
        update("AdaGrad", builder -> builder.updater(new AdaGrad(0.1))),
        update("L2", builder -> builder.updater(new Sgd(0.1)).l2(0.1)),
        update("L1", builder -> builder.updater(new Sgd(0.1)).l1(0.01)),
        update("weight decay", builder -> builder.updater(new Nesterovs(0.1)).weightDecay(0.1)),
        update("clipping of values", builder -> clipped(builder, "ClipElementWiseAbsoluteValue")),
        update("clipping by layer", builder -> clipped(builder, "ClipL2PerLayer")),
        update("clipping by parameter", builder -> clipped(builder, "ClipL2PerParamType")),
        update("renormalisation", builder -> clipped(builder, "RenormalizeL2PerLayer")));
  }

  private static Arguments update(
      String name, UnaryOperator<NeuralNetConfiguration.Builder> settings) {
    return Arguments.of(Named.of(name, settings));
  }

  private static NeuralNetConfiguration.Builder clipped(
      NeuralNetConfiguration.Builder builder, String how) {
    return builder
        .updater(new Sgd(0.1))
        .gradientNormalization(GradientNormalization.valueOf(how))
        .gradientNormalizationThreshold(0.01);
  }

  @ParameterizedTest
  @MethodSource("updates")
  void take_everyUpdate_sameAsDl4j(UnaryOperator<NeuralNetConfiguration.Builder> settings) {
    var list =
        settings
            .apply(builder())
            .list(dense(8), output())
            .setInputType(InputType.feedForward(5))
            .build();
    MultiLayerNetwork plainList = new MultiLayerNetwork(list.clone());
    plainList.init();
    MultiLayerNetwork fastList = new MultiLayerNetwork(list.clone());
    fastList.init();
    FastLayers.install(fastList);
    ComputationGraphConfiguration graph =
        settings
            .apply(builder())
            .graphBuilder()
            .addInputs("in")
            .addLayer("a", dense(8), "in")
            .addLayer("b", dense(7), "in")
            .addLayer("out", output(), "a", "b")
            .setOutputs("out")
            .setInputTypes(InputType.feedForward(5))
            .build();
    ComputationGraph plainGraph = plain(graph);
    ComputationGraph fastGraph = fast(graph);
    assertThat(TrainingSteps.obstacle(fastList)).isEmpty();
    assertThat(TrainingSteps.obstacle(fastGraph)).isEmpty();
    TrainingSteps listSteps = TrainingSteps.of(fastList).orElseThrow();
    TrainingSteps graphSteps = TrainingSteps.of(fastGraph).orElseThrow();
    INDArray before = fastGraph.params().dup();
    for (int step = 0; step < 4; step++) {
      DataSet batch = new DataSet(Nd4j.rand(DataType.FLOAT, 6, 5), RandomGraph.oneHot(6, 3));
      plainList.fit(batch);
      plainGraph.fit(batch);
      assertThat(take(listSteps, batch, null)).isCloseTo(plainList.score(), within());
      assertThat(take(graphSteps, batch, null)).isCloseTo(plainGraph.score(), within());
      requireClose(fastList.params(), plainList.params());
      requireClose(fastGraph.params(), plainGraph.params());
    }
    assertThat(fastGraph.params().sub(before).amaxNumber().doubleValue())
        .as("far more than the tolerance has changed")
        .isGreaterThan(20 * TOLERANCE);
    if (plainGraph.updaterState() != null) {
      requireClose(fastGraph.updaterState(), plainGraph.updaterState());
    }
  }

  @Test
  void obstacle_ofWhatIsNotKnown_namesIt() {
    assertThat(obstacle(builder().constrainWeights(new MaxNormConstraint(1, 1)), dense(3)))
        .isEqualTo("layer 'a' has constraints");
    assertThat(obstacle(builder(), new DenseLayer.Builder().nOut(3).hasLayerNorm(true).build()))
        .isEqualTo(
            "layer 'a' is a DenseLayer with layer normalisation, for which dpfed has no kernel");
    ComputationGraph recurrent =
        fast(
            builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("a", new LSTM.Builder().nIn(2).nOut(3).build(), "in")
                .addLayer(
                    "out",
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "a")
                .setOutputs("out")
                .build());
    assertThat(TrainingSteps.obstacle(recurrent))
        .hasValue(
            "layer 'a' is a LSTM with other functions than tanh and sigmoid, for which dpfed has no kernel");
  }

  /** One class number in place of a column for each class. */
  @Test
  void obstacle_lossOfLabelsWithAnotherShape_namesIt() {
    OutputLayer sparse =
        new OutputLayer.Builder(LossFunction.SPARSE_MCXENT)
            .nOut(3)
            .activation(Activation.SOFTMAX)
            .build();
    assertThat(obstacle(builder(), dense(3), sparse))
        .isEqualTo(
            "layer 'out' is a OutputLayer with the loss LossSparseMCXENT, for which dpfed has no kernel");
  }

  private static String obstacle(NeuralNetConfiguration.Builder builder, DenseLayer layer) {
    return obstacle(builder, layer, output());
  }

  private static String obstacle(
      NeuralNetConfiguration.Builder builder, DenseLayer layer, OutputLayer output) {
    return TrainingSteps.obstacle(
            fast(
                builder
                    .graphBuilder()
                    .addInputs("in")
                    .addLayer("a", layer, "in")
                    .addLayer("out", output, "a")
                    .setOutputs("out")
                    .setInputTypes(InputType.feedForward(5))
                    .build()))
        .orElse("none");
  }

  @Test
  void forward_deepGraph_reusesArrays() {
    KernelGraph graph = new KernelGraph();
    int last = 0;
    for (int i = 0; i < 20; i++) {
      last = graph.add(new ActivationKernel(StandardFunction.RELU), false, last);
    }
    graph.forward(new float[12], BatchShape.rows(4, 3));
    assertThat(graph.floatsInUse()).isEqualTo(2 * 12);
  }

  private static double take(TrainingSteps steps, DataSet batch, float @Nullable [] weights) {
    return steps.take(
        floats(batch.getFeatures()),
        batch.getFeatures().shape(),
        floats(batch.getLabels()),
        batch.getLabels().shape(),
        weights);
  }

  private static float[] floats(INDArray array) {
    return array.dup('c').data().asFloat();
  }

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder().seed(11).dataType(DataType.FLOAT);
  }

  private static DenseLayer dense(int units) {
    return new DenseLayer.Builder().nOut(units).activation(Activation.TANH).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static ComputationGraph plain(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration.clone());
    network.init();
    return network;
  }

  private static ComputationGraph fast(ComputationGraphConfiguration configuration) {
    ComputationGraph network = plain(configuration);
    FastLayers.install(network);
    return network;
  }

  private static Offset<Double> within() {
    return Offset.offset(TOLERANCE);
  }

  private static void requireClose(INDArray actual, INDArray expected) {
    float[] got = floats(actual);
    float[] wanted = floats(expected);
    assertThat(got).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) got[i]).as("element %d", i).isCloseTo(wanted[i], within());
    }
  }
}
