package org.dpfed.cli.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.dpfed.federated.ModelEvaluation;

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

  private List<String> metrics() {
    Set<String> names = new LinkedHashSet<>(FIRST_METRICS);
    runs.forEach(run -> names.addAll(run.metrics()));
    return List.copyOf(names);
  }

  /** A row for each run, values that are not known left empty, infinity as {@code inf}. */
  String csv() {
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
    StringBuilder csv = new StringBuilder(row(head));
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
      csv.append(row(cells));
    }
    return csv.toString();
  }

  private boolean hasDiagnostics() {
    return runs.stream().anyMatch(run -> run.clippedShare().isPresent());
  }

  private static String row(List<String> cells) {
    return cells.stream().map(Results::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  private static String quoted(String cell) {
    return cell.matches("[^,\"\\r\\n]*") ? cell : "\"" + cell.replace("\"", "\"\"") + "\"";
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
      ObjectNode node = all.addObject().put("run", result.run().name());
      ObjectNode settings = node.putObject("settings");
      for (Map.Entry<String, String> setting : result.run().settings().entrySet()) {
        settings.put(setting.getKey(), setting.getValue());
      }
      ObjectNode metrics = node.putObject("notCoveredByGuarantee");
      metrics().forEach(name -> put(metrics, name, result.metric(name)));
      put(metrics, "seconds", result.seconds());
      if (hasDiagnostics()) {
        put(metrics, "normMedian", result.normQuantile(MEDIAN));
        put(metrics, "clippedShare", result.clippedShare());
      }
      put(node, "epsilon", result.epsilon());
      node.put("isPrivate", result.isPrivate());
      result.plan().ifPresent(plan -> node.put("noiseMultiplier", plan.noiseMultiplier()));
      node.put("roundsFinished", result.roundsFinished());
      node.put("roundsCharged", result.roundsCharged());
      node.put("status", result.status());
      result.problem().ifPresent(problem -> node.put("problem", problem));
    }
    return root;
  }

  String jsonText() throws JsonProcessingException {
    return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json()) + "\n";
  }

  private static void put(ObjectNode node, String name, OptionalDouble value) {
    if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
      node.put(name, value.getAsDouble());
    } else {
      node.putNull(name);
    }
  }
}
