package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.dpfed.dl4j.Dl4jClientTrainer;
import org.dpfed.dl4j.Dl4jEvaluator;
import org.dpfed.dl4j.LocalTraining;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.ServerOptimizer;
import org.dpfed.federated.TrainingReport;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

final class RunReportTest {
  private static final int CLIENTS = 30;

  /** A run in few words; {@code scale} makes data of one plan different. */
  private record Run(
      Activation activation,
      LossFunction loss,
      double noise,
      boolean seeded,
      double serverRate,
      float scale) {
    private static final Run SEEDED = new Run(Activation.SIGMOID, LossFunction.XENT, 1, true, 1, 1);

    DataSet examples(long id, int n) {
      INDArray x = Nd4j.linspace(DataType.FLOAT, -1, 0.3 + 0.01 * id, 2L * n).reshape(n, 2);
      x.muli(scale);
      INDArray y = x.sum(true, 1);
      return new DataSet(x, loss == LossFunction.XENT ? y.gt(0).castTo(DataType.FLOAT) : y);
    }

    FederatedDataset clients() {
      return new FederatedDataset() {
        @Override
        public String unit() {
          return "simulated client";
        }

        @Override
        public int population() {
          return CLIENTS;
        }

        @Override
        public int examples(int id) {
          return 4;
        }

        @Override
        public DataSet client(int id) {
          return Run.this.examples(id, 4);
        }
      };
    }

    TrainingReport report(int heldOutRows) {
      NetworkTemplate network =
          NetworkTemplate.of(
              new NeuralNetConfiguration.Builder()
                  .seed(1)
                  .updater(new Sgd(0.1))
                  .list(new OutputLayer.Builder(loss).activation(activation).nOut(1).build())
                  .setInputType(InputType.feedForward(2))
                  .build());
      PrivacyPlan.Builder plan =
          PrivacyPlan.builder(clients())
              .expectedCohortSize(10)
              .rounds(2)
              .delta(1e-3)
              .noiseMultiplier(noise);
      if (noise > 0) {
        plan.clipNorm(1);
      }
      if (seeded) {
        plan.randomness(Randomness.seeded(3));
      }
      try (Dl4jEvaluator evaluator = new Dl4jEvaluator(network, examples(0, heldOutRows))) {
        return FederatedAveraging.builder(
                plan.build(), clients(), new Dl4jClientTrainer(network, new LocalTraining(1, 4)))
            .serverOptimizer(new ServerOptimizer.Sgd(serverRate, 0))
            .execution(Execution.withWorkers(1))
            .evaluateEvery(1, evaluator)
            .diagnostics(true)
            .build()
            .run()
            .report();
      }
    }

    String json(int heldOutRows) {
      return RunReport.of(
              "finished",
              new ReportedRun(
                  Configuration.standard(),
                  List.of(),
                  new HeldOut(heldOutRows, 0, 0, 10, "client", List.of(), HeldOutSites.NONE),
                  3,
                  false,
                  "./dpfed train"),
              report(heldOutRows),
              HeldOutResults.NONE,
              List.of())
          .toPrettyString();
    }
  }

