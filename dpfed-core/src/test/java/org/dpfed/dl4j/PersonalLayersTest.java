package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.federated.ClientTrainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Layers whose parameters stay with the client. */
final class PersonalLayersTest {
  /** Parameters of the layers of {@link #network}: 4 · 6 + 6, 6 · 5 + 5, 5 · 2 + 2. */
  private static final int[] SIZES = {30, 35, 12};

  private static final LocalTraining PERSONAL = new LocalTraining(2, 3).withPersonalSteps(4);

  @Test
  void withPersonal_anyLayer_sharesTheOthersInTheirOrder() {
    NetworkTemplate all = NetworkTemplate.of(network(new Sgd(0.1)));
    float[] initial = all.initialParameters().toFloatVector();
    assertThat(all.trainedLayers()).containsExactly("layer0", "layer1", "layer2");
    assertThat(all.trainedLayers(OutputLayer.class)).containsExactly("layer2");
    NetworkTemplate middle = all.withPersonal("layer1");
    assertThat(middle.dimension()).isEqualTo(42);
    assertThat(middle.personalDimension()).isEqualTo(35);
    assertThat(middle.layerSizes()).containsExactly(30, 12);
    assertThat(middle.personalLayers()).containsExactly("layer1");
    assertThat(middle.initialParameters().toFloatVector())
        .containsExactly(without(initial, 30, 65));
    NetworkTemplate two = all.withPersonal("layer2", "layer0");
    assertThat(two.layerSizes()).containsExactly(35);
    assertThat(two.personalLayers()).containsExactly("layer0", "layer2");
    assertThat(two.initialParameters().toFloatVector())
        .containsExactly(Arrays.copyOfRange(initial, 30, 65));
    assertThat(all.personalLayers()).isEmpty();
    assertThat(all.personalDimension()).isZero();
  }

  @Test
  void network_sharedParametersChanged_personalOnesKeepTheirInitialBits() {
    NetworkTemplate template = NetworkTemplate.of(network(new Sgd(0.1))).withPersonal("layer1");
    float[] initial = template.allInitialParameters();
    try (INDArray shared = template.initialParameters().addi(1)) {
      float[] released = template.network(shared).params().toFloatVector();
      for (int i = 0; i < initial.length; i++) {
        boolean isPersonal = i >= 30 && i < 65;
        assertThat(released[i]).isEqualTo(isPersonal ? initial[i] : initial[i] + 1);
      }
    }
  }

  @Test
  void withPersonal_impossibleChoices_areRefusedWithTheKnownLayers() {
    NetworkTemplate all = NetworkTemplate.of(network(new Sgd(0.1)));
    assertThatThrownBy(() -> all.withPersonal("head"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "personal layer 'head' is none that is trained; those are layer0, layer1, layer2");
    assertThatThrownBy(() -> all.withPersonal("layer2", "layer1", "layer0"))
        .hasMessageContaining("must leave a layer to share");
    assertThatThrownBy(all::withPersonal).hasMessageContaining("at least one of layer0");
    NetworkTemplate frozen =
        NetworkTemplate.of(
            network(new Sgd(0.1), layer -> {}, new FrozenLayerWithBackprop(dense(6))));
    assertThatThrownBy(() -> frozen.withPersonal("layer0"))
        .hasMessageContaining("those are layer1, layer2");
  }

  @Test
  void trainer_stepsWithoutPersonalLayersOrTheOtherWayRound_areRefused() {
    NetworkTemplate all = NetworkTemplate.of(network(new Sgd(0.1)));
    assertThatThrownBy(() -> new Dl4jClientTrainer(all, PERSONAL))
        .hasMessageContaining("personalSteps must be 0");
    assertThatThrownBy(
            () -> new Dl4jClientTrainer(all.withPersonal("layer2"), new LocalTraining(1, 3)))
        .hasMessageContaining("personalSteps must be at least 1");
    assertThatThrownBy(() -> new LocalTraining(1, 3).withPersonalSteps(-1))
        .hasMessageContaining("personalSteps must be at least 0, was -1");
  }

  @Test
  void identity_otherLayersOrSteps_isAnother() {
    NetworkTemplate all = NetworkTemplate.of(network(new Sgd(0.1)));
    Stream<Dl4jClientTrainer> trainers =
        Stream.of(
            new Dl4jClientTrainer(all, PERSONAL.withPersonalSteps(0)),
            new Dl4jClientTrainer(all.withPersonal("layer2"), PERSONAL),
            new Dl4jClientTrainer(all.withPersonal("layer1"), PERSONAL),
            new Dl4jClientTrainer(all.withPersonal("layer2"), PERSONAL.withPersonalSteps(5)));
    assertThat(trainers.map(Dl4jClientTrainer::identity)).doesNotHaveDuplicates();
  }

  /**
   * One step of each kind by DL4J alone: the first of all layers, of which only the output layer is
   * kept; the second from there, of which only the others are the delta.
   */
  @Test
  void train_oneStepOfEach_isWhatPlainDl4jDoesLayerByLayer() {
    MultiLayerConfiguration configuration = network(new Sgd(0.5));
    DataSet examples = Networks.examples(9, 4);
    MultiLayerNetwork plain = new MultiLayerNetwork(configuration.clone());
    plain.init();
    float[] initial = plain.params().toFloatVector();
    plain.fit(examples);
    float[] adapted = initial.clone();
    System.arraycopy(plain.params().toFloatVector(), 65, adapted, 65, SIZES[2]);
    plain.setParams(org.nd4j.linalg.factory.Nd4j.createFromArray(adapted));
    plain.fit(examples);
    float[] expected = new float[65];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = plain.params().getFloat(i) - initial[i];
    }
    NetworkTemplate template = NetworkTemplate.of(configuration).withPersonal("layer2");
    LocalTraining local = new LocalTraining(1, 9).withPersonalSteps(1);
    assertThat(delta(template, local, LayerImplementation.DL4J, examples)).isEqualTo(expected);
    // As in Dl4jClientTrainerTest: sums of at most 9 products of order 1, by half an ulp each.
    assertThat(delta(template, local, LayerImplementation.FAST, examples))
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(expected);
  }

