package org.dpfed.dl4j.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/** Compares steps by kernels with DL4J's own. */
final class SameSteps {
  /** As in {@link FastLayersTest}, for networks of a few layers. */
  static final double TOLERANCE = 2e-5;

  private SameSteps() {}

  static void require(MultiLayerConfiguration configuration, DataSet batch) {
    MultiLayerNetwork plain = new MultiLayerNetwork(configuration.clone());
    plain.init();
    MultiLayerNetwork fast = new MultiLayerNetwork(configuration.clone());
    fast.init();
    require(fast, plain, () -> plain.fit(batch), batch);
  }

  static void require(ComputationGraphConfiguration configuration, DataSet batch) {
    ComputationGraph plain = new ComputationGraph(configuration.clone());
    plain.init();
    ComputationGraph fast = new ComputationGraph(configuration.clone());
    fast.init();
    require(fast, plain, () -> plain.fit(batch), batch);
  }

  private static void require(Model fast, Model plain, Runnable step, DataSet batch) {
    assertThat(TrainingSteps.obstacle(fast)).isEmpty();
    INDArray start = plain.params().dup();
    try (TrainingSteps steps = TrainingSteps.of(fast).orElseThrow()) {
      for (int i = 0; i < 3; i++) {
        step.run();
        double loss = take(steps, batch);
        assertThat(loss)
            .isCloseTo(plain.score(), Offset.offset(TOLERANCE * batch.getLabels().length()));
        requireClose(fast.params(), plain.params());
      }
    }
    assertThat(plain.params().sub(start).amaxNumber().doubleValue())
        .as("steps far above the tolerance")
        .isGreaterThan(100 * TOLERANCE);
  }

  static double take(TrainingSteps steps, DataSet batch) {
    return steps.take(
        floats(batch.getFeatures()),
        batch.getFeatures().shape(),
        floats(batch.getLabels()),
        batch.getLabels().shape(),
        null);
  }

  static void requireClose(INDArray actual, INDArray expected) {
    float[] got = floats(actual);
    float[] wanted = floats(expected);
    assertThat(got).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat((double) got[i])
          .as("element %d", i)
          .isCloseTo(wanted[i], Offset.offset(TOLERANCE));
    }
  }

  static float[] floats(INDArray array) {
    return array.dup('c').data().asFloat();
  }
}
