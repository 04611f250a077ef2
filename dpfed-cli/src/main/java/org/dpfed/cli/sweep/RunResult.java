package org.dpfed.cli.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.dpfed.cli.training.PlannedTraining;
import org.dpfed.cli.training.VariedRun;
import org.dpfed.federated.ModelEvaluation;

/**
 * One run of a sweep and what became of it.
 *
 * @param run the run
 * @param plan empty where its settings describe nothing that can run
 * @param report as the run wrote it; empty where it wrote none
 * @param problem why it failed; empty where it did not
 */
record RunResult(
    VariedRun run,
    Optional<PlannedTraining> plan,
    Optional<JsonNode> report,
    Optional<String> problem) {
  private static final Set<String> NO_METRICS = Set.of("data", "examples", "reasonsForNull");
  private static final String PERSONAL = "/notCoveredByGuarantee/personalEvaluation/personal";
  private static final String PERSONAL_PREFIX = "personal.";
  private static final Set<String> DONE = Set.of("finished", "stopped by budget");

  /** What is in the directory of a run; one that is done without its model goes on. */
  static RunResult of(VariedRun run, PlannedTraining plan, Path runs, Optional<String> problem) {
    Path file = runs.resolve(run.name()).resolve("report.json");
    try {
      Optional<JsonNode> report =
          Files.exists(file)
              ? Optional.of(new ObjectMapper().readTree(file.toFile()))
              : Optional.empty();
      RunResult result = new RunResult(run, Optional.of(plan), report, problem);
      boolean lacksModel = result.isDone() && Files.notExists(file.resolveSibling("model.zip"));
      return lacksModel ? new RunResult(run, Optional.of(plan), Optional.empty(), problem) : result;
    } catch (JsonProcessingException e) {
      // As good as none: the run goes on from its checkpoint, and writes another.
      return new RunResult(run, Optional.of(plan), Optional.empty(), problem);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** A run whose settings describe nothing that can run. */
  static RunResult refused(VariedRun run, String problem) {
    return new RunResult(run, Optional.empty(), Optional.empty(), Optional.of(problem));
  }

  /** {@code finished}, {@code stopped by budget}, {@code stopped}, {@code failed} or else. */
  String status() {
    return problem.isPresent()
        ? "failed"
        : report.map(node -> node.path("status").asText()).orElse("not finished");
  }

  /** Whether there is nothing left to train. */
  boolean isDone() {
    return DONE.contains(status());
  }

  /** The settings that differ between runs, such as {@code seed=1, privacy.clipNorm=0.5}. */
  String settingsText() {
    return run.settings().toString().replaceAll("[{}]", "").replaceAll("[\\p{Cc}\\p{Cf}]", "?");
  }

  /** How many rows it was evaluated on. */
  OptionalInt heldOutRows() {
    JsonNode rows = node("/notCoveredByGuarantee/evaluation/examples");
    return rows.isInt() ? OptionalInt.of(rows.intValue()) : OptionalInt.empty();
  }

  private JsonNode node(String pointer) {
    return report.map(node -> node.at(pointer)).orElseGet(MissingNode::getInstance);
  }

  /** The names of the metrics that the report has, in order. */
  List<String> metrics() {
    List<String> names = new ArrayList<>();
    node("/notCoveredByGuarantee/evaluation").fieldNames().forEachRemaining(names::add);
    names.removeAll(NO_METRICS);
    node(PERSONAL)
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (!NO_METRICS.contains(name)) {
                names.add(PERSONAL_PREFIX + name);
              }
            });
    return names;
  }

  /** A metric on held-out data, if it has a value. */
  OptionalDouble metric(String name) {
    if (name.startsWith(PERSONAL_PREFIX)) {
      return number(node(PERSONAL).path(name.substring(PERSONAL_PREFIX.length())));
    }
    return number(node("/notCoveredByGuarantee/evaluation").path(name));
  }

  /**
   * The name of the metric that runs are compared by, the higher the better: {@code dice} where
   * each pixel has a class, otherwise {@code accuracy}.
   */
  String scoreName() {
    return metrics().contains(ModelEvaluation.DICE)
        ? ModelEvaluation.DICE
        : ModelEvaluation.ACCURACY;
  }

  /** The value of that metric; empty where the run is not done or has none. */
  OptionalDouble score() {
    return isDone() ? metric(scoreName()) : OptionalDouble.empty();
  }

  OptionalDouble seconds() {
    return number(node("/notCoveredByGuarantee/seconds"));
  }

  /** Whether a guarantee holds of the run: its noise is secure and not absent. */
  boolean isPrivate() {
    return node("/guarantee/isPrivate").asBoolean();
  }

  /**
   * What the run cost, rounds that it was charged twice included; of one with seeded noise what it
   * would have cost with secure noise. Empty while it has no report.
   */
  OptionalDouble epsilon() {
    if (report.isEmpty()) {
      return OptionalDouble.empty();
    }
    JsonNode epsilon =
        report.get().has("epsilonWithSecureNoise")
            ? node("/epsilonWithSecureNoise")
            : node("/guarantee/epsilon");
    return OptionalDouble.of(number(epsilon).orElse(Double.POSITIVE_INFINITY));
  }

  /** How many charges its report counts; 0 where it has none. */
  int roundsCharged() {
    return node("/roundsCharged").asInt();
  }

  int roundsFinished() {
    return node("/roundsFinished").asInt();
  }

  /** The score by round, where it was evaluated. */
  Map<Integer, Double> scoreByRound() {
    Map<Integer, Double> byRound = new TreeMap<>();
    for (JsonNode round : node("/rounds")) {
      number(round.at("/notCoveredByGuarantee/evaluation/" + scoreName()))
          .ifPresent(value -> byRound.put(round.path("round").asInt(), value));
    }
    return byRound;
  }

  /** Mean over the rounds of a quantile of the norms before clipping; not private. */
  OptionalDouble normQuantile(double share) {
    return meanOfRounds("deltaNormQuantiles/" + share, false);
  }

  /** Mean over the rounds of the share of the cohort that was clipped; not private. */
  OptionalDouble clippedShare() {
    return meanOfRounds("clipped", true);
  }

  private OptionalDouble meanOfRounds(String name, boolean isOfCohort) {
    List<Double> values = new ArrayList<>();
    for (JsonNode round : node("/rounds")) {
      JsonNode inside = round.path("notCoveredByGuarantee");
      double cohort = isOfCohort ? inside.path("cohortSize").asDouble() : 1;
      OptionalDouble value = number(inside.at("/" + name));
      if (value.isPresent() && cohort > 0) {
        values.add(value.getAsDouble() / cohort);
      }
    }
    return values.stream().mapToDouble(Double::doubleValue).average();
  }

  private static OptionalDouble number(JsonNode node) {
    return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
  }
}
