package org.dpfed.cli.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.dpfed.cli.report.Chart.Frame;
import org.dpfed.cli.report.Chart.Point;
import org.dpfed.cli.report.Chart.Series;

/**
 * The curves of a run.
 *
 * @param report as in report.json
 */
record RunCharts(JsonNode report) {
  private static final String ROUND = "round";

  /** Of an evaluation, what is no metric. */
  private static final Set<String> NO_METRICS = Set.of("data", "examples", "reasonsForNull");

  /** Names of the metrics, the main one first. */
  List<String> metrics() {
    Set<String> names = new LinkedHashSet<>();
    evaluationNames(report.at("/notCoveredByGuarantee/evaluation"), names);
    for (JsonNode round : report.path("rounds")) {
      evaluationNames(round.at("/notCoveredByGuarantee/evaluation"), names);
    }
    return new ArrayList<>(names);
  }

  private static void evaluationNames(JsonNode evaluation, Set<String> names) {
    evaluation.fieldNames().forEachRemaining(names::add);
    names.removeAll(NO_METRICS);
  }

  /** A metric over the rounds. */
  Chart metric(String name) {
    return new Chart(
        name, ROUND, name, "Measured on held-out data.", List.of(metricOf(name, name)), Frame.FREE);
  }

  Series metricOf(String name, String label) {
    return series(label, round -> number(round.at("/notCoveredByGuarantee/evaluation").path(name)));
  }

  /** Epsilon spent. */
  Chart epsilon() {
    return new Chart(
        "ε spent",
        ROUND,
        "ε",
        "Upper bound of what the rounds so far have cost. Charges for rounds that were run again"
            + " after a resume count from the start.",
        List.of(epsilonOf("ε")),
        Frame.FROM_ZERO);
  }

  Series epsilonOf(String label) {
    List<Point> points = new ArrayList<>();
    for (JsonNode point : report.path("epsilonByRound")) {
      points.add(new Point(point.path(ROUND).asDouble(), point.path("epsilon").asDouble()));
    }
    return new Series(label, points);
  }

  /** The bound of each update. */
  Chart clipNorm() {
    return new Chart(
        "Clip norm",
        ROUND,
        "clip norm",
        "Updates that are longer are scaled down to it.",
        List.of(series("clip norm", RunCharts::clipNorm)),
        Frame.FROM_ZERO);
  }

  /** How much of what was released is noise. */
  Chart noiseAgainstSignal() {
    return new Chart(
        "Noise against signal",
        ROUND,
        "L2 norm",
        "Where the two curves coincide, what the round released was mostly noise. Both are covered:"
            + " they follow from released models and public constants.",
        List.of(
            series("released mean update", round -> number(round.at("/released/meanNorm"))),
            series("noise in it, expected", round -> number(round.at("/released/noiseNorm")))),
        Frame.FROM_ZERO);
  }

  /** The ROC curve of the second of two classes. */
  Chart roc() {
    List<Point> points = new ArrayList<>();
    for (JsonNode point : predictions().path("roc")) {
      points.add(
          new Point(
              point.path("falsePositiveRate").asDouble(),
              point.path("truePositiveRate").asDouble()));
    }
    return new Chart(
        "ROC curve",
        "false positive rate",
        "true positive rate",
        "The dotted diagonal is guessing.",
        List.of(new Series("model", points)),
        Frame.UNIT_SQUARE);
  }

  /** How often predictions of some probability come true. */
  Chart calibration() {
    List<Point> points = new ArrayList<>();
    for (JsonNode bin : predictions().path("calibration")) {
      points.add(
          new Point(bin.path("meanProbability").asDouble(), bin.path("frequency").asDouble()));
    }
    return new Chart(
        "Calibration",
        "predicted probability",
        "share that came true",
        "On the dotted diagonal, probabilities mean what they say. Bins with few examples scatter.",
        List.of(new Series("model", points)),
        Frame.DOTS_IN_UNIT_SQUARE);
  }

  private JsonNode predictions() {
    return report.at("/notCoveredByGuarantee/predictions");
  }

  private Series series(String name, ToDoubleFunction<JsonNode> value) {
    List<Point> points = new ArrayList<>();
    for (JsonNode round : report.path("rounds")) {
      double y = value.applyAsDouble(round);
      if (Double.isFinite(y)) {
        points.add(new Point(round.path(ROUND).asDouble(), y));
      }
    }
    return new Series(name, points);
  }

  /** Of the whole update: the root of the sum of the squares over its layers. */
  private static double clipNorm(JsonNode round) {
    JsonNode norms = round.at("/released/clipNorms");
    double squares = 0;
    for (JsonNode norm : norms) {
      squares += norm.asDouble() * norm.asDouble();
    }
    return norms.size() == 1
        ? norms.get(0).asDouble()
        : norms.isEmpty() ? Double.NaN : Math.sqrt(squares);
  }

  private static double number(JsonNode node) {
    return node.isNumber() ? node.asDouble() : Double.NaN;
  }
}
