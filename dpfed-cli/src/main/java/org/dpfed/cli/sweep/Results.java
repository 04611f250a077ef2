package org.dpfed.cli.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.dpfed.cli.CsvTable;
import org.dpfed.federated.ModelEvaluation;
import picocli.CommandLine;

/**
 * The results of all runs as tables. The same settings and seeds give the same tables whatever ran
 * side by side, but for the seconds, which are the last column.
 *
 * @param varied keys of the settings that differ between runs
 * @param runs in order
 */
record Results(List<String> varied, List<RunResult> runs) {
  private static final List<String> FIRST_METRICS =
      List.of(ModelEvaluation.ACCURACY, ModelEvaluation.ROC_AUC, ModelEvaluation.LOSS);

  private static final double MEDIAN = 0.5;

  Results {
    varied = List.copyOf(varied);
    runs = List.copyOf(runs);
  }

  /** How many runs are done. */
  long done() {
    return runs.stream().filter(RunResult::isDone).count();
  }

  /** How many runs failed. */
  long failed() {
    return runs.stream().filter(run -> run.problem().isPresent()).count();
  }

  private List<String> metrics() {
    Set<String> names = new LinkedHashSet<>(FIRST_METRICS);
    runs.forEach(run -> names.addAll(run.metrics()));
    return List.copyOf(names);
  }

  /** A row for each run, values that are not known left empty, infinity as {@code inf}. */
  String csv() throws IOException {
    List<String> metrics = metrics();
    List<String> head = new ArrayList<>(List.of("run"));
    head.addAll(varied);
    head.addAll(metrics);
    head.addAll(List.of("epsilon", "isPrivate", "noiseMultiplier"));
    boolean hasDiagnostics = hasDiagnostics();
    if (hasDiagnostics) {
      head.addAll(List.of("notPrivate.normMedian", "notPrivate.clippedShare"));
    }
    head.addAll(List.of("roundsFinished", "status", "seconds"));
    StringBuilder csv = new StringBuilder();
    CsvTable table = new CsvTable(csv, "\n");
    table.add(head);
    for (RunResult result : runs) {
      List<String> cells = new ArrayList<>(List.of(result.run().name()));
      cells.addAll(result.run().settings().values());
      metrics.forEach(name -> cells.add(text(result.metric(name))));
      cells.add(text(result.epsilon()));
      cells.add(result.report().isPresent() ? (result.isPrivate() ? "yes" : "no") : "");
      cells.add(result.plan().map(plan -> Double.toString(plan.noiseMultiplier())).orElse(""));
      if (hasDiagnostics) {
        cells.add(text(result.normQuantile(MEDIAN)));
        cells.add(text(result.clippedShare()));
      }
      cells.add(Integer.toString(result.roundsFinished()));
      cells.add(result.status());
      cells.add(text(result.seconds()));
      table.add(cells);
    }
    return csv.toString();
  }

  private boolean hasDiagnostics() {
    return runs.stream().anyMatch(run -> run.clippedShare().isPresent());
  }

  private static String text(OptionalDouble value) {
    if (value.isEmpty()) {
      return "";
    }
    return Double.isInfinite(value.getAsDouble()) ? "inf" : Double.toString(value.getAsDouble());
  }

  /** The same as JSON, with the reason of each failure; infinity and unknown are null. */
  ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    varied.forEach(root.putArray("varied")::add);
    ArrayNode all = root.putArray("runs");
    for (RunResult result : runs) {
      ObjectNode node = json(result, metrics());
      ObjectNode inside = node.withObject("/notCoveredByGuarantee");
      put(inside, "seconds", result.seconds());
      if (hasDiagnostics()) {
        put(inside, "normMedian", result.normQuantile(MEDIAN));
        put(inside, "clippedShare", result.clippedShare());
      }
      all.add(node);
    }
    return root;
  }

  /**
   * One run, without diagnostics and seconds.
   *
   * @param metrics to be in it; null where the run has no such value
   */
  static ObjectNode json(RunResult result, List<String> metrics) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("run", result.run().name());
    result.run().settings().forEach(node.putObject("settings")::put);
    ObjectNode values = node.putObject("notCoveredByGuarantee");
    metrics.forEach(name -> put(values, name, result.metric(name)));
    put(node, "epsilon", result.epsilon());
    node.put("isPrivate", result.isPrivate());
    result.plan().ifPresent(plan -> node.put("noiseMultiplier", plan.noiseMultiplier()));
    node.put("roundsFinished", result.roundsFinished());
    node.put("roundsCharged", result.roundsCharged());
    node.put("status", result.status());
    result.problem().ifPresent(problem -> node.put("problem", problem));
    return node;
  }

  String jsonText() throws JsonProcessingException {
    return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json()) + "\n";
  }

  /** Of the command: failed where a run did. */
  int exitStatus() {
    return failed() == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  /** Infinity and unknown as null. */
  static void put(ObjectNode node, String name, OptionalDouble value) {
    if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
      node.put(name, value.getAsDouble());
    } else {
      node.putNull(name);
    }
  }
}
