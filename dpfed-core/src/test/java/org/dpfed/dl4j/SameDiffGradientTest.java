package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.samediff.SDVertexParams;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaLayer;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffLambdaVertex;
import org.deeplearning4j.nn.conf.layers.samediff.SameDiffVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Trap 24: DL4J's SameDiff layers double the gradients of what lies below them. */
final class SameDiffGradientTest {
  /** Gives its input back, so that its gradient is known. */
  private static final class Same extends SameDiffLambdaLayer {
    @Override
    public SDVariable defineLayer(SameDiff sameDiff, SDVariable input) {
      return input.mul(1.0);
    }

    @Override
    public InputType getOutputType(int layerIndex, InputType inputType) {
      return inputType;
    }
  }

  private static final class Doubled extends SameDiffVertex {
    @Override
    public SDVariable defineVertex(
        SameDiff sameDiff,
        Map<String, SDVariable> inputs,
        Map<String, SDVariable> parameters,
        Map<String, SDVariable> masks) {
      return Objects.requireNonNull(inputs.get("in")).mul(2.0);
    }

    @Override
    public void defineParametersAndInputs(SDVertexParams parameters) {
      parameters.defineInputs("in");
    }

    @Override
    public void initializeParameters(Map<String, INDArray> parameters) {}

    @Override
    public GraphVertex clone() {
      return new Doubled();
    }
  }

  private static final class NegativeVertex extends SameDiffLambdaVertex {
    @Override
    public SDVariable defineVertex(SameDiff sameDiff, VertexInputs inputs) {
      return sameDiff.math().neg(inputs.getInput(0));
    }
  }

  /**
   * The reason for the refusal. In doubles, so a central difference of step 1e-4 is right to about
   * 1e-8 of gradients of order 1e-2. Should a new release of DL4J make this test fail, the refusal
   * can go.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void gradient_belowSameDiffLayers_isTwiceTooLargeForEach(int count) {
    MultiLayerNetwork network = new MultiLayerNetwork(layers(count));
    network.init();
    assertThat(excess(network)).isCloseTo(Math.pow(2, count), within(1e-4));
  }

  /** As {@link #gradient_belowSameDiffLayers_isTwiceTooLargeForEach}. */
  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "lambda", "lambda plain", "lambda plain plain"})
  void gradient_belowSameDiffVertices_isTwiceTooLargeForEach(String kinds) {
    int count = kinds.isEmpty() ? 0 : kinds.split(" ").length;
    ComputationGraph network = new ComputationGraph(graph(kinds));
    network.init();
    assertThat(excess(network)).isCloseTo(Math.pow(2, count), within(1e-4));
  }

  /** The gradient at the first parameter over the numerical one. */
  private static double excess(NeuralNetwork network) {
    DataSet examples = Networks.examples(6, 1);
    INDArray features = examples.getFeatures().castTo(DataType.DOUBLE);
    INDArray labels = examples.getLabels().castTo(DataType.DOUBLE);
    // The network's gradient is a sum over the examples, its score a mean.
    double claimed = gradient(network, features, labels).getDouble(0) / 6;
    double step = 1e-4;
    double first = network.params().getDouble(0);
    network.params().putScalar(0, first + step);
    double above = score(network, new DataSet(features, labels));
    network.params().putScalar(0, first - step);
    double below = score(network, new DataSet(features, labels));
    return claimed / ((above - below) / (2 * step));
  }

  private static INDArray gradient(NeuralNetwork network, INDArray features, INDArray labels) {
    if (network instanceof MultiLayerNetwork list) {
      list.setInput(features);
      list.setLabels(labels);
      list.computeGradientAndScore();
      return list.gradient().gradient();
    }
    ComputationGraph graph = (ComputationGraph) network;
    graph.setInput(0, features);
    graph.setLabel(0, labels);
    graph.computeGradientAndScore();
    return graph.gradient().gradient();
  }

  private static double score(NeuralNetwork network, DataSet examples) {
    return network instanceof MultiLayerNetwork list
        ? list.score(examples)
        : ((ComputationGraph) network).score(examples);
  }

  @Test
  void of_sameDiffLayers_areRefusedByName() {
    assertThatThrownBy(
            () ->
                NetworkTemplate.of(
                    NetworkGuardTest.builder()
                        .list(new DenseLayer.Builder().nOut(3).build(), new Same(), output())
                        .setInputType(InputType.feedForward(4))
                        .build()))
        .hasMessageContaining("'layer1'")
        .hasMessageContaining("SameDiff");
    assertThatThrownBy(
            () ->
                NetworkTemplate.of(
                    NetworkGuardTest.builder()
                        .list(
                            new LastTimeStep(
                                new LearnedSelfAttentionLayer.Builder()
                                    .nOut(3)
                                    .nHeads(1)
                                    .projectInput(true)
                                    .nQueries(2)
                                    .build()),
                            output())
                        .setInputType(InputType.recurrent(4, 6))
                        .build()))
        .hasMessageContaining("LearnedSelfAttentionLayer");
    assertThatThrownBy(
            () ->
                NetworkTemplate.of(
                    NetworkGuardTest.builder()
                        .list(
                            new DenseLayer.Builder().nOut(3).build(),
                            new FrozenLayerWithBackprop(new Same()),
                            output())
                        .setInputType(InputType.feedForward(4))
                        .build()))
        .hasMessageContaining("SameDiff");
  }

  /** The last one fails in DL4J's backward pass, without a word of what is wrong. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "lambda", "frozen"})
  void of_sameDiffVertex_isRefusedByName(String kind) {
    ComputationGraphConfiguration configuration = graph(kind);
    configuration.setDataType(DataType.FLOAT);
    assertThatThrownBy(() -> NetworkTemplate.of(configuration))
        .hasMessageContaining("vertex 'vertex0' is ")
        .hasMessageContaining("SameDiff");
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MSE)
        .activation(Activation.IDENTITY)
        .nOut(2)
        .build();
  }

  private static MultiLayerConfiguration layers(int count) {
    var list =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .dataType(DataType.DOUBLE)
            .updater(new Sgd(0.1))
            .list()
            .layer(new DenseLayer.Builder().nOut(3).activation(Activation.TANH).build());
    for (int i = 0; i < count; i++) {
      list.layer(new Same());
    }
    return list.layer(output()).setInputType(InputType.feedForward(4)).build();
  }

  /**
   * @param kinds of the vertices, one after another; as text, since even printing a vertex breaks
   *     it
   */
  private static ComputationGraphConfiguration graph(String kinds) {
    var graph =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .dataType(DataType.DOUBLE)
            .updater(new Sgd(0.1))
            .graphBuilder()
            .addInputs("in")
            .addLayer(
                "hidden",
                new DenseLayer.Builder().nIn(4).nOut(3).activation(Activation.TANH).build(),
                "in");
    String last = "hidden";
    int count = 0;
    for (String kind : kinds.isEmpty() ? new String[0] : kinds.split(" ")) {
      String name = "vertex" + count++;
      graph.addVertex(name, vertex(kind), last);
      last = name;
    }
    OutputLayer output = output();
    output.setNIn(3);
    return graph.addLayer("out", output, last).setOutputs("out").build();
  }

  private static GraphVertex vertex(String kind) {
    return switch (kind) {
      case "plain" -> new Doubled();
      case "lambda" -> new NegativeVertex();
      default -> new FrozenVertex(new Doubled());
    };
  }
}
