package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.dpfed.federated.ClientTrainer;
import org.dpfed.federated.ModelEvaluation;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

final class PackedInputsTest {
  /** As in {@code SameSteps}. */
  private static final double TOLERANCE = 2e-5;

  private static final int EXAMPLES = 10;
  private static final int STEPS = 3;

  private static final InputType IMAGE = InputType.convolutional(6, 5, 2);
  private static final InputType ROW = InputType.feedForward(4);
  private static final InputType SERIES = InputType.recurrent(3, 7);

  /** A graph and the types of its inputs {@code a} and {@code b}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Case(GraphBuilder graph, boolean isFast, InputType... types) {
    PackedInputs packed() {
      return PackedInputs.of(configuration(), types);
    }

    ComputationGraphConfiguration configuration() {
      return graph.build();
    }

    INDArray[] features() {
      SplittableRandom random = new SplittableRandom(7);
      return Arrays.stream(types).map(type -> array(type, random)).toArray(INDArray[]::new);
    }

    private static INDArray array(InputType type, SplittableRandom random) {
      long[] shape = type.getShape(true).clone();
      shape[0] = EXAMPLES;
      float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextDouble(-1, 1);
      }
      return Nd4j.create(values, shape, 'c');
    }

    INDArray labels() {
      boolean perStep = graph.build().getVertices().containsKey("steps");
      INDArray labels =
          perStep
              ? Nd4j.zeros(DataType.FLOAT, EXAMPLES, Networks.CLASSES, 7)
              : Nd4j.zeros(DataType.FLOAT, EXAMPLES, Networks.CLASSES);
      for (int i = 0; i < EXAMPLES; i++) {
        for (int step = 0; step < (perStep ? 7 : 1); step++) {
          int label = (i + step) % Networks.CLASSES;
          labels.putScalar(perStep ? new int[] {i, label, step} : new int[] {i, label}, 1);
        }
      }
      return labels;
    }
  }

  private static GraphBuilder graph() {
    return new NeuralNetConfiguration.Builder()
        .seed(5)
        .dataType(DataType.FLOAT)
        .updater(new Sgd(0.1))
        .activation(Activation.TANH)
        .graphBuilder();
  }

  private static GraphBuilder begin(InputType... types) {
    return graph().addInputs("a", "b").setInputTypes(types);
  }

  private static Layer convolution() {
    return new ConvolutionLayer.Builder(3, 2).nIn(2).nOut(3).build();
  }

  private static Layer dense() {
    return new DenseLayer.Builder().nOut(4).build();
  }

  private static Layer perStepOutput() {
    return new RnnOutputLayer.Builder()
        .nOut(Networks.CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static GraphBuilder finished(GraphBuilder graph, String... ends) {
    return graph.addLayer("out", Networks.output(), ends).setOutputs("out");
  }

  private static Case imageAndRow() {
    return new Case(
        finished(
            begin(IMAGE, ROW)
                .addLayer("convolution", convolution(), "a")
                .addLayer("flat", dense(), "convolution")
                .addLayer("dense", dense(), "b"),
            "flat",
            "dense"),
        true,
        IMAGE,
        ROW);
  }

  static Stream<Arguments> graphs() {
    Case rowAndFlatImage =
        new Case(
            finished(
                begin(ROW, IMAGE).addLayer("dense", dense(), "a").addLayer("flat", dense(), "b"),
                "flat",
                "dense"),
            true,
            ROW,
            IMAGE);
    Case rows =
        new Case(
            finished(
                begin(ROW, InputType.feedForward(3))
                    .addLayer("both", dense(), "a", "b")
                    .addLayer("one", dense(), "b"),
                "both",
                "one"),
            true,
            ROW,
            InputType.feedForward(3));
    Case seriesAndRow =
        new Case(
            finished(
                begin(SERIES, ROW)
                    .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "a")
                    .addVertex("last", new LastTimeStepVertex("a"), "lstm")
                    .addLayer("dense", dense(), "b"),
                "last",
                "dense"),
            true,
            SERIES,
            ROW);
    Case backwards =
        new Case(
            finished(
                begin(SERIES, ROW)
                    .addVertex("back", new ReverseTimeSeriesVertex("a"), "a")
                    .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "back")
                    .addLayer("pool", new GlobalPoolingLayer(), "lstm")
                    .addLayer("dense", dense(), "b"),
                "pool",
                "dense"),
            false,
            SERIES,
            ROW);
    Case perStep =
        new Case(
            begin(SERIES, InputType.recurrent(2, 7))
                .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "a")
                .addVertex("steps", new MergeVertex(), "lstm", "b")
                .addLayer("out", perStepOutput(), "steps")
                .setOutputs("out"),
            true,
            SERIES,
            InputType.recurrent(2, 7));
    InputType channelsLast = InputType.convolutional(6, 5, 2, CNN2DFormat.NHWC);
    Case lastAndRow =
        new Case(
            finished(
                begin(channelsLast, ROW)
                    .addLayer(
                        "convolution",
                        new ConvolutionLayer.Builder(3, 2)
                            .dataFormat(CNN2DFormat.NHWC)
                            .nOut(3)
                            .build(),
                        "a")
                    .addLayer("flat", dense(), "convolution")
                    .addLayer("dense", dense(), "b"),
                "flat",
                "dense"),
            false,
            channelsLast,
            ROW);
    return Stream.of(
        Arguments.of(Named.of("image and row", imageAndRow())),
        Arguments.of(Named.of("row and image without convolution", rowAndFlatImage)),
        Arguments.of(Named.of("row and row", rows)),
        Arguments.of(Named.of("series and row", seriesAndRow)),
        Arguments.of(Named.of("reversed series and row", backwards)),
        Arguments.of(Named.of("series and series, a label at each step", perStep)),
        Arguments.of(Named.of("image with channels last and row", lastAndRow)));
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void delta_ofPackedGraph_isThatOfDl4jOnSeveralInputs(Case each) {
    PackedInputs packed = each.packed();
    NetworkTemplate template = NetworkTemplate.of(packed.configuration());
    ComputationGraph original = original(each, template);
    Map<String, INDArray> start =
        ((ComputationGraph) template.network(template.initialParameters())).paramTable();
    MultiDataSet several = new MultiDataSet(each.features(), new INDArray[] {each.labels()});
    for (int i = 0; i < STEPS; i++) {
      original.fit(several);
    }
    DataSet client = new DataSet(packed.pack(each.features()), each.labels());
    for (LayerImplementation layers : LayerImplementation.values()) {
      Dl4jClientTrainer trainer =
          new Dl4jClientTrainer(template, new LocalTraining(STEPS, EXAMPLES), layers);
      if (layers == LayerImplementation.FAST) {
        assertThat(trainer.notes()).hasSize(each.isFast() ? 0 : 1);
      }
      try (ClientTrainer.Worker worker = trainer.newWorker();
          INDArray global = trainer.initialParameters()) {
        INDArray trained = global.add(worker.train(global, client, 1).delta());
        requireSame(((ComputationGraph) template.network(trained)).paramTable(), original, start);
      }
    }
  }

  /** The graph with several inputs and the initial parameters of the other. */
  private static ComputationGraph original(Case each, NetworkTemplate template) {
    ComputationGraph original = new ComputationGraph(each.configuration());
    original.init();
    ((ComputationGraph) template.network(template.initialParameters()))
        .paramTable()
        .forEach(original::setParam);
    return original;
  }

