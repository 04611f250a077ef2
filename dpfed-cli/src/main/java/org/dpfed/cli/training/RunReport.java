package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.dpfed.cli.GuaranteeJson;
import org.dpfed.cli.Versions;
import org.dpfed.dl4j.PersonalEvaluation;
import org.dpfed.dl4j.PredictionSummary;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.RoundDiagnostics;
import org.dpfed.federated.RoundMetrics;
import org.dpfed.federated.TrainingReport;

/**
 * A run as JSON. The top level and each round have two parts. {@code released} contains what the
 * guarantee covers: functions of released parameters and of public constants. {@code
 * notCoveredByGuarantee} contains what depends on data without noise: metrics, those of personal
 * layers ({@code personalEvaluation}) among them, which depend on the held-out rows; durations,
 * which reveal how much data took part; and diagnostics, if requested.
 *
 * <p>With local trust {@code guarantee} is each client's own against the server, and {@code
 * guaranteeOfSums} that of the released models alone, where it promises more. {@code
 * guaranteeOfAllRuns} is that of everything on the population's ledger. {@code epsilonByRound} has
 * an upper bound for some of the rounds, the last included. Of each round, {@code noiseNorm} is the
 * L2 norm that its noise has in root mean square, {@code meanNorm} that of what was released.
 *
 * <p>Every number is finite, or {@code null} if there is none.
 */
final class RunReport {
  private RunReport() {}

  /**
   * @param status {@code running}, {@code finished}, {@code stopped}, {@code stopped by budget} or
   *     {@code failed}
   * @param results of the last model on held-out data
   * @param epsilons after some of the rounds; empty where there is no privacy
   */
  static ObjectNode of(
      String status,
      ReportedRun run,
      TrainingReport report,
      HeldOutResults results,
      List<EpsilonCurve.Point> epsilons) {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.put("status", status);
    root.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    root.put("command", run.command());
    root.put("roundsFinished", report.rounds().size());
    root.put("roundsCharged", report.charged().total());
    root.put("roundsChargedAgain", report.charged().again());
    root.put("roundsPlanned", report.plan().rounds());
    root.set("guarantee", GuaranteeJson.of(report.guarantee()));
    if (!report.plan().isSecure()) {
      put(
          root,
          "epsilonWithSecureNoise",
          report.plan().accountedAfter(report.rounds().size()).epsilon());
    }
    report.guaranteeOfSums().ifPresent(sums -> root.set("guaranteeOfSums", GuaranteeJson.of(sums)));
    report
        .guaranteeOfAllRuns()
        .ifPresent(all -> root.set("guaranteeOfAllRuns", GuaranteeJson.of(all)));
    root.put("isOneOfSweep", run.isOneOfSweep());
    report.budgetRefusal().ifPresent(reason -> root.put("budgetRefusal", reason));
    root.put("isSecure", report.plan().isSecure());
    root.set("plan", PlanJson.of(report.plan(), SummaryTable.layers(report)));
    root.put("parameters", run.parameters());
    root.putObject("released").put("model", RunDirectory.MODEL);
    root.set("notCoveredByGuarantee", notCovered(run.heldOut(), report, results));
    root.set("epsilonByRound", epsilonByRound(epsilons));
    root.set("rounds", rounds(report, run.parameters()));
    run.notes().forEach(root.putArray("notes")::add);
    root.set("configuration", run.configuration().toTree());
    root.set("versions", versions());
    root.set("machine", machine(report));
    return root;
  }

  private static ArrayNode epsilonByRound(List<EpsilonCurve.Point> epsilons) {
    ArrayNode points = JsonNodeFactory.instance.arrayNode();
    epsilons.forEach(
        point -> points.addObject().put("round", point.round()).put("epsilon", point.epsilon()));
    return points;
  }

