package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.graph.FrozenVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.RampSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * What counts as fixed is what DL4J does not move. Each network is trained by plain DL4J, and every
 * parameter's movement is compared with the answer from the configuration.
 */
final class FixedParametersTest {
  private static final InputType FIVE = InputType.feedForward(5);
  private static final InputType SEQUENCE = InputType.recurrent(4);

  static Stream<Arguments> networks() {
    return Stream.of(
        rows("all trained", List.of(), dense().build()),
        rows("rate 0", List.of("W", "b"), dense().updater(new Sgd(0)).build()),
        rows("Adam(0)", List.of("W", "b"), dense().updater(new Adam(0)).build()),
        rows("Nesterovs(0)", List.of("W", "b"), dense().updater(new Nesterovs(0, 0.9)).build()),
        rows("AdaMax(0)", List.of("W", "b"), dense().updater(new AdaMax(0)).build()),
        rows("AMSGrad(0)", List.of("W", "b"), dense().updater(new AMSGrad(0)).build()),
        rows("Nadam(0)", List.of("W", "b"), dense().updater(new Nadam(0)).build()),
        rows("AdaGrad(0)", List.of("W", "b"), dense().updater(new AdaGrad(0)).build()),
        rows("Adam(0) of the bias", List.of("b"), dense().biasUpdater(new Adam(0)).build()),
        rows("RmsProp(0)", List.of("W", "b"), dense().updater(new RmsProp(0)).build()),
        rows("AdaDelta has no rate", List.of(), dense().updater(new AdaDelta()).build()),
        rows("bias rate 0", List.of("b"), dense().biasUpdater(new Sgd(0)).build()),
        rows(
            "weights' rate 0",
            List.of("W"),
            dense().updater(new Sgd(0)).biasUpdater(new Sgd(0.1)).build()),
        rows("fixed schedule 0", List.of("W", "b"), scheduled(new FixedSchedule(0))),
        rows(
            "decay of 0",
            List.of("W", "b"),
            scheduled(new ExponentialSchedule(ScheduleType.ITERATION, 0, 0.9))),
        rows("ramp to 0", List.of("W", "b"), scheduled(new RampSchedule(new FixedSchedule(0), 10))),
        rows(
            "0 at first",
            List.of(),
            scheduled(new MapSchedule(ScheduleType.ITERATION, Map.of(0, 0.0, 1, 0.1)))),
        rows("rate 0 and l2", List.of("W", "b"), dense().updater(new Sgd(0)).l2(0.1).build()),
        rows(
            "rate 0 and weight decay by rate",
            List.of("W", "b"),
            dense().updater(new Sgd(0)).weightDecay(0.1, true).build()),
        rows(
            "rate 0 and weight decay",
            List.of("b"),
            dense().updater(new Sgd(0)).weightDecay(0.1, false).build()),
        rows(
            "rate 0 and a constraint",
            List.of("b"),
            dense().updater(new Sgd(0)).constrainWeights(new MaxNormConstraint(0.01, 1)).build()),
        rows("frozen", List.of("W", "b"), new FrozenLayer(dense().build())),
        rows("frozen with l2", List.of("W", "b"), new FrozenLayer(dense().l2(0.1).build())),
        rows(
            "frozen with backprop",
            List.of("W", "b"),
            new FrozenLayerWithBackprop(dense().build())),
        rows(
            "frozen with backprop and l2",
            List.of("b"),
            new FrozenLayerWithBackprop(dense().l2(0.1).build())),
        rows("before a frozen one", List.of("W", "b"), dense().build(), frozenDense()),
        rows("before a frozen one, with l2", List.of("b"), dense().l2(0.1).build(), frozenDense()),
        rows(
            "an autoencoder's visible bias",
            List.of("vb"),
            new AutoEncoder.Builder().nOut(3).build()),
        sequences("recurrent at rate 0", List.of("W", "RW", "b"), lstm(new Sgd(0))),
        sequences(
            "bidirectional at rate 0",
            List.of("fW", "fRW", "fb", "bW", "bRW", "bb"),
            new Bidirectional(lstm(new Sgd(0)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void contains_whatDl4jDoesNotMove(
      String name, List<String> fixedInFirstLayer, NetworkTemplate template) {
    Model model = template.network(template.initialParameters());
    FixedParameters fixed = new FixedParameters(model);
    ParameterLayout layout = ParameterLayout.of(model);
    List<Boolean> expectedToMove =
        layout.parameters().stream().map(p -> !fixed.contains(p)).toList();
    float[] before = model.params().toFloatVector();
    try (LocalNetwork network = template.localNetwork(LayerImplementation.DL4J)) {
      DataSet examples = ProbeExamples.of(network.model()).orElseThrow().client(20, 2, false, 1);
      for (int step = 0; step < 3; step++) {
        ((MultiLayerNetwork) model).fit(examples);
      }
    }
    float[] after = model.params().toFloatVector();
    List<Boolean> moved =
        layout.parameters().stream()
            .map(
                p ->
                    !Arrays.equals(
                        before, (int) p.from(), (int) p.to(), after, (int) p.from(), (int) p.to()))
            .toList();
    assertThat(moved).isEqualTo(expectedToMove);
    String first = layout.parameters().get(0).ownerName();
    assertThat(
            layout.parameters().stream()
                .filter(p -> p.ownerName().equals(first) && fixed.contains(p))
                .map(Parameter::name))
        .containsExactlyInAnyOrderElementsOf(fixedInFirstLayer);
    assertThatCode(() -> new Dl4jClientTrainer(template, new LocalTraining(2, 10)).check(1))
        .doesNotThrowAnyException();
  }

  @Test
  void contains_decoderOfAVariationalAutoencoder_isPretrainingsAlone() {
    NetworkTemplate template =
        template(
            FIVE,
            new VariationalAutoencoder.Builder()
                .nOut(3)
                .encoderLayerSizes(6)
                .decoderLayerSizes(7)
                .build(),
            Networks.output());
    // Encoder 5×6 + 6, mean 6×3 + 3, output 3×2 + 2.
    assertThat(template.dimension()).isEqualTo(36 + 21 + 8);
  }

  @Test
  void contains_frozenInsideAWrapper_isFixed() {
    NetworkTemplate template =
        template(
            SEQUENCE, new LastTimeStep(new FrozenLayer(lstm(new Sgd(0.1)))), Networks.output());
    assertThat(template.dimension()).isEqualTo(3 * 2 + 2);
  }

  @Test
  void contains_frozenVertex_isFixed() {
    var configuration =
        NetworkGuardTest.builder()
            .graphBuilder()
            .addInputs("in")
            .addVertex("frozen", new FrozenVertex(new GainVertex(GainVertex.Fault.NONE)), "in")
            .addLayer("out", Networks.output(), "frozen")
            .setOutputs("out")
            .setInputTypes(InputType.feedForward(8))
            .build();
    NetworkTemplate template = NetworkTemplate.of(configuration);
    assertThat(template.dimension()).isEqualTo(8 * 2 + 2);
    assertThatCode(() -> new Dl4jClientTrainer(template, new LocalTraining(2, 10)).check(1))
        .doesNotThrowAnyException();
  }

  @Test
  void of_updaterWithoutRate_isRefusedAsAStatistic() {
    assertThatThrownBy(() -> template(FIVE, dense().updater(new NoOp()).build(), Networks.output()))
        .hasMessageContaining("parameter W")
        .hasMessageContaining("NoOp");
  }

  /** Trap 25: noise must not move what training cannot. */
  @Test
  void noise_movesWhatTrainingCannot_never() {
    NetworkTemplate template =
        template(FIVE, dense().updater(new Sgd(0)).build(), Networks.output());
    INDArray noisy = template.initialParameters().addi(1);
    float[] before = template.allInitialParameters();
    float[] after = template.network(noisy).params().toFloatVector();
    int layer = 5 * 8 + 8;
    assertThat(Arrays.copyOf(after, layer)).containsExactly(Arrays.copyOf(before, layer));
    assertThat(noisy.length()).isEqualTo(8 * 2 + 2);
  }

  private static Arguments rows(String name, List<String> fixed, Layer... hidden) {
    Layer[] layers = Arrays.copyOf(hidden, hidden.length + 1);
    layers[hidden.length] =
        new OutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build();
    return Arguments.of(name, fixed, template(FIVE, layers));
  }

  private static Arguments sequences(String name, List<String> fixed, Layer hidden) {
    return Arguments.of(
        name,
        fixed,
        template(
            SEQUENCE,
            hidden,
            new RnnOutputLayer.Builder().nOut(2).activation(Activation.SOFTMAX).build()));
  }

  private static NetworkTemplate template(InputType type, Layer... layers) {
    return NetworkTemplate.of(
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Nesterovs(0.1, 0.9))
            .biasInit(0.1)
            .list(layers)
            .setInputType(type)
            .build());
  }

  private static Layer scheduled(ISchedule schedule) {
    return dense().updater(new Sgd(schedule)).build();
  }

  private static Layer frozenDense() {
    return new FrozenLayer(dense().build());
  }

  private static DenseLayer.Builder dense() {
    return new DenseLayer.Builder().nOut(8).activation(Activation.TANH);
  }

  private static LSTM lstm(IUpdater updater) {
    return new LSTM.Builder().nOut(3).updater(updater).build();
  }
}
