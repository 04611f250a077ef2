package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** DL4J's activation layers overwrite what they are given; nobody's examples may change by that. */
final class UnchangedExamplesTest {
  private static final int EXAMPLES = 12;

  static Stream<Arguments> networks() {
    Stream<Arguments> activations =
        Stream.of(
                Activation.TANH,
                Activation.RELU,
                Activation.SIGMOID,
                Activation.SOFTPLUS,
                Activation.CUBE,
                Activation.RRELU,
                Activation.IDENTITY)
            .map(each -> list(each + " first", new ActivationLayer(each), Networks.hidden()));
    Stream<Arguments> others =
        Stream.of(
            list("dropout first", new DropoutLayer(0.8), Networks.hidden()),
            list("dense", Networks.hidden()),
            Arguments.of(
                "loss on scaled inputs",
                NetworkTemplate.of(
                    NetworkGuardTest.builder()
                        .list(
                            new ActivationLayer(Activation.TANH),
                            new ElementWiseMultiplicationLayer.Builder()
                                .nIn(Networks.INPUTS)
                                .nOut(Networks.INPUTS)
                                .build(),
                            new LossLayer.Builder(LossFunction.MSE)
                                .activation(Activation.TANH)
                                .build())
                        .setInputType(InputType.feedForward(Networks.INPUTS))
                        .build())),
            Arguments.of("graph", NetworkTemplate.of(Networks.graph(new Sgd(0.1)))),
            Arguments.of("graph with an activation beside", branched()));
    return Stream.concat(activations, others);
  }

  /** The branch without the activation must see the features as they came. */
  private static NetworkTemplate branched() {
    return NetworkTemplate.of(
        NetworkGuardTest.builder()
            .graphBuilder()
            .addInputs("in")
            .addLayer("squashed", new ActivationLayer(Activation.TANH), "in")
            .addVertex("sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "squashed", "in")
            .addLayer("out", Networks.output(), "sum")
            .setOutputs("out")
            .setInputTypes(InputType.feedForward(Networks.INPUTS))
            .build());
  }

  private static Arguments list(String name, Layer... hidden) {
    Layer[] layers =
        Stream.concat(Stream.of(hidden), Stream.of(Networks.output())).toArray(Layer[]::new);
    return Arguments.of(
        name,
        NetworkTemplate.of(
            NetworkGuardTest.builder()
                .list(layers)
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void forwardPass_anyFirstLayer_leavesExamplesAndRepeatsItself(
      String name, NetworkTemplate template) {
    ForwardPass pass = new ForwardPass(template.network(template.initialParameters()));
    DataSet examples = examples(template);
    DataSet before = examples.copy();
    INDArray outputs = pass.outputs(examples).dup();
    double loss = pass.meanLoss(examples);
    pass.activationBytes(examples);
    assertThat(pass.outputs(examples)).isEqualTo(outputs);
    assertThat(pass.meanLoss(examples)).isEqualTo(loss);
    assertUnchanged(examples, before);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void evaluate_anyFirstLayer_leavesHeldOutRowsAndRepeatsItself(
      String name, NetworkTemplate template) {
    DataSet examples = examples(template);
    DataSet before = examples.copy();
    ForwardPass pass = new ForwardPass(template.network(template.initialParameters()));
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, examples)) {
      var first = evaluator.evaluate(template.initialParameters());
      assertThat(evaluator.evaluate(template.initialParameters())).isEqualTo(first);
      double loss = pass.meanLoss(before.copy());
      // Multiplied by the number of examples and divided again: two roundings.
      assertThat(first.loss()).isCloseTo(loss, within(2 * Math.ulp(loss)));
    }
    assertUnchanged(examples, before);
  }

  /** In one batch and in several, with fast layers and with DL4J's; the client is a view. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void train_anyFirstLayer_leavesTheMemoryOfAllClients(String name, NetworkTemplate template) {
    DataSet all = examples(template);
    DataSet before = all.copy();
    INDArray global = template.initialParameters();
    INDArray globalBefore = global.dup();
    for (LayerImplementation layers : LayerImplementation.values()) {
      for (int batchSize : List.of(3, EXAMPLES)) {
        LocalTraining local = new LocalTraining(2, batchSize);
        try (Dl4jWorker worker = new Dl4jWorker(template.localNetwork(layers), local)) {
          worker.train(global, all, 1);
          worker.train(global, rows(all, 2, 7), 1);
        }
      }
    }
    assertUnchanged(all, before);
    assertThat(global).isEqualTo(globalBefore);
  }

  private static DataSet rows(DataSet all, int from, int to) {
    return new DataSet(
        all.getFeatures().get(NDArrayIndex.interval(from, to), NDArrayIndex.all()),
        all.getLabels().get(NDArrayIndex.interval(from, to), NDArrayIndex.all()));
  }

  private static DataSet examples(NetworkTemplate template) {
    DataSet examples = Networks.examples(EXAMPLES, 3);
    boolean isLossOnInputs = template.dimension() == 2 * Networks.INPUTS;
    return isLossOnInputs
        ? new DataSet(examples.getFeatures(), examples.getFeatures().mul(0.5))
        : examples;
  }

  private static void assertUnchanged(DataSet examples, DataSet before) {
    assertThat(examples.getFeatures()).isEqualTo(before.getFeatures());
    assertThat(examples.getLabels()).isEqualTo(before.getLabels());
  }
}
