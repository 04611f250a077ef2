package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Trap 22: state that a reset does not know. It is found on the network itself, wherever it is
 * kept.
 */
final class NetworkGuardTest {
  private static final LocalTraining ONE_EPOCH = new LocalTraining(1, 10);

  static Stream<Arguments> driftingNetworks() {
    Stream<Drift> kept =
        Stream.of(new Drift.Counter(), new Drift.SeededRandom(), new Drift.ThreadCounter());
    Stream<Drift> shared = Stream.of(new Drift.StaticCounter(), new Drift.UnseededRandom());
    return Stream.concat(
        kept.flatMap(drift -> places(drift, "after another")),
        shared.flatMap(drift -> places(drift, "on two fresh networks")));
  }

  private static Stream<Arguments> places(Drift drift, String message) {
    return Stream.of(
            network(new Drift.InLayer(drift), mse()),
            network(dense().build(), new OutputLayer.Builder(new Drift.InLoss(drift)).nOut(2)),
            network(dense().activation(new Drift.InActivation(drift)).build(), mse()),
            network(dense().dropOut(new Drift.InDropout(drift)).build(), mse()),
            network(dense().weightNoise(new Drift.InWeightNoise(drift)).build(), mse()))
        .map(configuration -> Arguments.of(configuration, message));
  }