  static Stream<Arguments> networks() {
    return Stream.of(
        Arguments.of("SGD", network(new Sgd(0.2))),
        Arguments.of("momentum", network(new Nesterovs(0.1, 0.9))),
        Arguments.of("Adam", network(new Adam(0.05))),
        Arguments.of(
            "a schedule",
            network(new Sgd(new ExponentialSchedule(ScheduleType.ITERATION, 0.5, 0.5)))),
        Arguments.of("weight decay", network(new Adam(0.05), conf -> conf.weightDecay(0.1))),
        Arguments.of(
            "normalised gradients",
            network(
                new Sgd(0.2),
                conf ->
                    conf.gradientNormalization(GradientNormalization.ClipL2PerLayer)
                        .gradientNormalizationThreshold(0.05))),
        Arguments.of(
            "a constraint",
            network(
                new Sgd(0.2), conf -> conf.constrainAllParameters(new MaxNormConstraint(0.3, 1)))));
  }

  /** While personal ones train nothing else moves, and while shared ones train they do not. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void steps_onOnePart_leaveTheBitsOfAllOthers(String name, MultiLayerConfiguration conf) {
    NetworkTemplate template = NetworkTemplate.of(conf).withPersonal("layer1");
    DataSet examples = Networks.examples(7, 2);
    for (LayerImplementation layers : LayerImplementation.values()) {
      try (LocalNetwork network = template.localNetwork(layers);
          INDArray global = template.initialParameters()) {
        network.reset(global, 1, 3);
        float[] before = parameters(network);
        network.trainPersonal();
        steps(network, examples);
        float[] adapted = parameters(network);
        assertThat(without(adapted, 30, 65)).isEqualTo(without(before, 30, 65));
        assertThat(Arrays.copyOfRange(adapted, 30, 65))
            .isNotEqualTo(Arrays.copyOfRange(before, 30, 65));
        network.trainShared();
        steps(network, examples);
        float[] after = parameters(network);
        assertThat(Arrays.copyOfRange(after, 30, 65))
            .isEqualTo(Arrays.copyOfRange(adapted, 30, 65));
        assertThat(without(after, 30, 65)).isNotEqualTo(without(adapted, 30, 65));
      }
    }
  }

  /** Without weight decay, by which DL4J moves frozen layers too. */
  static Stream<Arguments> networksThatCanBeFrozen() {
    return networks().filter(each -> !each.get()[0].equals("weight decay"));
  }

