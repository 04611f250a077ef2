package org.dpfed.dl4j.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Recurrent networks stepped by kernels against the same networks stepped by DL4J. */
final class LstmKernelTest {
  private static final int FEATURES = 6;
  private static final int CLASSES = 3;

  /** As in {@link FastLayersTest}: two sums of floats in another order. */
  private static final double TOLERANCE = 2e-5;

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "2, 5", "13, 3", "40, 10"})
  void everyStepLabelled_sameAsDl4j(int steps, int examples) {
    requireSame(
        network(
            new LSTM.Builder().nOut(7).build(),
            new LSTM.Builder().nOut(5).forgetGateBiasInit(0.5).build(),
            new RnnOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build()),
        new DataSet(random(examples, FEATURES, steps), labels(examples, steps)));
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "2, 5", "13, 3", "40, 10"})
  void lastStepLabelled_sameAsDl4j(int steps, int examples) {
    INDArray labels = labels(examples, 1).reshape(examples, CLASSES);
    requireSame(
        network(
            new LSTM.Builder().nOut(7).build(),
            new LastTimeStep(new LSTM.Builder().nOut(5).build()),
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(CLASSES)
                .activation(Activation.SOFTMAX)
                .build()),
        new DataSet(random(examples, FEATURES, steps), labels));
  }

  /** Would the comparison see a wrong derivative? A hundredth of a gradient shifts it this much. */
  @Test
  void tolerance_hundredthOfAStep_isFarOutside() {
    MultiLayerNetwork network = plain(lastStep());
    INDArray before = network.params().dup();
    network.fit(new DataSet(random(5, FEATURES, 9), labels(5, 1).reshape(5, CLASSES)));
    double moved = network.params().sub(before).amaxNumber().doubleValue();
    assertThat(moved / 100).isGreaterThan(2 * TOLERANCE);
  }

  /** A frozen layer has the configuration of the layer inside. */
  @Test
  void otherGatesAndWrappers_areLeftToDl4j() {
    for (Layer other :
        new Layer[] {
          new LastTimeStep(new LSTM.Builder().nOut(5).activation(Activation.RELU).build()),
          new LastTimeStep(
              new LSTM.Builder().nOut(5).gateActivationFunction(Activation.HARDSIGMOID).build()),
          new LastTimeStep(
              new Bidirectional(
                  new LSTM.Builder()
                      .nOut(5)
                      .gateActivationFunction(Activation.HARDSIGMOID)
                      .build())),
          new LastTimeStep(new FrozenLayer(new LSTM.Builder().nOut(5).build()))
        }) {
      assertThat(TrainingSteps.obstacle(plain(network(other, output())))).isPresent();
    }
    MultiLayerConfiguration frozen =
        network(
            new FrozenLayer(new LSTM.Builder().nOut(5).build()),
            new LastTimeStep(new LSTM.Builder().nOut(5).build()),
            output());
    assertThat(TrainingSteps.obstacle(plain(frozen))).isPresent();
  }

  private static MultiLayerConfiguration lastStep() {
    return network(new LastTimeStep(new LSTM.Builder().nOut(5).build()), output());
  }

  private static Layer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static MultiLayerConfiguration network(Layer... layers) {
    return new NeuralNetConfiguration.Builder()
        .seed(3)
        .updater(new Sgd(0.5))
        .activation(Activation.TANH)
        .list(layers)
        .setInputType(InputType.recurrent(FEATURES))
        .build();
  }

  private static MultiLayerNetwork plain(MultiLayerConfiguration configuration) {
    MultiLayerNetwork network = new MultiLayerNetwork(configuration.clone());
    network.init();
    return network;
  }

  private static void requireSame(MultiLayerConfiguration configuration, DataSet batch) {
    MultiLayerNetwork expected = plain(configuration);
    MultiLayerNetwork actual = plain(configuration);
    FastLayers.install(actual);
    assertThat(TrainingSteps.obstacle(actual)).isEmpty();
    try (TrainingSteps steps = TrainingSteps.of(actual).orElseThrow()) {
      assertThat(steps.takesSeries()).isTrue();
      for (int step = 0; step < 3; step++) {
        expected.fit(batch);
        double loss =
            steps.take(
                batch.getFeatures().dup('c').data().asFloat(),
                batch.getFeatures().shape(),
                batch.getLabels().dup('c').data().asFloat(),
                batch.getLabels().shape(),
                null);
        // DL4J and the kernel both sum over the steps.
        assertThat(loss)
            .isCloseTo(expected.score(), within(TOLERANCE * batch.getLabels().length()));
        float[] wanted = expected.params().toFloatVector();
        float[] got = actual.params().toFloatVector();
        for (int i = 0; i < wanted.length; i++) {
          assertThat(got[i]).as("parameter %d", i).isCloseTo(wanted[i], within((float) TOLERANCE));
        }
      }
    }
  }

  private static INDArray random(int... shape) {
    Random random = new Random(5);
    INDArray values = Nd4j.create(shape);
    for (int i = 0; i < values.length(); i++) {
      values.putScalar(i, random.nextGaussian());
    }
    return values;
  }

  /** One class for each example and step, {@code [n, classes, steps]}. */
  private static INDArray labels(int examples, int steps) {
    Random random = new Random(6);
    INDArray labels = Nd4j.create(examples, CLASSES, steps);
    for (int example = 0; example < examples; example++) {
      for (int step = 0; step < steps; step++) {
        labels.putScalar(new int[] {example, random.nextInt(CLASSES), step}, 1);
      }
    }
    return labels;
  }
}
