package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Sgd;

/** Deltas are read, and global parameters written, where the layout says. */
final class ParameterLayoutTest {
  static java.util.stream.Stream<org.junit.jupiter.params.provider.Arguments> networks() {
    return ProbedNetworks.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void of_networksOfManyKinds_fillsTheVector(String name, NetworkTemplate template) {
    ParameterLayout layout = ParameterLayout.of(template.network(template.initialParameters()));
    long position = 0;
    for (Parameter parameter : layout.parameters()) {
      assertThat(parameter.from()).isEqualTo(position);
      position = parameter.to();
    }
    assertThat(position).isEqualTo(layout.total());
  }

  /** Trap 23: parameters that nobody counted. Here they overran native memory. */
  @Test
  void of_attentionVertex_isRefusedByItsName() {
    ComputationGraphConfiguration configuration =
        NetworkGuardTest.builder()
            .updater(new Sgd(0.1))
            .graphBuilder()
            .addInputs("in")
            .addLayer("lstm", new LSTM.Builder().nOut(8).build(), "in")
            .addVertex(
                "attention",
                new AttentionVertex.Builder()
                    .nOut(6)
                    .nHeads(1)
                    .projectInput(true)
                    .nInKeys(8)
                    .nInQueries(8)
                    .nInValues(8)
                    .build(),
                "lstm",
                "lstm",
                "lstm")
            .addLayer("pool", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), "attention")
            .addLayer("out", Networks.output(), "pool")
            .setOutputs("out")
            .setInputTypes(InputType.recurrent(1, 20))
            .build();
    assertThatThrownBy(() -> NetworkTemplate.of(configuration))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'attention'");
  }

  @Test
  void of_vertexWithParametersOfItsOwn_countsThem() {
    NetworkTemplate template = NetworkTemplate.of(graph(new GainVertex(GainVertex.Fault.NONE)));
    assertThat(template.dimension()).isEqualTo(4 * 8 + 8 + 8 + 8 * 2 + 2);
    assertThatCode(() -> new Dl4jClientTrainer(template, new LocalTraining(2, 5)).check(1))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @EnumSource(value = GainVertex.Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void of_vertexThatMiscounts_isRefusedByItsName(GainVertex.Fault fault) {
    assertThatThrownBy(() -> NetworkTemplate.of(graph(new GainVertex(fault))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(fault.inMessage);
  }

  private static ComputationGraphConfiguration graph(GraphVertex vertex) {
    return NetworkGuardTest.builder()
        .graphBuilder()
        .addInputs("in")
        .addLayer("hidden", Networks.hidden(), "in")
        .addVertex("gain", vertex, "hidden")
        .addLayer("out", Networks.output(), "gain")
        .setOutputs("out")
        .setInputTypes(InputType.feedForward(Networks.INPUTS))
        .build();
  }
}
