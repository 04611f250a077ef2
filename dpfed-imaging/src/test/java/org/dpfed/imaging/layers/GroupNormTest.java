package org.dpfed.imaging.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

final class GroupNormTest {
  private static final InputType IMAGE = InputType.convolutional(6, 5, 2);

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .l2(0.1)
        .activation(Activation.TANH)
        .updater(new Sgd(0.05));
  }

  private static ConvolutionLayer convolution() {
    return new ConvolutionLayer.Builder(3, 3).nOut(4).activation(Activation.TANH).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static MultiLayerConfiguration list(Layer norm) {
    return builder().list(convolution(), norm, output()).setInputType(IMAGE).build();
  }

  private static ComputationGraphConfiguration graph() {
    return builder()
        .graphBuilder()
        .addInputs("image")
        .addLayer("convolution", convolution(), "image")
        .addLayer("norm", norm(), "convolution")
        .addLayer("output", output(), "norm")
        .setOutputs("output")
        .setInputTypes(IMAGE)
        .build();
  }

  private static GroupNorm norm() {
    return new GroupNorm(2, Activation.RELU);
  }

  private static MultiLayerNetwork network(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  private static ComputationGraph network(ComputationGraphConfiguration configuration) {
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return network;
  }

  private static DataSet examples(int n) {
    SplittableRandom random = new SplittableRandom(n);
    INDArray images = Nd4j.create(DataType.FLOAT, n, 2, 6, 5);
    for (int i = 0; i < images.length(); i++) {
      images.data().put(i, random.nextDouble(-1, 1));
    }
    INDArray labels = Nd4j.zeros(DataType.FLOAT, n, 3);
    for (int i = 0; i < n; i++) {
      labels.putScalar(i, i % 3, 1);
    }
    return new DataSet(images, labels);
  }

  @Test
  void init_always_putsGammaAndBetaIntoTheFlatVector() {
    MultiLayerNetwork network = network(list(norm()));
    assertThat(network.getLayer(1).numParams()).isEqualTo(8);
    assertThat(network.getLayer(1).params().toFloatVector())
        .containsExactly(1, 1, 1, 1, 0, 0, 0, 0);
    // 4·(2·3·3 + 1) of the convolution before it.
    assertThat(network.params().getFloat(76)).isEqualTo(1);
    network.params().putScalar(76, 5);
    assertThat(network.getLayer(1).getParam("gamma").getFloat(0)).isEqualTo(5);
  }

  @Test
  void output_trainingOrNot_isTheSame() {
    MultiLayerNetwork network = network(list(norm()));
    INDArray images = examples(4).getFeatures();
    assertThat(network.output(images, true)).isEqualTo(network.output(images, false));
  }

  @Test
  void output_ofAnExample_dependsOnNoOther() {
    MultiLayerNetwork network = network(list(norm()));
    INDArray images = examples(4).getFeatures();
    INDArray alone = network.output(images.get(NDArrayIndex.interval(0, 1)));
    assertThat(network.output(images).getRow(0, true).equalsWithEps(alone, 1e-6)).isTrue();
  }

  @Test
  void output_ofAGraph_isThatOfTheList() {
    INDArray images = examples(4).getFeatures();
    assertThat(network(graph()).output(images)[0]).isEqualTo(network(list(norm())).output(images));
  }

  static Stream<NeuralNetwork> networks() {
    return Stream.of(network(list(norm())), network(graph()));
  }

  /**
   * Along the gradient itself, where the loss changes most. The loss is about 1 and in float, so a
   * difference over 0.02 is right to some 1e-5, and its curvature adds 1e-3 of it.
   */
  @ParameterizedTest
  @MethodSource("networks")
  void gradient_ofANetwork_isTheNumericalOne(NeuralNetwork network) {
    DataSet examples = examples(6);
    INDArray parameters = network.params();
    INDArray before = parameters.dup();
    // One step of a rate of 1 shows the gradient; L2 does not apply to gamma and beta.
    double rate = 0.05;
    network.fit(examples);
    INDArray gradient = before.sub(parameters).divi(rate);
    INDArray along = gradient.div(gradient.norm2Number());
    double step = 0.01;
    parameters.assign(before.add(along.mul(step)));
    double above = score(network, examples);
    parameters.assign(before.sub(along.mul(step)));
    double below = score(network, examples);
    double slope = (above - below) / (2 * step);
    assertThat(slope / gradient.norm2Number().doubleValue()).isCloseTo(1, within(0.01));
  }

  private static double score(NeuralNetwork network, DataSet examples) {
    return network instanceof MultiLayerNetwork list
        ? list.score(examples)
        : ((ComputationGraph) network).score(examples);
  }

  @Test
  void json_thereAndBack_isTheSame() {
    MultiLayerConfiguration list = list(norm());
    assertThat(MultiLayerConfiguration.fromJson(list.toJson())).isEqualTo(list);
    ComputationGraphConfiguration graph = graph();
    assertThat(ComputationGraphConfiguration.fromJson(graph.toJson())).isEqualTo(graph);
    GroupNorm other = new GroupNorm(4, Activation.RELU);
    assertThat(MultiLayerConfiguration.fromJson(list.toJson())).isNotEqualTo(list(other));
  }

  @Test
  void modelSerializer_thereAndBack_isTheSame(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("model.zip");
    MultiLayerNetwork network = network(list(norm()));
    network.fit(examples(6));
    ModelSerializer.writeModel(network, file.toFile(), true);
    INDArray images = examples(4).getFeatures();
    assertThat(ModelSerializer.restoreMultiLayerNetwork(file.toFile()).output(images))
        .isEqualTo(network.output(images));
  }

  @Test
  void template_ofAnyNetwork_takesIt() {
    // 76 of the convolution, 8 of the norm, 48·3 + 3 of the output.
    assertThat(NetworkTemplate.of(list(norm())).dimension()).isEqualTo(76 + 8 + 147);
    assertThat(NetworkTemplate.of(graph()).dimension()).isEqualTo(76 + 8 + 147);
  }

  /** Trains clients after one another and side by side, and compares their updates to the bit. */
  @Test
  void check_ofAnyNetwork_findsNoStateBetweenClients() {
    for (NetworkTemplate template :
        List.of(NetworkTemplate.of(list(norm())), NetworkTemplate.of(graph()))) {
      new Dl4jClientTrainer(template, new LocalTraining(2, 4)).check(1);
    }
  }

  @Test
  void output_ofRowsOfPixels_isThatOfImages() {
    INDArray images = examples(4).getFeatures();
    MultiLayerNetwork flat =
        network(
            builder()
                .list(new GroupNorm(2, Activation.RELU), output())
                .setInputType(InputType.convolutionalFlat(6, 5, 2))
                .build());
    MultiLayerNetwork whole =
        network(
            builder()
                .list(new GroupNorm(2, Activation.RELU), output())
                .setInputType(IMAGE)
                .build());
    assertThat(flat.output(images.reshape(4, 60))).isEqualTo(whole.output(images));
  }

  @Test
  void output_ofAnotherOrderInMemory_isTheSame() {
    MultiLayerNetwork network = network(list(norm()));
    INDArray images = examples(4).getFeatures();
    assertThat(network.output(images.dup('f'))).isEqualTo(network.output(images));
  }

  @Test
  void init_whatItCannotDo_isRefused() {
    assertRefused(list(new GroupNorm(3, Activation.RELU)), "3 groups for 4 channels");
    assertRefused(list(new GroupNorm(0, Activation.RELU)), "0 groups for 4 channels");
    assertRefused(list(new GroupNorm(2, Activation.TANH)), "IDENTITY or RELU");
    GroupNorm norm = norm();
    norm.setEpsilon(0);
    assertRefused(list(norm), "epsilon");
    assertRefused(
        builder()
            .dataType(DataType.DOUBLE)
            .list(convolution(), norm(), output())
            .setInputType(IMAGE)
            .build(),
        "FLOAT");
    assertThatThrownBy(
            () -> builder().list(norm(), output()).setInputType(InputType.feedForward(4)).build())
        .hasMessageContaining("NCHW");
  }

  private static void assertRefused(MultiLayerConfiguration configuration, String problem) {
    assertThatThrownBy(() -> network(configuration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GroupNorm")
        .hasMessageContaining(problem);
  }
}
