package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.dpfed.dl4j.HeldOutNetworks.INPUTS;
import static org.dpfed.dl4j.HeldOutNetworks.SIDE;
import static org.dpfed.dl4j.HeldOutNetworks.STEPS;
import static org.dpfed.dl4j.HeldOutNetworks.bits;
import static org.dpfed.dl4j.HeldOutNetworks.dense;
import static org.dpfed.dl4j.HeldOutNetworks.normal;
import static org.dpfed.dl4j.HeldOutNetworks.numbers;
import static org.dpfed.dl4j.HeldOutNetworks.oneHot;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.ModelEvaluation.Metric;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

final class Dl4jEvaluatorTest {
  /** More than a batch. */
  private static final int N = 700;

  private static final INDArray ROWS = normal(1, N, INPUTS);
  private static final INDArray SEQUENCES = normal(2, N, INPUTS, STEPS);
  private static final INDArray IMAGES = normal(3, N, 2, SIDE, SIDE);

  static Stream<Arguments> everyKind() {
    INDArray steps = bits(4, N, STEPS);
    INDArray labels3 = oneHot(5, 1, N, 3);
    MultiLayerConfiguration softmax = dense(Activation.SOFTMAX, LossFunction.MCXENT, 3);
    return Stream.of(
        Arguments.of("classes", softmax, new DataSet(ROWS, labels3), "accuracy"),
        Arguments.of(
            "masked examples",
            softmax,
            new DataSet(ROWS, labels3, null, bits(6, N, 1)),
            "accuracy"),
        Arguments.of(
            "a sum instead of a mean, and regularisation",
            dense(
                HeldOutNetworks.builder().miniBatch(false).l2(0.1),
                Activation.SOFTMAX,
                LossFunction.MCXENT,
                3),
            new DataSet(ROWS, labels3),
            "accuracy"),
        Arguments.of(
            "class numbers",
            dense(Activation.SOFTMAX, LossFunction.SPARSE_MCXENT, 3),
            new DataSet(ROWS, numbers(7, 3, N, 1)),
            "accuracy"),
        Arguments.of(
            "divergence of distributions",
            dense(Activation.SOFTMAX, LossFunction.KL_DIVERGENCE, 3),
            new DataSet(ROWS, labels3),
            "accuracy"),
        Arguments.of(
            "squared error after softmax",
            dense(Activation.SOFTMAX, LossFunction.MSE, 3),
            new DataSet(ROWS, labels3),
            "accuracy"),
        Arguments.of(
            "a loss layer",
            HeldOutNetworks.lossLayer(Activation.SOFTMAX, LossFunction.MCXENT, 3),
            new DataSet(ROWS, labels3),
            "accuracy"),
        Arguments.of(
            "yes or no",
            dense(Activation.SIGMOID, LossFunction.XENT, 1),
            new DataSet(ROWS, bits(8, N, 1)),
            "accuracy"),
        Arguments.of(
            "several labels, some masked",
            dense(Activation.SIGMOID, LossFunction.XENT, 3),
            new DataSet(ROWS, bits(9, N, 3), null, bits(10, N, 3)),
            "accuracy"),
        Arguments.of(
            "regression, some labels masked",
            dense(Activation.IDENTITY, LossFunction.MSE, 2),
            new DataSet(ROWS, normal(11, N, 2), null, bits(12, N, 2)),
            "mse"),
        Arguments.of(
            "absolute errors",
            dense(Activation.IDENTITY, LossFunction.MEAN_ABSOLUTE_ERROR, 1),
            new DataSet(ROWS, normal(13, N, 1)),
            "mse"),
        Arguments.of(
            "time steps",
            HeldOutNetworks.recurrent(Activation.SOFTMAX, LossFunction.MCXENT, 3, RNNFormat.NCW),
            new DataSet(SEQUENCES, oneHot(14, 1, N, 3, STEPS), steps, steps),
            "accuracy"),
        Arguments.of(
            "time steps before features",
            HeldOutNetworks.recurrent(Activation.SOFTMAX, LossFunction.MCXENT, 3, RNNFormat.NWC),
            new DataSet(
                SEQUENCES.permute(0, 2, 1).dup('c'), oneHot(14, 2, N, STEPS, 3), null, steps),
            "accuracy"),
        Arguments.of(
            "regression over time",
            HeldOutNetworks.recurrent(Activation.IDENTITY, LossFunction.MSE, 2, RNNFormat.NCW),
            new DataSet(SEQUENCES, normal(15, N, 2, STEPS), null, steps),
            "mse"),
        Arguments.of(
            "pixels",
            HeldOutNetworks.pixels(Activation.SOFTMAX, LossFunction.MCXENT, 3, CNN2DFormat.NCHW),
            new DataSet(IMAGES, oneHot(16, 1, N, 3, SIDE, SIDE), null, bits(17, N, 1, SIDE, SIDE)),
            "dice"),
        Arguments.of(
            "pixels of one mask",
            HeldOutNetworks.pixels(Activation.SIGMOID, LossFunction.XENT, 1, CNN2DFormat.NCHW),
            new DataSet(IMAGES, bits(18, N, 1, SIDE, SIDE), null, bits(19, N, 1)),
            "accuracy"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyKind")
  void evaluate_moreThanOneBatch_lossIsThatOfTheWholeSet(
      String name, MultiLayerConfiguration configuration, DataSet data, String main) {
    ModelEvaluation evaluation = evaluate(configuration, data);
    MultiLayerNetwork network = initialised(configuration);
    double whole = network.score(data.copy(), false);
    if (name.startsWith("a sum")) {
      double regularization = network.calcRegularizationScore(true);
      whole = (whole - regularization) / N + regularization;
    }
    assertThat(evaluation.main().name()).isEqualTo(main);
    assertThat(evaluation.main().value()).as(evaluation.toString()).isPresent();
    // Sums of at most 700 · 36 floats, each rounding relative to the sum by 6e-8: about 1e-5 when
    // errors add as a random walk of 25,200 steps.
    assertThat(evaluation.loss()).isCloseTo(whole, within(2e-5 * Math.abs(whole)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyKind")
  void evaluate_someRows_isWhatAnEvaluatorOfThemAloneSays(
      String name, MultiLayerConfiguration configuration, DataSet data, String metric) {
    int[] rows = IntStream.range(0, N).filter(row -> row % 5 != 2).toArray();
    NetworkTemplate template = NetworkTemplate.of(configuration);
    INDArray parameters = template.initialParameters();
    DataSet alone =
        new DataSet(
            rows(data.getFeatures(), rows),
            rows(data.getLabels(), rows),
            rows(data.getFeaturesMaskArray(), rows),
            rows(data.getLabelsMaskArray(), rows));
    try (Dl4jEvaluator all = new Dl4jEvaluator(template, data);
        Dl4jEvaluator some = new Dl4jEvaluator(template, alone)) {
      ModelEvaluation whole = all.evaluate(parameters);
      assertThat(all.evaluate(parameters, rows))
          .isEqualTo(some.evaluate(parameters))
          .isNotEqualTo(whole);
      assertThat(all.evaluate(parameters)).isEqualTo(whole);
    }
  }

  private static @Nullable INDArray rows(@Nullable INDArray array, int[] rows) {
    return array == null
        ? null
        : Nd4j.concat(
            0,
            IntStream.of(rows)
                .mapToObj(row -> HeldOut.rows(array, row, row + 1))
                .toArray(INDArray[]::new));
  }

  @Test
  void evaluate_pixels_countsEachUnmaskedPixel() {
    MultiLayerConfiguration configuration =
        HeldOutNetworks.pixels(Activation.SOFTMAX, LossFunction.MCXENT, 3, CNN2DFormat.NCHW);
    INDArray labels = oneHot(16, 1, N, 3, SIDE, SIDE);
    INDArray mask = bits(17, N, SIDE, SIDE);
    INDArray right = initialised(configuration).output(IMAGES).argMax(1).eq(labels.argMax(1));
    double expected =
        right.castTo(DataType.DOUBLE).mul(mask.castTo(DataType.DOUBLE)).sumNumber().doubleValue()
            / mask.sumNumber().doubleValue();
    for (INDArray shaped : List.of(mask, mask.reshape(N, 1, SIDE, SIDE))) {
      assertThat(evaluate(configuration, new DataSet(IMAGES, labels, null, shaped)).accuracy())
          .isEqualTo(expected);
    }
  }

  @Test
  void evaluate_pixelsBeforeChannels_hasTheSameAccuracyAndNoLossFromTheWrongAxis() {
    INDArray labels = oneHot(16, 1, N, 3, SIDE, SIDE);
    INDArray mask = bits(17, N, SIDE, SIDE);
    ModelEvaluation usual =
        evaluate(
            HeldOutNetworks.pixels(Activation.SOFTMAX, LossFunction.MCXENT, 3, CNN2DFormat.NCHW),
            new DataSet(IMAGES, labels, null, mask));
    ModelEvaluation other =
        evaluate(
            HeldOutNetworks.pixels(Activation.SOFTMAX, LossFunction.MCXENT, 3, CNN2DFormat.NHWC),
            new DataSet(
                IMAGES.permute(0, 2, 3, 1).dup('c'),
                labels.permute(0, 2, 3, 1).dup('c'),
                null,
                mask));
    assertThat(other.accuracy()).isEqualTo(usual.accuracy());
    assertThat(other.toString()).contains("loss none: DL4J computes it along the wrong axis");
  }

  @Test
  void evaluate_timeSteps_countsThoseThatAreNotPadding() {
    MultiLayerConfiguration configuration =
        HeldOutNetworks.recurrent(Activation.SOFTMAX, LossFunction.MCXENT, 3, RNNFormat.NCW);
    INDArray labels = oneHot(14, 1, N, 3, STEPS);
    INDArray mask = bits(20, N, STEPS);
    Evaluation expected = new Evaluation();
    expected.eval(labels, initialised(configuration).output(SEQUENCES, false, mask, mask), mask);
    assertThat(evaluate(configuration, new DataSet(SEQUENCES, labels, mask, mask)).accuracy())
        .isEqualTo(expected.accuracy());
    // A label in padding counts neither where the features alone are masked.
    assertThat(evaluate(configuration, new DataSet(SEQUENCES, labels, mask, null)).accuracy())
        .isEqualTo(expected.accuracy());
  }

  @Test
  void evaluate_graphWithMaskedFeatures_doesAsTheStackedNetwork() {
    GlobalPoolingLayer pooling = new GlobalPoolingLayer.Builder(PoolingType.AVG).build();
    OutputLayer output =
        new OutputLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).nOut(2).build();
    InputType input = InputType.recurrent(1, 6);
    ComputationGraph graph =
        new ComputationGraph(
            HeldOutNetworks.builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("pool", pooling.clone(), "in")
                .addLayer("out", output.clone(), "pool")
                .setOutputs("out")
                .setInputTypes(input)
                .build());
    graph.init();
    INDArray x = normal(21, 200, 1, 6);
    INDArray mask = Nd4j.zeros(DataType.FLOAT, 200, 6);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 200, 2);
    for (int i = 0; i < 200; i++) {
      mask.putScalar(i, 0, 1).putScalar(i, 1, 1);
      labels.putScalar(i, x.getDouble(i, 0, 0) + x.getDouble(i, 0, 1) > 0 ? 1 : 0, 1);
    }
    DataSet data = new DataSet(x, labels, mask, null);
    NetworkTemplate template = NetworkTemplate.of(graph);
    INDArray sign = Nd4j.createFromArray(-10f, 10f, 0f, 0f);
    ModelEvaluation ofGraph = evaluate(template, data, sign);
    ModelEvaluation ofStack =
        evaluate(
            NetworkTemplate.of(
                HeldOutNetworks.builder().list(pooling, output).setInputType(input).build()),
            data,
            sign);
    assertThat(ofGraph.accuracy()).isEqualTo(1.0);
    assertThat(ofGraph).isEqualTo(ofStack);
  }

  @Test
  void evaluate_regressionFarFromZero_givesErrorsAndR2ToTheDigits() {
    // Years: their squares differ in the seventh digit, where floats end.
    INDArray labels = normal(22, N, 1).muli(3).addi(2000);
    MultiLayerConfiguration configuration = dense(Activation.IDENTITY, LossFunction.MSE, 1);
    NetworkTemplate template = NetworkTemplate.of(configuration);
    INDArray parameters = template.initialParameters();
    parameters.putScalar(parameters.length() - 1, 2001);
    double[] truth = labels.castTo(DataType.DOUBLE).data().asDouble();
    MultiLayerNetwork network = (MultiLayerNetwork) template.network(parameters);
    double[] predicted = network.output(ROWS).castTo(DataType.DOUBLE).data().asDouble();
    double mean = java.util.Arrays.stream(truth).average().orElseThrow();
    double squared = 0;
    double absolute = 0;
    double spread = 0;
    for (int i = 0; i < N; i++) {
      squared += Math.pow(predicted[i] - truth[i], 2);
      absolute += Math.abs(predicted[i] - truth[i]);
      spread += Math.pow(truth[i] - mean, 2);
    }
    ModelEvaluation evaluation = evaluate(template, new DataSet(ROWS, labels), parameters);
    assertThat(evaluation.metrics())
        .extracting(Metric::name)
        .containsExactly("mse", "mae", "r2", "loss");
    assertThat(evaluation.value("mse").orElseThrow()).isCloseTo(squared / N, within(1e-9));
    assertThat(evaluation.value("mae").orElseThrow()).isCloseTo(absolute / N, within(1e-9));
    // The spread is a difference of sums of 700 squares near 4e6: 2.8e9 · 1e-16 · 700 ≈ 2e-4 at
    // worst, of a spread of about 6300.
    assertThat(evaluation.value("r2").orElseThrow()).isCloseTo(1 - squared / spread, within(1e-6));
    assertThat(evaluation.accuracy()).isNaN();
    assertThat(evaluation.rocAuc()).isEmpty();
  }

  @Test
  void evaluate_constantLabels_hasNoR2AndSaysWhy() {
    ModelEvaluation evaluation =
        evaluate(
            dense(Activation.IDENTITY, LossFunction.MSE, 1),
            new DataSet(ROWS, Nd4j.ones(DataType.FLOAT, N, 1)));
    assertThat(evaluation.value("mse")).isPresent();
    assertThat(evaluation.value("r2")).isEmpty();
    assertThat(evaluation.toString()).contains("r2 none: all labels are equal");
  }

  @Test
  void evaluate_oneClassMissingOrOneExample_hasNoAucAndSaysWhy() {
    INDArray ones = Nd4j.ones(DataType.FLOAT, N, 1);
    MultiLayerConfiguration binary = dense(Activation.SIGMOID, LossFunction.XENT, 1);
    MultiLayerConfiguration two = dense(Activation.SOFTMAX, LossFunction.MCXENT, 2);
    DataSet single =
        new DataSet(normal(23, 1, INPUTS), Nd4j.createFromArray(new float[][] {{0, 1}}));
    for (ModelEvaluation evaluation :
        List.of(evaluate(binary, new DataSet(ROWS, ones)), evaluate(two, single))) {
      assertThat(evaluation.accuracy()).isBetween(0.0, 1.0);
      assertThat(evaluation.rocAuc()).isEmpty();
      assertThat(evaluation.toString()).contains("rocAuc none: all labels are of one class");
    }
  }

  @Test
  void evaluate_untrainedNetwork_hasAnAucOfOneHalf() {
    NetworkTemplate template = NetworkTemplate.of(dense(Activation.SIGMOID, LossFunction.XENT, 1));
    INDArray sorted = Nd4j.zeros(DataType.FLOAT, N, 1);
    sorted.get(org.nd4j.linalg.indexing.NDArrayIndex.interval(0, 200)).assign(1);
    INDArray zero = Nd4j.zeros(DataType.FLOAT, template.dimension());
    ModelEvaluation evaluation = evaluate(template, new DataSet(ROWS, sorted), zero);
    assertThat(evaluation.rocAuc()).hasValue(0.5);
    assertThat(evaluation.accuracy()).isEqualTo(500.0 / N);
  }

  @Test
  void evaluate_severalLabels_countsEachByItself() {
    NetworkTemplate template = NetworkTemplate.of(dense(Activation.SIGMOID, LossFunction.XENT, 2));
    INDArray labels = Nd4j.zeros(DataType.FLOAT, N, 2);
    labels.getColumn(1).assign(1);
    INDArray zero = Nd4j.zeros(DataType.FLOAT, template.dimension());
    zero.putScalar(zero.length() - 2, 1).putScalar(zero.length() - 1, 1);
    ModelEvaluation evaluation = evaluate(template, new DataSet(ROWS, labels), zero);
    assertThat(evaluation.value("accuracyOfLabel0")).hasValue(0);
    assertThat(evaluation.value("accuracyOfLabel1")).hasValue(1);
    assertThat(evaluation.accuracy()).isEqualTo(0.5);
    assertThat(evaluation.value("rocAucOfLabel0")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyKind")
  void evaluate_parametersThatDiverged_hasNoValuesAndSaysWhy(
      String name, MultiLayerConfiguration configuration, DataSet data, String main) {
    NetworkTemplate template = NetworkTemplate.of(configuration);
    INDArray diverged = Nd4j.valueArrayOf(template.dimension(), Float.NaN).castTo(DataType.FLOAT);
    ModelEvaluation evaluation = evaluate(template, data, diverged);
    assertThat(evaluation.metrics()).allMatch(metric -> metric.value().isEmpty());
    assertThat(evaluation.main().absence()).contains("not finite");
  }

  static Stream<Arguments> misfits() {
    MultiLayerConfiguration softmax = dense(Activation.SOFTMAX, LossFunction.MCXENT, 3);
    MultiLayerConfiguration regression = dense(Activation.IDENTITY, LossFunction.MSE, 1);
    INDArray unlucky = oneHot(24, 1, N, 3);
    unlucky.putScalar(650, 0, 1).putScalar(650, 1, 1);
    INDArray infinite = normal(25, N, 1);
    infinite.putScalar(3, Float.POSITIVE_INFINITY);
    INDArray broken = normal(26, N, INPUTS);
    broken.putScalar(650, 1, Float.NaN);
    return Stream.of(
        Arguments.of("label width", softmax, new DataSet(ROWS, oneHot(1, 1, N, 2)), "shape [2, 3]"),
        Arguments.of("label rank", softmax, new DataSet(ROWS, bits(1, N, 3, 2)), "shape [2, 3]"),
        Arguments.of("two ones", softmax, new DataSet(ROWS, unlucky), "example 650"),
        Arguments.of("soft labels", softmax, new DataSet(ROWS, normal(1, N, 3)), "one-hot"),
        Arguments.of(
            "class numbers for one-hot", softmax, new DataSet(ROWS, numbers(1, 3, N, 1)), "shape"),
        Arguments.of(
            "a number beyond the classes",
            dense(Activation.SOFTMAX, LossFunction.SPARSE_MCXENT, 3),
            new DataSet(ROWS, numbers(1, 4, N, 1)),
            "numbers of classes"),
        Arguments.of(
            "numbers for yes or no",
            dense(Activation.SIGMOID, LossFunction.XENT, 1),
            new DataSet(ROWS, normal(1, N, 1)),
            "0 or 1"),
        Arguments.of("infinite label", regression, new DataSet(ROWS, infinite), "finite"),
        Arguments.of(
            "feature width", regression, new DataSet(normal(1, N, 3), normal(2, N, 1)), "[2, 3]"),
        Arguments.of(
            "mask",
            HeldOutNetworks.recurrent(Activation.SOFTMAX, LossFunction.MCXENT, 3, RNNFormat.NCW),
            new DataSet(SEQUENCES, oneHot(1, 1, N, 3, STEPS), null, bits(1, N, STEPS + 1)),
            "label mask [2, 6]"),
        Arguments.of(
            "everything masked",
            softmax,
            new DataSet(ROWS, oneHot(1, 1, N, 3), null, Nd4j.zeros(DataType.FLOAT, N, 1)),
            "masks let through"),
        Arguments.of(
            "a sequence masked as a whole",
            HeldOutNetworks.lastStep(),
            new DataSet(SEQUENCES, oneHot(1, 1, N, 3), maskedAt(600), null),
            "masked as a whole"),
        Arguments.of(
            "a feature that is not a number",
            regression,
            new DataSet(broken, normal(1, N, 1)),
            "held-out example 650"),
        Arguments.of(
            "a loss for ±1",
            dense(Activation.IDENTITY, LossFunction.HINGE, 1),
            new DataSet(ROWS, bits(1, N, 1)),
            "LossHinge"),
        Arguments.of(
            "no output layer",
            HeldOutNetworks.endingIn(new DenseLayer.Builder().nOut(3).build()),
            new DataSet(ROWS, oneHot(1, 1, N, 3)),
            "output layer"));
  }

  private static INDArray maskedAt(int example) {
    INDArray mask = Nd4j.ones(DataType.FLOAT, N, STEPS);
    for (int step = 0; step < STEPS; step++) {
      mask.putScalar(example, step, 0);
    }
    return mask;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("misfits")
  void constructor_dataThatDoNotFit_isRefusedWithTheRemedy(
      String name, MultiLayerConfiguration configuration, DataSet data, String text) {
    NetworkTemplate template = NetworkTemplate.of(configuration);
    assertThatThrownBy(() -> new Dl4jEvaluator(template, data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text)
        .satisfies(
            e -> {
              if (!name.equals("everything masked")) {
                assertThat(e).hasMessageContaining("ModelEvaluator");
              }
            });
  }

  @Test
  void constructor_noExamplesOrNoLabels_isRefused() {
    NetworkTemplate template = NetworkTemplate.of(dense(Activation.IDENTITY, LossFunction.MSE, 1));
    assertThatThrownBy(() -> new Dl4jEvaluator(template, new DataSet()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1 example");
    assertThatThrownBy(() -> new Dl4jEvaluator(template, new DataSet(ROWS, null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("labels");
  }

  @Test
  void batchSize_largeActivations_keepsThemBelow64MebibytesWhereOneExampleAllows() {
    MultiLayerConfiguration images =
        HeldOutNetworks.builder()
            .list(
                new org.deeplearning4j.nn.conf.layers.ConvolutionLayer.Builder(1, 1)
                    .nOut(32)
                    .build(),
                new OutputLayer.Builder(LossFunction.MSE)
                    .activation(Activation.IDENTITY)
                    .nOut(1)
                    .build())
            .setInputType(InputType.convolutional(64, 64, 1))
            .build();
    DataSet two = new DataSet(normal(1, 2, 1, 64, 64), normal(2, 2, 1));
    long bytes = new ForwardPass(initialised(images)).activationBytes(two) / 2;
    assertThat(bytes).isGreaterThan(33L * 64 * 64 * Float.BYTES - 1);
    assertThat(Dl4jEvaluator.batchSize(bytes)).isEqualTo((int) ((64L << 20) / bytes));
    assertThat(Dl4jEvaluator.batchSize(1L << 40)).isEqualTo(1);
    assertThat(Dl4jEvaluator.batchSize(1)).isEqualTo(512);
  }

  private static ModelEvaluation evaluate(MultiLayerConfiguration configuration, DataSet data) {
    NetworkTemplate template = NetworkTemplate.of(configuration);
    return evaluate(template, data, template.initialParameters());
  }

  private static ModelEvaluation evaluate(
      NetworkTemplate template, DataSet data, INDArray parameters) {
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, data)) {
      return evaluator.evaluate(parameters);
    }
  }

  private static MultiLayerNetwork initialised(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
    network.init();
    return network;
  }
}
