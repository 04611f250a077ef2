package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.dpfed.dl4j.HeldOutNetworks.INPUTS;
import static org.dpfed.dl4j.HeldOutNetworks.bits;
import static org.dpfed.dl4j.HeldOutNetworks.dense;
import static org.dpfed.dl4j.HeldOutNetworks.normal;
import static org.dpfed.dl4j.HeldOutNetworks.oneHot;

import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.dpfed.dl4j.PredictionSummary.CalibrationBin;
import org.dpfed.dl4j.PredictionSummary.RocPoint;
import org.dpfed.federated.ModelEvaluation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

final class PredictionSummaryTest {
  private static final int N = 700;
  private static final INDArray ROWS = normal(1, N, INPUTS);

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void predictions_classes_agreeWithTheMetrics(int classes) {
    MultiLayerConfiguration network = dense(Activation.SOFTMAX, LossFunction.MCXENT, classes);
    check(network, new DataSet(ROWS, oneHot(5, 1, N, classes)), classes);
  }

  @Test
  void predictions_yesOrNo_agreeWithTheMetrics() {
    check(dense(Activation.SIGMOID, LossFunction.XENT, 1), new DataSet(ROWS, bits(8, N, 1)), 2);
  }

  private static void check(MultiLayerConfiguration configuration, DataSet data, int classes) {
    NetworkTemplate template = NetworkTemplate.of(configuration);
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, data)) {
      ModelEvaluation evaluation = evaluator.evaluate(template.initialParameters());
      PredictionSummary summary = evaluator.predictions(template.initialParameters()).orElseThrow();
      List<List<Long>> confusion = summary.confusion();
      assertThat(confusion).hasSize(classes).allSatisfy(row -> assertThat(row).hasSize(classes));
      assertThat(confusion.stream().flatMap(List::stream).mapToLong(n -> n).sum()).isEqualTo(N);
      long right = 0;
      for (int k = 0; k < classes; k++) {
        right += confusion.get(k).get(k);
      }
      assertThat((double) right / N).isEqualTo(evaluation.accuracy());
      assertThat(summary.roc().isEmpty()).isEqualTo(classes > 2);
      assertThat(summary.calibration().stream().mapToLong(CalibrationBin::count).sum())
          .isEqualTo(N);
      double cameTrue =
          summary.calibration().stream().mapToDouble(bin -> bin.count() * bin.frequency()).sum();
      long expected =
          classes > 2 ? right : confusion.get(1).stream().mapToLong(Long::longValue).sum();
      // Ten products of counts below 1000, each rounded once or twice.
      assertThat(cameTrue).isCloseTo((double) expected, within(1e-11));
    }
  }

  @Test
  void predictions_knownScores_countEachCellAndBin() {
    Predictions predictions = new Predictions(2);
    predictions.addYesOrNo(0.05f, false);
    predictions.addYesOrNo(0.5f, true);
    predictions.addYesOrNo(0.75f, true);
    predictions.addYesOrNo(1, false);
    PredictionSummary summary = predictions.summary();
    assertThat(summary.confusion()).isEqualTo(List.of(List.of(1L, 1L), List.of(1L, 1L)));
    assertThat(summary.roc())
        .containsExactly(
            new RocPoint(0, 0),
            new RocPoint(0.5, 0),
            new RocPoint(0.5, 0.5),
            new RocPoint(0.5, 1),
            new RocPoint(1, 1));
    assertThat(summary.calibration())
        .containsExactly(
            new CalibrationBin(1, 0.05f, 0),
            new CalibrationBin(1, 0.5, 1),
            new CalibrationBin(1, 0.75, 1),
            new CalibrationBin(1, 1, 0));
  }

  @Test
  void predictions_outputsThatAreNoProbabilities_haveNoCalibration() {
    Predictions predictions = new Predictions(3);
    predictions.add(new float[] {-1, 5, 0}, 0, 1);
    assertThat(predictions.summary().calibration()).isEmpty();
    assertThat(predictions.accuracy()).isEqualTo(1);
  }

  @Test
  void predictions_regressionSeveralLabelsOrDivergence_areAbsent() {
    assertThat(of(dense(Activation.IDENTITY, LossFunction.MSE, 2), normal(11, N, 2), 1)).isEmpty();
    assertThat(of(dense(Activation.SIGMOID, LossFunction.XENT, 3), bits(9, N, 3), 1)).isEmpty();
    MultiLayerConfiguration classes = dense(Activation.SOFTMAX, LossFunction.MCXENT, 3);
    assertThat(of(classes, oneHot(5, 1, N, 3), 1)).isPresent();
    assertThat(of(classes, oneHot(5, 1, N, 3), Float.NaN)).isEmpty();
  }

  private static Optional<PredictionSummary> of(
      MultiLayerConfiguration configuration, INDArray labels, float parameter) {
    NetworkTemplate template = NetworkTemplate.of(configuration);
    try (Dl4jEvaluator evaluator = new Dl4jEvaluator(template, new DataSet(ROWS, labels))) {
      return evaluator.predictions(
          Nd4j.valueArrayOf(template.dimension(), parameter).castTo(DataType.FLOAT));
    }
  }

  @Test
  void expectedCalibrationError_ofKnownBins_isTheirMeanDistance() {
    PredictionSummary summary =
        new PredictionSummary(
            List.of(),
            List.of(),
            List.of(new CalibrationBin(30, 0.2, 0.3), new CalibrationBin(10, 0.9, 0.5)));
    // 30/40 · 0.1 + 10/40 · 0.4
    assertThat(summary.expectedCalibrationError().orElseThrow()).isCloseTo(0.175, within(1e-12));
    assertThat(new PredictionSummary(List.of(), List.of(), List.of()).expectedCalibrationError())
        .isEmpty();
  }

  @Test
  void sensitivityAt_ofKnownScores_isTheHighestThatKeepsTheSpecificity() {
    RocAuc ranking = new RocAuc();
    for (float positive : new float[] {0.9f, 0.8f, 0.4f, 0.3f}) {
      ranking.add(positive, true);
    }
    for (float negative : new float[] {0.85f, 0.4f, 0.2f, 0.1f}) {
      ranking.add(negative, false);
    }
    PredictionSummary summary = new PredictionSummary(List.of(), ranking.curve(), List.of());
    assertThat(summary.sensitivityAt(1)).hasValue(0.25);
    assertThat(summary.sensitivityAt(0.75)).hasValue(0.5);
    assertThat(summary.sensitivityAt(0.6)).hasValue(0.5);
    assertThat(summary.sensitivityAt(0.5)).hasValue(1);
    assertThat(new PredictionSummary(List.of(), List.of(), List.of()).sensitivityAt(0.9)).isEmpty();
    assertThatThrownBy(() -> summary.sensitivityAt(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