  @ParameterizedTest
  @MethodSource("driftingNetworks")
  void check_stateInUsersOwnClasses_isRefused(
      MultiLayerConfiguration configuration, String message) {
    assertThatThrownBy(() -> check(configuration, ONE_EPOCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("parameter W");
  }

  static Stream<Arguments> ocnn() {
    return IntStream.of(4, 8, 16, 50)
        .boxed()
        .flatMap(
            window ->
                IntStream.of(1, 4, 10, 100)
                    .boxed()
                    .filter(batch -> Math.min(batch, 16) <= window)
                    .flatMap(
                        batch ->
                            IntStream.of(2, 3, 5).mapToObj(e -> Arguments.of(window, batch, e))));
  }

  /** Its window of scores goes from one client to the next, and into r when an epoch begins. */
  @ParameterizedTest(name = "window {0}, batch {1}, epochs {2}")
  @MethodSource("ocnn")
  void check_ocnnOutputLayer_isRefused(int window, int batch, int epochs) {
    assertThatThrownBy(() -> check(ocnn(window), new LocalTraining(epochs, batch)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("after another");
  }

  @ParameterizedTest
  @EnumSource(
      value = OptimizationAlgorithm.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "STOCHASTIC_GRADIENT_DESCENT")
  void check_solversWithMemory_areRefusedByNameAndByTraining(OptimizationAlgorithm algorithm) {
    MultiLayerConfiguration configuration =
        builder()
            .optimizationAlgo(algorithm)
            .list(dense().build(), Networks.output())
            .setInputType(InputType.feedForward(5))
            .build();
    assertThatThrownBy(() -> NetworkTemplate.of(configuration))
        .hasMessageContaining(algorithm.name())
        .hasMessageContaining("STOCHASTIC_GRADIENT_DESCENT");
    NetworkTemplate unchecked = NetworkTemplate.uncheckedByName(configuration);
    assertThatThrownBy(() -> new Dl4jClientTrainer(unchecked, ONE_EPOCH).check(1))
        .hasMessageContaining("after another");
  }

  static Stream<Arguments> soundNetworks() {
    return ProbedNetworks.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("soundNetworks")
  void check_soundNetworks_pass(String name, NetworkTemplate template) {
    assertThatCode(() -> new Dl4jClientTrainer(template, new LocalTraining(2, 10)).check(1))
        .doesNotThrowAnyException();
  }

  @Test
  void newWorker_withoutARun_isCheckedToo() {
    Dl4jClientTrainer trainer =
        new Dl4jClientTrainer(
            NetworkTemplate.of(network(new Drift.InLayer(new Drift.Counter()), mse())), ONE_EPOCH);
    assertThatThrownBy(trainer::newWorker).hasMessageContaining("after another");
    // And again: a refusal is not forgotten.
    assertThatThrownBy(trainer::newWorker).hasMessageContaining("after another");
  }

  @Test
  void check_networkThatCannotTakeAStep_saysWhatFailed() {
    MultiLayerConfiguration withoutLoss =
        builder()
            .list(dense().build(), dense().build())
            .setInputType(InputType.feedForward(5))
            .build();
    assertThatThrownBy(() -> check(withoutLoss, ONE_EPOCH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be trained")
        .hasMessageContaining("withProbe");
  }

  @Test
  void check_unknownInputs_asksForAProbeAndTakesIt() {
    NetworkTemplate template =
        NetworkTemplate.of(
            builder()
                .list(dense().nIn(4).build(), mse().nIn(8).build())
                .inputPreProcessor(0, new Doubling())
                .build());
    Dl4jClientTrainer trainer = new Dl4jClientTrainer(template, ONE_EPOCH);
    assertThatThrownBy(() -> trainer.check(1)).hasMessageContaining("withProbe");
    assertThatCode(() -> trainer.withProbe(Networks.examples(12, 3)).check(1))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> trainer.withProbe(Networks.examples(1, 3)))
        .hasMessageContaining("at least 2");
  }

  @Test
  void check_givenProbe_findsStateToo() {
    NetworkTemplate template =
        NetworkTemplate.of(
            builder()
                .list(new Drift.InLayer(new Drift.Counter()), mse().build())
                .setInputType(InputType.feedForward(Networks.INPUTS))
                .build());
    assertThatThrownBy(
            () ->
                new Dl4jClientTrainer(template, ONE_EPOCH)
                    .withProbe(Networks.examples(2, 3))
                    .check(1))
        .hasMessageContaining("after another");
  }

  @Test
  void check_probeOfVolumes_isTaken() {
    NetworkTemplate template =
        NetworkTemplate.of(
            builder()
                .list(
                    new Convolution3D.Builder(2, 2, 2).nOut(3).build(),
                    new GlobalPoolingLayer(PoolingType.AVG),
                    Networks.output())
                .setInputType(InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 4, 5, 6, 2))
                .build());
    DataSet probe = new DataSet(Nd4j.rand(6, 2, 4, 5, 6), Networks.examples(6, 3).getLabels());
    assertThatCode(() -> new Dl4jClientTrainer(template, ONE_EPOCH).withProbe(probe).check(1))
        .doesNotThrowAnyException();
  }

  /** Each fails inside DL4J 1.0.0-M2.1, on an index or a null. */
  static Stream<Arguments> networksThatDl4jCannotMake() {
    Supplier<NetworkTemplate> updater = () -> NetworkTemplate.of(Networks.mlp(new AdaBelief(0.01)));
    Supplier<NetworkTemplate> shapeless =
        () -> NetworkTemplate.of(network(new PReLULayer.Builder().build(), mse()));
    Supplier<NetworkTemplate> frozenVertex =
        () ->
            NetworkTemplate.of(
                builder()
                    .graphBuilder()
                    .addInputs("in")
                    .addVertex(
                        "frozen",
                        new FrozenVertex(
                            new LayerVertex(
                                new NeuralNetConfiguration.Builder()
                                    .layer(dense().nIn(5).build())
                                    .build(),
                                null)),
                        "in")
                    .addLayer("out", Networks.output(), "frozen")
                    .setOutputs("out")
                    .build());
    return Stream.of(
        Arguments.of("AdaBelief", updater),
        Arguments.of("PReLU without a shape", shapeless),
        Arguments.of("frozen vertex", frozenVertex));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networksThatDl4jCannotMake")
  void check_networkThatDl4jCannotMake_isRefusedInASentence(
      String name, Supplier<NetworkTemplate> template) {
    assertThatThrownBy(() -> new Dl4jClientTrainer(template.get(), ONE_EPOCH).check(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Deeplearning4j cannot train this network");
  }

  /** DL4J's clone() would let both workers write one array of slopes. */
  @Test
  void configurationCopy_stateOfActivations_isNotShared() {
    MultiLayerConfiguration original =
        builder()
            .list(dense().activation(Activation.RRELU).build(), Networks.output())
            .setInputType(InputType.feedForward(5))
            .build();
    assertThat(activation(original.clone())).isSameAs(activation(original));
    assertThat(activation(ConfigurationCopy.of(original))).isNotSameAs(activation(original));
    assertThat(ConfigurationCopy.of(original).toJson()).isEqualTo(original.toJson());
  }

  private static Object activation(MultiLayerConfiguration configuration) {
    return ((DenseLayer) configuration.getConf(0).getLayer()).getActivationFn();
  }

  private static void check(MultiLayerConfiguration configuration, LocalTraining local) {
    new Dl4jClientTrainer(NetworkTemplate.of(configuration), local).check(1);
  }

  static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder().seed(1).updater(new Nesterovs(0.1, 0.9));
  }

  private static DenseLayer.Builder dense() {
    return new DenseLayer.Builder().nOut(8).activation(Activation.TANH);
  }

  private static OutputLayer.Builder mse() {
    return new OutputLayer.Builder(LossFunction.MSE).nOut(2).activation(Activation.IDENTITY);
  }

  private static MultiLayerConfiguration network(Layer hidden, OutputLayer.Builder output) {
    return builder()
        .list(hidden, output.activation(Activation.IDENTITY).build())
        .setInputType(InputType.feedForward(5))
        .build();
  }

  private static MultiLayerConfiguration ocnn(int window) {
    return new NeuralNetConfiguration.Builder()
        .seed(1)
        .updater(new Sgd(0.1))
        .list(
            dense().build(),
            new OCNNOutputLayer.Builder()
                .nIn(8)
                .hiddenLayerSize(4)
                .nu(0.1)
                .initialRValue(0.5)
                .windowSize(window)
                .activation(Activation.SIGMOID)
                .build())
        .setInputType(InputType.feedForward(5))
        .build();
  }
}