  /** An updater's state, schedule and normalisation of a layer do not depend on the held ones. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("networksThatCanBeFrozen")
  void steps_onTheLastLayer_areThoseOfANetworkWithTheOthersFrozen(
      String name, MultiLayerConfiguration conf) {
    MultiLayerConfiguration frozenConf = conf.clone();
    for (int i = 0; i < 2; i++) {
      var layer = frozenConf.getConf(i);
      Layer wrapped = new FrozenLayerWithBackprop(layer.getLayer());
      wrapped.setLayerName("layer" + i);
      layer.setLayer(wrapped);
    }
    NetworkTemplate template = NetworkTemplate.of(conf).withPersonal("layer2");
    NetworkTemplate frozen = NetworkTemplate.of(frozenConf);
    DataSet examples = Networks.examples(7, 2);
    try (LocalNetwork network = template.localNetwork(LayerImplementation.DL4J);
        LocalNetwork other = frozen.localNetwork(LayerImplementation.DL4J);
        INDArray global = template.initialParameters();
        INDArray head = frozen.initialParameters()) {
      network.reset(global, 1, 3);
      network.trainPersonal();
      steps(network, examples);
      other.reset(head, 1, 3);
      steps(other, examples);
      assertThat(parameters(network)).isEqualTo(parameters(other));
    }
  }

  @ParameterizedTest
  @EnumSource(LayerImplementation.class)
  void train_afterAnotherClient_givesTheBitsOfTrainingAlone(LayerImplementation layers) {
    DataSet a = Networks.examples(10, 1);
    DataSet b = Networks.examples(8, 2);
    for (IUpdater updater : List.of(new Sgd(0.2), new Adam(0.05))) {
      for (NetworkTemplate template :
          List.of(
              NetworkTemplate.of(Networks.mlp(updater)).withPersonal("layer1"),
              NetworkTemplate.of(network(updater)).withPersonal("layer1"),
              NetworkTemplate.of(Networks.graph(updater)).withPersonal("out"))) {
        assertThat(delta(template, PERSONAL, layers, a, b))
            .isEqualTo(delta(template, PERSONAL, layers, b))
            .isNotEqualTo(delta(template, PERSONAL, layers, a));
      }
    }
  }

  @Test
  void train_morePersonalSteps_changeTheDeltaOfTheShared() {
    NetworkTemplate template = NetworkTemplate.of(network(new Sgd(0.5))).withPersonal("layer2");
    DataSet examples = Networks.examples(10, 1);
    assertThat(delta(template, PERSONAL, LayerImplementation.FAST, examples))
        .hasSize(65)
        .isNotEqualTo(
            delta(template, PERSONAL.withPersonalSteps(9), LayerImplementation.FAST, examples));
  }

  @Test
  void notes_personalLayers_sayWhatStays() {
    NetworkTemplate template = NetworkTemplate.of(network(new Sgd(0.5))).withPersonal("layer2");
    assertThat(new Dl4jClientTrainer(template, PERSONAL).notes())
        .singleElement()
        .asString()
        .contains("layer2", "12, beside 65 that are shared");
  }

  private static DenseLayer dense(int units) {
    return new DenseLayer.Builder().nOut(units).activation(Activation.TANH).build();
  }

  private static MultiLayerConfiguration network(IUpdater updater) {
    return network(updater, conf -> {});
  }

  private static MultiLayerConfiguration network(
      IUpdater updater, Consumer<NeuralNetConfiguration.Builder> settings) {
    return network(updater, settings, dense(6));
  }

  private static MultiLayerConfiguration network(
      IUpdater updater, Consumer<NeuralNetConfiguration.Builder> settings, Layer first) {
    NeuralNetConfiguration.Builder conf =
        new NeuralNetConfiguration.Builder().seed(5).dataType(DataType.FLOAT).updater(updater);
    settings.accept(conf);
    return conf.list(first, dense(5), Networks.output())
        .setInputType(InputType.feedForward(Networks.INPUTS))
        .build();
  }

  private static float[] without(float[] values, int from, int to) {
    float[] rest = Arrays.copyOf(values, values.length - (to - from));
    System.arraycopy(values, to, rest, from, values.length - to);
    return rest;
  }

  private static float[] parameters(LocalNetwork network) {
    return network.model().params().toFloatVector();
  }

  private static void steps(LocalNetwork network, DataSet examples) {
    for (int epoch = 0; epoch < 2; epoch++) {
      for (Batches.Batch batch : new Batches(examples, 3, 100, 6).nextEpoch()) {
        network.step(batch);
      }
    }
  }

  /** Trains the clients one after another in one worker and gives the last one's delta. */
  private static float[] delta(
      NetworkTemplate template, LocalTraining local, LayerImplementation layers, DataSet... all) {
    float[] delta = {};
    Dl4jClientTrainer trainer = new Dl4jClientTrainer(template, local, layers);
    try (ClientTrainer.Worker worker = trainer.newWorker();
        INDArray global = trainer.initialParameters()) {
      for (int i = 0; i < all.length; i++) {
        // The last client has the same seed however many came before it.
        long seed = i == all.length - 1 ? 77 : i;
        delta = worker.train(global, all[i], seed).delta().toFloatVector();
      }
    }
    return delta;
  }
}
