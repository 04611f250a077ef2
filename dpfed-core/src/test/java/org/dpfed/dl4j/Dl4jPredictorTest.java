package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;

/** Outputs for new examples. */
final class Dl4jPredictorTest {
  private static final List<float[]> EXAMPLES =
      List.of(new float[] {1, -2, 3, 0.5f}, new float[] {0, 0, 0, 0}, new float[] {-1, 4, 2, 8});

  private static void assertOutputs(Model model, float[][] expected) {
    Dl4jPredictor predictor = new Dl4jPredictor(model, Networks.INPUTS);
    // A small network takes as many as ever.
    assertThat(predictor.batchSize()).isEqualTo(512);
    float[][] outputs = predictor.outputs(EXAMPLES);
    assertThat(outputs).isDeepEqualTo(expected);
    assertThat(predictor.outputs(EXAMPLES)).isDeepEqualTo(expected);
    assertThatThrownBy(() -> new Dl4jPredictor(model, Networks.INPUTS + 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot take examples of shape [5]");
  }

  private static INDArray features() {
    return Nd4j.create(EXAMPLES.toArray(float[][]::new));
  }

  @Test
  void outputs_layers_areThoseOfTheNetwork() {
    MultiLayerNetwork network = new MultiLayerNetwork(Networks.mlp(new Sgd(0.1)));
    network.init();
    assertOutputs(network, network.output(features(), false).toFloatMatrix());
    network.close();
  }

  @Test
  void outputs_graph_areThoseOfTheNetwork() {
    ComputationGraph network = new ComputationGraph(Networks.graph(new Sgd(0.1)));
    network.init();
    assertOutputs(network, network.outputSingle(features()).toFloatMatrix());
    network.close();
  }
}