  static Stream<Arguments> runs() {
    Activation identity = Activation.IDENTITY;
    return Stream.of(
        Arguments.of("private", new Run(Activation.SIGMOID, LossFunction.XENT, 1, false, 1, 1), 9),
        Arguments.of("seeded", Run.SEEDED, 9),
        Arguments.of(
            "without noise", new Run(Activation.SIGMOID, LossFunction.XENT, 0, false, 1, 1), 9),
        Arguments.of("one row", Run.SEEDED, 1),
        Arguments.of("regression", new Run(identity, LossFunction.MSE, 1, false, 1, 1), 9),
        Arguments.of("constant", new Run(identity, LossFunction.MSE, 1, false, 1, 0), 9),
        Arguments.of("diverged", new Run(identity, LossFunction.MSE, 1, false, 1e38, 1e3f), 9));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runs")
  void of_anyRun_isJsonThatReadsBackWithFiniteNumbersOnly(String name, Run run, int rows)
      throws IOException {
    String json = run.json(rows);
    JsonNode report = new ObjectMapper().readTree(json);
    assertThat(report.toPrettyString()).isEqualTo(json);
    for (JsonNode value : leaves(report)) {
      assertThat(value.isDouble() && !Double.isFinite(value.asDouble())).isFalse();
      assertThat(value.asText()).isNotIn("NaN", "Infinity", "-Infinity");
    }
    boolean isPrivate = !run.seeded() && run.noise() > 0;
    assertThat(report.at("/guarantee/isPrivate").asBoolean()).isEqualTo(isPrivate);
    assertThat(report.at("/guarantee/epsilon").isNull()).isEqualTo(!isPrivate);
    assertThat(report.at("/guarantee/assumptions").toString())
        .contains(isPrivate ? "held-out rows" : run.seeded() ? "seeded" : "");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runs")
  void of_anyRun_hasMetricsOnlyAmongWhatIsNotCovered(String kind, Run run, int rows)
      throws IOException {
    JsonNode report = new ObjectMapper().readTree(run.json(rows));
    List<JsonNode> evaluations = report.findValues("evaluation");
    assertThat(evaluations).hasSize(3);
    assertThat(evaluations)
        .contains(report.at("/notCoveredByGuarantee/evaluation"))
        .contains(report.at("/rounds/0/notCoveredByGuarantee/evaluation"))
        .allMatch(e -> e.path("data").asText().startsWith("computed on " + rows + " held-out"));
    for (JsonNode evaluation : evaluations) {
      for (String name : fieldNames(evaluation)) {
        assertThat(evaluation.path("reasonsForNull").has(name))
            .as(name)
            .isEqualTo(evaluation.path(name).isNull());
      }
    }
    boolean isRegression = run.loss() == LossFunction.MSE;
    assertThat(evaluations.get(0).has("mse")).isEqualTo(isRegression);
    assertThat(evaluations.get(0).has("accuracy")).isEqualTo(!isRegression);
  }

  @Test
  void of_modelThatDiverged_hasNullForEveryMetricWithTheReason() throws IOException {
    Run diverged = new Run(Activation.IDENTITY, LossFunction.MSE, 1, false, 1e38, 1e3f);
    JsonNode evaluation =
        new ObjectMapper().readTree(diverged.json(9)).at("/notCoveredByGuarantee/evaluation");
    for (String metric : List.of("mse", "mae", "r2", "loss")) {
      assertThat(evaluation.path(metric).isNull()).as(metric).isTrue();
      assertThat(evaluation.path("reasonsForNull").path(metric).asText()).contains("not finite");
    }
  }

  /** Other clients and other held-out rows leave all that is said to be released as it was. */
  @Test
  void of_otherDataUnderTheSamePlan_releasesTheSameValues() throws IOException {
    Run other = new Run(Activation.SIGMOID, LossFunction.XENT, 1, true, 1, -3);
    JsonNode one = new ObjectMapper().readTree(Run.SEEDED.json(9));
    JsonNode two = new ObjectMapper().readTree(other.json(8));
    // The norm of a released mean follows from released parameters, which the data have moved.
    assertThat(withoutMeanNorms(one)).hasSize(2).isNotEqualTo(withoutMeanNorms(two));
    assertThat(one.findValues("released")).hasSize(3).isEqualTo(two.findValues("released"));
    assertThat(one.findValues("evaluation")).isNotEqualTo(two.findValues("evaluation"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runs")
  void summary_anyRun_fitsInto80ColumnsAndSaysWhatIsNotCovered(String name, Run run, int rows) {
    TrainingReport report = run.report(rows);
    String table = SummaryTable.of(report, HeldOutResults.NONE);
    assertThat(table.lines()).allMatch(line -> line.length() <= 80);
    assertThat(table).contains("simulated client, 30 of them").doesNotContain("NaN");
    if (report.guarantee().isPrivate()) {
      assertThat(table).contains("held-out rows, not covered by the guarantee:");
    } else {
      assertThat(table).contains("no privacy").doesNotContain("δ");
    }
  }

  /** Takes them out of the rounds, and returns them. */
  private static List<Double> withoutMeanNorms(JsonNode report) {
    List<Double> norms = new ArrayList<>();
    for (JsonNode round : report.path("rounds")) {
      norms.add(((ObjectNode) round.path("released")).remove("meanNorm").asDouble());
    }
    return norms;
  }

  private static List<String> fieldNames(JsonNode node) {
    List<String> names = new ArrayList<>();
    node.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<JsonNode> leaves(JsonNode node) {
    if (node.isValueNode()) {
      return List.of(node);
    }
    List<JsonNode> leaves = new ArrayList<>();
    node.forEach(child -> leaves.addAll(leaves(child)));
    return leaves;
  }
}