  private static void requireSame(
      Map<String, INDArray> actual, ComputationGraph expected, Map<String, INDArray> start) {
    assertThat(actual.keySet()).isEqualTo(expected.paramTable().keySet());
    actual.forEach(
        (name, value) -> {
          INDArray wanted = expected.getParam(name);
          assertThat(value.sub(wanted).amaxNumber().doubleValue()).as(name).isLessThan(TOLERANCE);
          assertThat(wanted.sub(start.get(name)).amaxNumber().doubleValue())
              .as("steps of %s far above the tolerance", name)
              .isGreaterThan(10 * TOLERANCE);
        });
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void evaluation_ofPackedGraph_isThatOfDl4jOnSeveralInputs(Case each) {
    PackedInputs packed = each.packed();
    NetworkTemplate template = NetworkTemplate.of(packed.configuration());
    ComputationGraph original = original(each, template);
    DataSet heldOut = new DataSet(packed.pack(each.features()), each.labels());
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, heldOut)) {
      ModelEvaluation evaluation = evaluator.evaluate(template.initialParameters());
      MultiDataSet several = new MultiDataSet(each.features(), new INDArray[] {each.labels()});
      assertThat(evaluation.value(ModelEvaluation.LOSS).orElseThrow())
          .isCloseTo(original.score(several, false), within(TOLERANCE));
      INDArray right =
          original
              .output(each.features())[0]
              .argMax(1)
              .eq(each.labels().argMax(1))
              .castTo(DataType.FLOAT);
      assertThat(evaluation.value("accuracy").orElseThrow())
          .isCloseTo(right.meanNumber().doubleValue(), within(1e-6));
    }
  }

  /** The same by hand: the row is cut by vertices, and a preprocessor makes it an image. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void delta_ofGraphThatCutsItsInput_isThatOfDl4j(boolean isVertex) {
    FeedForwardToCnnPreProcessor toImages = new FeedForwardToCnnPreProcessor(6, 5, 2);
    GraphBuilder graph =
        graph()
            .addInputs("in")
            .setInputTypes(InputType.feedForward(64))
            .addVertex("pixels", new SubsetVertex(0, 59), "in")
            .addVertex("values", new SubsetVertex(60, 63), "in");
    if (isVertex) {
      graph
          .addVertex("image", new PreprocessorVertex(toImages), "pixels")
          .addLayer("convolution", convolution(), "image");
    } else {
      graph.addLayer("convolution", convolution(), toImages, "pixels");
    }
    Case cut =
        new Case(
            finished(
                graph.addLayer("flat", dense(), "convolution").addLayer("dense", dense(), "values"),
                "flat",
                "dense"),
            true,
            InputType.feedForward(64));
    NetworkTemplate template = NetworkTemplate.of(cut.configuration());
    ComputationGraph plain = original(cut, template);
    Map<String, INDArray> start = original(cut, template).paramTable();
    DataSet client = new DataSet(cut.features()[0], cut.labels());
    for (int i = 0; i < STEPS; i++) {
      plain.fit(client);
    }
    for (LayerImplementation layers : LayerImplementation.values()) {
      Dl4jClientTrainer trainer =
          new Dl4jClientTrainer(template, new LocalTraining(STEPS, EXAMPLES), layers);
      assertThat(trainer.notes()).isEmpty();
      try (ClientTrainer.Worker worker = trainer.newWorker();
          INDArray global = trainer.initialParameters()) {
        INDArray trained = global.add(worker.train(global, client, 1).delta());
        requireSame(((ComputationGraph) template.network(trained)).paramTable(), plain, start);
      }
    }
  }

  @Test
  void pack_arraysInAnyOrder_areRowsInCOrder() {
    PackedInputs packed = imageAndRow().packed();
    INDArray images = Nd4j.arange(180).castTo(DataType.FLOAT).reshape('c', 3, 2, 6, 5).dup('f');
    INDArray rows = Nd4j.arange(12).castTo(DataType.DOUBLE).reshape('c', 3, 4).dup('f');
    float[][] all = packed.pack(images, rows).toFloatMatrix();
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 64; j++) {
        assertThat(all[i][j]).isEqualTo(j < 60 ? 60 * i + j : 4 * i + j - 60);
      }
    }
  }

  @Test
  void pack_otherArrays_isRefused() {
    PackedInputs packed = imageAndRow().packed();
    INDArray image = Nd4j.zeros(DataType.FLOAT, 3, 2, 6, 5);
    INDArray row = Nd4j.zeros(DataType.FLOAT, 3, 4);
    assertThatThrownBy(() -> packed.pack(image))
        .hasMessage("there must be one array for each of the inputs [a, b], were 1");
    assertThatThrownBy(() -> packed.pack(row, image))
        .hasMessage("an example of input 'a' must have shape [2, 6, 5], had [4]");
    assertThatThrownBy(() -> packed.pack(image, Nd4j.zeros(DataType.FLOAT, 2, 4)))
        .hasMessage("input 'b' must have as many examples as input 'a'");
  }

  @Test
  void of_typesThatDoNotFit_isRefused() {
    ComputationGraphConfiguration two = imageAndRow().configuration();
    assertThatThrownBy(() -> PackedInputs.of(two, IMAGE))
        .hasMessage("there must be one type for each of the inputs [a, b], were 1");
    assertThatThrownBy(() -> PackedInputs.of(two, IMAGE, InputType.recurrent(3)))
        .hasMessageContaining("input 'b' must have a known size")
        .hasMessageContaining("give the number of steps");
  }

  @Test
  void of_vertexThatAsksForALength_isRefusedWithAnAlternative() {
    ComputationGraphConfiguration repeated =
        begin(SERIES, ROW)
            .addVertex("repeated", new DuplicateToTimeSeriesVertex("a"), "b")
            .addLayer("lstm", new LSTM.Builder().nOut(4).build(), "a", "repeated")
            .addLayer("out", perStepOutput(), "lstm")
            .setOutputs("out")
            .build();
    assertThatThrownBy(() -> PackedInputs.of(repeated, SERIES, ROW))
        .hasMessageContaining("vertex 'repeated' asks input 'a'")
        .hasMessageContaining("RepeatVector");
  }

  @Test
  void of_embeddingOfAnInput_isRefusedWithAnAlternative() {
    ComputationGraphConfiguration codes =
        finished(
                begin(InputType.feedForward(1), ROW)
                    .addLayer("code", new EmbeddingLayer.Builder().nOut(3).build(), "a")
                    .addLayer("dense", dense(), "b"),
                "code",
                "dense")
            .build();
    assertThatThrownBy(() -> PackedInputs.of(codes, InputType.feedForward(1), ROW))
        .hasMessageContaining("layer 'code' is EmbeddingLayer")
        .hasMessageContaining("use a DenseLayer of one-hot rows");
  }

  @Test
  void template_ofSeveralInputs_namesTheWay() {
    assertThatThrownBy(() -> NetworkTemplate.of(imageAndRow().configuration()))
        .hasMessageContaining("this one has 2")
        .hasMessageContaining(PackedInputs.class.getName());
  }
}
