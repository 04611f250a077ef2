package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.dpfed.cli.GuaranteeJson;
import org.dpfed.cli.Versions;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.RoundDiagnostics;
import org.dpfed.federated.RoundMetrics;
import org.dpfed.federated.TrainingReport;

/**
 * A run as JSON. What the guarantee covers, because it is computed from released parameters or is a
 * public constant, is under {@code private}; what is computed from clients' data without noise is
 * under {@code notPrivate}, running times among it: they tell how many clients came.
 */
final class RunReport {
  private RunReport() {}

  /**
   * @param status {@code finished}, {@code stopped} or {@code failed}
   */
  static ObjectNode of(String status, Configuration configuration, TrainingReport report) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("status", status);
    root.put("roundsFinished", report.rounds().size());
    root.put("roundsCharged", report.charged());
    root.put("roundsPlanned", report.plan().rounds());
    root.set("guarantee", GuaranteeJson.of(report.guarantee()));
    root.put("isSecure", report.plan().isSecure());
    root.set("plan", plan(report));
    root.set("private", results(report));
    root.set("notPrivate", timing(report));
    root.set("rounds", rounds(report));
    root.set("configuration", configuration.toTree());
    root.set("versions", versions());
    root.set("machine", machine(report));
    return root;
  }

  private static ObjectNode plan(TrainingReport report) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("population", report.plan().population());
    node.put("expectedCohortSize", report.plan().expectedCohortSize());
    node.put("samplingProbability", report.plan().samplingProbability());
    node.put("rounds", report.plan().rounds());
    double clipNorm = report.plan().clipping().clipNorm();
    if (Double.isFinite(clipNorm)) {
      node.put("clipNorm", clipNorm);
    } else {
      node.putNull("clipNorm");
    }
    node.put("noiseMultiplier", report.plan().noiseMultiplier());
    node.put("roundEvent", report.plan().roundEvent().toString());
    return node;
  }

  private static ObjectNode results(TrainingReport report) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    report.evaluation().ifPresent(evaluation -> node.set("evaluation", evaluation(evaluation)));
    return node;
  }

  private static ObjectNode timing(TrainingReport report) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("seconds", report.seconds());
    node.put("clientsPerSecond", report.clientsPerSecond());
    return node;
  }

  private static ArrayNode rounds(TrainingReport report) {
    ArrayNode rounds = JsonNodeFactory.instance.arrayNode();
    for (RoundMetrics metrics : report.rounds()) {
      ObjectNode node = rounds.addObject();
      node.put("round", metrics.round());
      ObjectNode covered = node.putObject("private");
      covered.put("noiseStddev", metrics.noiseStddev());
      metrics.evaluation().ifPresent(e -> covered.set("evaluation", evaluation(e)));
      metrics
          .diagnostics()
          .ifPresent(inside -> node.set("notPrivate", diagnostics(metrics.seconds(), inside)));
    }
    return rounds;
  }

  private static ObjectNode evaluation(ModelEvaluation evaluation) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("examples", evaluation.examples());
    node.put("loss", evaluation.loss());
    node.put("accuracy", evaluation.accuracy());
    evaluation.rocAuc().ifPresent(auc -> node.put("rocAuc", auc));
    return node;
  }

  private static ObjectNode diagnostics(double seconds, RoundDiagnostics inside) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("seconds", seconds);
    node.put("cohortSize", inside.cohortSize());
    node.put("failed", inside.failed());
    node.put("nonFinite", inside.nonFinite());
    node.put("clipped", inside.clipped());
    node.put("meanDeltaNorm", inside.meanDeltaNorm());
    node.put("meanTrainingLoss", inside.meanTrainingLoss());
    return node;
  }

  private static ObjectNode versions() {
    Versions versions = new Versions();
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("dpfed", versions.dpfed());
    node.put("deeplearning4j", versions.deeplearning4j());
    node.put("jvm", versions.jvm());
    return node;
  }

  private static ObjectNode machine(TrainingReport report) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    node.put("processors", Runtime.getRuntime().availableProcessors());
    node.put("kernel", report.kernel());
    return node;
  }
}
