package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.dpfed.cli.GuaranteeJson;
import org.dpfed.cli.output.JsonEvents;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundFailedException;
import org.dpfed.federated.TrainingReport;
import picocli.CommandLine;

/**
 * Events of {@code dpfed train --json}: {@code plan}, a {@code round} for each, and the end. What a
 * report contains too has the same name and form.
 */
final class EventOutput implements RunOutput {
  private static final List<String> OF_REPORT =
      List.of(
          "status",
          "roundsFinished",
          "roundsCharged",
          "roundsPlanned",
          "guarantee",
          "guaranteeOfSums",
          "guaranteeOfAllRuns",
          "budgetRefusal");

  private final JsonEvents events;
  private final QuietOutput warnings;
  private ObjectNode failed = object();

  /**
   * @param err for warnings
   */
  EventOutput(JsonEvents events, PrintWriter err) {
    this.events = events;
    this.warnings = new QuietOutput(err);
  }

  @Override
  public void dry(Experiment experiment, LedgerChoice ledger, Optional<Resumption> resumption) {
    warnings.dry(experiment, ledger, resumption);
    events.write("plan", plan(experiment));
    events.end(
        "finished", object().put("status", "dry run").put("exitStatus", CommandLine.ExitCode.OK));
  }

  @Override
  public void alreadyFinished(ObjectNode report, RunDirectory directory) {
    events.end(
        RunDirectory.FINISHED,
        ending(report, directory).put("exitStatus", CommandLine.ExitCode.OK));
  }

  @Override
  public void planned(Experiment experiment, RunDirectory directory) {
    warnings.planned(experiment, directory);
    events.write("plan", plan(experiment).put("directory", directory.path().toString()));
  }

  private static ObjectNode plan(Experiment experiment) {
    PrivacyPlan plan = experiment.plan();
    ObjectNode node = object();
    node.put("roundsPlanned", plan.rounds());
    node.set("guarantee", GuaranteeJson.of(plan.guarantee()));
    plan.guaranteeOfSumsAfter(plan.rounds())
        .ifPresent(sums -> node.set("guaranteeOfSums", GuaranteeJson.of(sums)));
    node.put("isSecure", plan.isSecure());
    node.set("plan", PlanJson.of(plan, experiment.network().layerSizes().length));
    node.put("parameters", experiment.trainer().dimension());
    ObjectNode notCovered = node.putObject("notCoveredByGuarantee");
    notCovered.put("heldOut", experiment.heldOut().describe());
    experiment.heldOut().warning().ifPresent(warning -> notCovered.put("warning", warning));
    experiment.notes().forEach(node.putArray("notes")::add);
    node.set("configuration", experiment.configuration().toTree());
    return node;
  }

  @Override
  public void began() {
    events.endsItself();
  }

  @Override
  public void finished(RoundProgress progress) {
    PrivacyPlan plan = progress.plan();
    ObjectNode node = object();
    node.put("round", progress.metrics().round());
    node.put("roundsPlanned", plan.rounds());
    GuaranteeJson.putEpsilon(node, progress.spent().epsilon());
    node.put("isExact", progress.spent().isExact());
    node.put("delta", plan.delta());
    if (plan.clipping().adaptation().isPresent()) {
      progress.metrics().clipNorms().forEach(node.putObject("released").putArray("clipNorms")::add);
    }
    ObjectNode notCovered = node.putObject("notCoveredByGuarantee");
    progress
        .metrics()
        .evaluation()
        .ifPresent(evaluation -> notCovered.set("evaluation", RunReport.evaluation(evaluation)));
    progress.secondsLeft().ifPresent(seconds -> notCovered.put("secondsLeft", seconds));
    events.write("round", node);
  }

  @Override
  public void ended(
      ObjectNode written, TrainingReport report, HeldOutResults results, RunDirectory directory) {
    warnings.ended(written, report, results, directory);
    ObjectNode node = ending(written, directory);
    switch (written.path("status").asText()) {
      case "finished" -> events.end("finished", node.put("exitStatus", CommandLine.ExitCode.OK));
      case "stopped by budget" ->
          events.end("stopped", node.put("exitStatus", TrainCommand.BUDGET_EXCEEDED));
      // The process ends by the signal, which is not known here.
      case "stopped" -> events.end("stopped", node.putNull("exitStatus"));
      default -> failed = node;
    }
  }

  private static ObjectNode ending(ObjectNode report, RunDirectory directory) {
    ObjectNode node = report.deepCopy().retain(OF_REPORT);
    ObjectNode notCovered = report.withObject("/notCoveredByGuarantee").deepCopy();
    node.set(
        "notCoveredByGuarantee", notCovered.retain("evaluation", "sites", "personalEvaluation"));
    return node.put("directory", directory.path().toString());
  }

  @Override
  public void failed(Throwable error) {
    if (failed.isEmpty() && error instanceof RoundFailedException round) {
      TrainingReport report = round.result().report();
      failed.put("roundsFinished", report.rounds().size());
      failed.put("roundsCharged", report.charged().total());
      failed.set("guarantee", GuaranteeJson.of(report.guarantee()));
    }
    events.fail(error, failed);
  }

  @Override
  public void close() {
    events.close();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