  private static ObjectNode notCovered(
      HeldOut heldOut, TrainingReport report, HeldOutResults results) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("heldOut", heldOut.describe());
    heldOut.warning().ifPresent(warning -> node.put("warning", warning));
    report.evaluation().ifPresent(evaluation -> node.set("evaluation", evaluation(evaluation)));
    for (HeldOutResults.OfSite each : results.sites()) {
      node.withArray("/sites")
          .addObject()
          .put("site", each.site().name())
          .put("units", each.site().units())
          .set("evaluation", evaluation(each.evaluation()));
    }
    results.sitesNotShown().ifPresent(reason -> node.put("sitesNotShown", reason));
    results
        .predictions()
        .ifPresent(summary -> node.set("predictions", predictions(summary, heldOut.classes())));
    results
        .personal()
        .ifPresent(evaluation -> node.set("personalEvaluation", personal(evaluation)));
    results.personalNotShown().ifPresent(reason -> node.put("personalNotShown", reason));
    put(node, "seconds", report.seconds());
    put(node, "clientsPerSecond", report.clientsPerSecond());
    return node;
  }

  private static ObjectNode personal(PersonalEvaluation evaluation) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("clients", evaluation.clients());
    node.put("clientsLeftOut", evaluation.leftOut());
    node.set("personal", evaluation(evaluation.personal()));
    node.set("global", evaluation(evaluation.global()));
    return node;
  }

  private static ObjectNode predictions(PredictionSummary summary, List<String> classes) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    classes.forEach(node.putArray("classes")::add);
    ArrayNode confusion = node.putArray("confusion");
    summary.confusion().forEach(row -> row.forEach(confusion.addArray()::add));
    ArrayNode roc = node.putArray("roc");
    for (PredictionSummary.RocPoint point : summary.roc()) {
      roc.addObject()
          .put("falsePositiveRate", point.falsePositiveRate())
          .put("truePositiveRate", point.truePositiveRate());
    }
    ArrayNode calibration = node.putArray("calibration");
    for (PredictionSummary.CalibrationBin bin : summary.calibration()) {
      calibration
          .addObject()
          .put("count", bin.count())
          .put("meanProbability", bin.meanProbability())
          .put("frequency", bin.frequency());
    }
    return node;
  }

  private static ArrayNode rounds(TrainingReport report, long parameters) {
    ArrayNode rounds = JsonNodeFactory.instance.arrayNode();
    for (RoundMetrics metrics : report.rounds()) {
      ObjectNode node = rounds.addObject();
      node.put("round", metrics.round());
      node.set("released", released(metrics, parameters));
      ObjectNode notCovered = JsonNodeFactory.instance.objectNode();
      metrics.evaluation().ifPresent(e -> notCovered.set("evaluation", evaluation(e)));
      metrics
          .diagnostics()
          .ifPresent(inside -> putDiagnostics(notCovered, metrics.seconds(), inside));
      if (!notCovered.isEmpty()) {
        node.set("notCoveredByGuarantee", notCovered);
      }
    }
    return rounds;
  }

  private static ObjectNode released(RoundMetrics metrics, long parameters) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    put(node, "noiseStddev", metrics.noiseStddev());
    put(node, "noiseNorm", metrics.noiseStddev() * Math.sqrt((double) parameters));
    put(node, "meanNorm", metrics.meanNorm());
    if (metrics.clipNorms().stream().allMatch(Double::isFinite)) {
      metrics.clipNorms().forEach(node.putArray("clipNorms")::add);
    } else {
      node.putNull("clipNorms");
    }
    return node;
  }

  /** Metrics by name, {@code null} for those without a value, whose reasons stand beside them. */
  static ObjectNode evaluation(ModelEvaluation evaluation) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put(
        "data",
        "computed on %d held-out rows; no guarantee covers whoever is in them"
            .formatted(evaluation.examples()));
    node.put("examples", evaluation.examples());
    ObjectNode reasons = JsonNodeFactory.instance.objectNode();
    for (ModelEvaluation.Metric metric : evaluation.metrics()) {
      put(node, metric.name(), metric.value().orElse(Double.NaN));
      if (metric.value().isEmpty()) {
        reasons.put(metric.name(), metric.absence());
      }
    }
    if (!reasons.isEmpty()) {
      node.set("reasonsForNull", reasons);
    }
    return node;
  }

  private static void putDiagnostics(ObjectNode node, double seconds, RoundDiagnostics inside) {
    put(node, "seconds", seconds);
    node.put("cohortSize", inside.cohortSize());
    node.put("failed", inside.failed());
    node.put("nonFinite", inside.nonFinite());
    node.put("clipped", inside.clipped());
    put(node, "meanDeltaNorm", inside.meanDeltaNorm());
    ObjectNode quantiles = node.putObject("deltaNormQuantiles");
    for (int i = 0; i < inside.deltaNormQuantiles().size(); i++) {
      put(
          quantiles,
          String.valueOf(RoundDiagnostics.QUANTILES.get(i)),
          inside.deltaNormQuantiles().get(i));
    }
    put(node, "meanTrainingLoss", inside.meanTrainingLoss());
  }

  /** JSON has no word for NaN and the infinities. */
  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
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
