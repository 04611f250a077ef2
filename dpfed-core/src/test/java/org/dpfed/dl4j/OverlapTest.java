package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.OptionalDouble;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.ModelEvaluation.Metric;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

final class OverlapTest {
  /** Class 3 is neither true nor predicted; class 2 is predicted and never true. */
  private static final long[][] CONFUSION = {
    {50, 4, 6, 0},
    {2, 10, 0, 0},
    {0, 0, 0, 0},
    {0, 0, 0, 0}
  };

  @Test
  void ofClasses_knownCounts_areTheFractions() {
    List<Metric> metrics = Overlap.ofClasses(CONFUSION);
    assertThat(metrics)
        .extracting(Metric::name)
        .containsExactly(
            "diceOfClass0",
            "diceOfClass1",
            "diceOfClass2",
            "diceOfClass3",
            "iouOfClass0",
            "iouOfClass1",
            "iouOfClass2",
            "iouOfClass3");
    assertThat(metrics)
        .extracting(Metric::value)
        .containsExactly(
            OptionalDouble.of(100.0 / 112),
            OptionalDouble.of(20.0 / 26),
            OptionalDouble.of(0),
            OptionalDouble.empty(),
            OptionalDouble.of(50.0 / 62),
            OptionalDouble.of(10.0 / 16),
            OptionalDouble.of(0),
            OptionalDouble.empty());
    assertThat(metrics.get(3).absence()).contains("no pixel is of this class");
  }

  @Test
  void means_withAndWithoutBackground_leaveOutTheClassThatIsAbsent() {
    assertThat(new Overlap(true).means(CONFUSION).get(0).value().orElseThrow())
        .isCloseTo((100.0 / 112 + 20.0 / 26) / 3, within(1e-12));
    assertThat(new Overlap(false).means(CONFUSION).get(0).value().orElseThrow())
        .isCloseTo(20.0 / 26 / 2, within(1e-12));
    assertThat(new Overlap(false).means(CONFUSION).get(1).value().orElseThrow())
        .isCloseTo(10.0 / 16 / 2, within(1e-12));
    Metric none = new Overlap(false).means(new long[][] {{5, 0}, {0, 0}}).get(0);
    assertThat(none.value()).isEmpty();
    assertThat(none.absence()).contains("no pixel");
  }

  /** A convolution that predicts class 1 where the pixel is above 0. */
  @Test
  void evaluate_aSegmentationWithAMask_countsThePixelsThatItLetsThrough() {
    NetworkTemplate template =
        NetworkTemplate.of(
            new NeuralNetConfiguration.Builder()
                .list(
                    new ConvolutionLayer.Builder(1, 1)
                        .nOut(2)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build(),
                    new CnnLossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(1, 6, 1))
                .build());
    INDArray image =
        Nd4j.createFromArray(new float[] {-1, -1, 1, 1, 1, 1}).reshape('c', 1, 1, 1, 6);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 1, 2, 1, 6);
    int[] classes = {0, 1, 1, 1, 0, 0};
    for (int i = 0; i < 6; i++) {
      labels.putScalar(new int[] {0, classes[i], 0, i}, 1);
    }
    INDArray mask = Nd4j.createFromArray(new float[] {1, 1, 1, 1, 1, 0}).reshape('c', 1, 1, 1, 6);
    DataSet data = new DataSet(image, labels, null, mask);
    INDArray parameters = Nd4j.createFromArray(new float[] {-1, 1});
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, data);
        Dl4jEvaluator foreground = Dl4jEvaluator.withoutBackground(template, data)) {
      ModelEvaluation evaluation = evaluator.evaluate(parameters);
      assertThat(evaluation.metrics())
          .extracting(Metric::name)
          .containsExactly(
              "dice",
              "iou",
              "accuracy",
              "loss",
              "rocAuc",
              "diceOfClass0",
              "diceOfClass1",
              "iouOfClass0",
              "iouOfClass1");
      // Class 1: both 2, predicted 3, true 3; class 0: both 1, predicted 2, true 2.
      assertThat(evaluation.value("diceOfClass1")).hasValue(4.0 / 6);
      assertThat(evaluation.value("iouOfClass1")).hasValue(2.0 / 4);
      assertThat(evaluation.value("diceOfClass0")).hasValue(2.0 / 4);
      assertThat(evaluation.accuracy()).isEqualTo(3.0 / 5);
      assertThat(evaluation.value(ModelEvaluation.DICE).orElseThrow())
          .isCloseTo((4.0 / 6 + 2.0 / 4) / 2, within(1e-12));
      assertThat(foreground.evaluate(parameters).value(ModelEvaluation.DICE)).hasValue(4.0 / 6);
    }
  }
}
