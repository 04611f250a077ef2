package org.dpfed.cli.report;

import static j2html.TagCreator.each;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import com.fasterxml.jackson.databind.JsonNode;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One row for each round; of a long run, for some hundred of them and the last. */
final class RoundsTable {
  private static final int MOST_ROWS = 400;

  private static final List<String> DIAGNOSTICS =
      List.of(
          "seconds",
          "cohortSize",
          "failed",
          "nonFinite",
          "clipped",
          "meanDeltaNorm",
          "meanTrainingLoss");

  private final ReportNumbers numbers;
  private final JsonNode rounds;

  /** What the guarantee covers: the place in a round by the name of the column. */
  private final Map<String, String> released = new LinkedHashMap<>();

  private final Map<String, String> notCovered = new LinkedHashMap<>();
  private final Map<Integer, Integer> epsilonOfRound = new HashMap<>();
  private final String name;

  private RoundsTable(ReportNumbers numbers, String name) {
    this.numbers = numbers;
    this.rounds = numbers.report().path("rounds");
    this.name = name;
  }

  /** What was released, and metrics where there are some. */
  static DomContent of(ReportNumbers numbers) {
    RoundsTable table = new RoundsTable(numbers, "Rounds");
    table.released.put("clip norm", "/released/clipNorms");
    table.released.put("noise stddev", "/released/noiseStddev");
    table.released.put("norm of the noise", "/released/noiseNorm");
    table.released.put("norm of the mean", "/released/meanNorm");
    for (String metric : new RunCharts(numbers.report()).metrics()) {
      table.notCovered.put(
          metric, "/notCoveredByGuarantee/evaluation" + ReportNumbers.step(metric));
    }
    JsonNode epsilons = numbers.report().path("epsilonByRound");
    for (int i = 0; i < epsilons.size(); i++) {
      table.epsilonOfRound.put(epsilons.get(i).path("round").asInt(), i);
    }
    return table.content();
  }

  /** The diagnostics; nothing where the run has recorded none. */
  static DomContent ofDiagnostics(ReportNumbers numbers) {
    RoundsTable table = new RoundsTable(numbers, "Diagnostics of the rounds");
    for (String name : DIAGNOSTICS) {
      if (!table.rounds.findValues(name).isEmpty()) {
        table.notCovered.put(name, "/notCoveredByGuarantee/" + name);
      }
    }
    return table.notCovered.isEmpty() ? each() : table.content();
  }

  private DomContent content() {
    int step = (rounds.size() + MOST_ROWS - 1) / MOST_ROWS;
    String title =
        step <= 1
            ? name
            : "%s: every %d-th and the last; report.json has all".formatted(name, step);
    List<Integer> shown =
        IntStream.range(0, rounds.size())
            .filter(i -> step <= 1 || (i + 1) % step == 0 || i == rounds.size() - 1)
            .boxed()
            .toList();
    return Tables.boxed(title, head(), tbody(each(shown, this::row)));
  }

  private DomContent head() {
    return thead(
        tr(
            th("round").attr("scope", "col").attr("rowspan", 2),
            released.isEmpty()
                ? each()
                : th("covered by the guarantee")
                    .attr("scope", "colgroup")
                    .attr("colspan", released.size() + 1),
            notCovered.isEmpty()
                ? each()
                : th("not covered: do not publish")
                    .withClass("hidden-data")
                    .attr("scope", "colgroup")
                    .attr("colspan", notCovered.size())),
        tr(
            released.isEmpty() ? each() : column("ε so far", ""),
            each(released.keySet(), column -> column(column, "")),
            each(notCovered.keySet(), column -> column(column, " hidden-data"))));
  }

  private static DomContent column(String name, String kind) {
    return th(name).withClass("number" + kind).attr("scope", "col");
  }

  private DomContent row(int index) {
    List<DomContent> cells = new ArrayList<>();
    String round = "/rounds/" + index;
    cells.add(th(numbers.at(round + "/round")).withClass("number").attr("scope", "row"));
    if (!released.isEmpty()) {
      Integer epsilon = epsilonOfRound.get(rounds.get(index).path("round").asInt());
      cells.add(
          td(epsilon == null ? each() : numbers.epsilon("/epsilonByRound/" + epsilon + "/epsilon"))
              .withClass("number"));
    }
    released.values().forEach(at -> cells.add(td(value(round + at)).withClass("number")));
    notCovered
        .values()
        .forEach(at -> cells.add(td(value(round + at)).withClass("number hidden-data")));
    return tr(cells.toArray(DomContent[]::new));
  }

  /** A number, several for the layers, or nothing where the round has none. */
  private DomContent value(String pointer) {
    JsonNode node = numbers.report().at(pointer);
    if (node.isArray()) {
      return each(
          IntStream.range(0, node.size()).boxed().toList(),
          i -> each(text(i == 0 ? "" : ", "), numbers.at(pointer + "/" + i)));
    }
    return node.isMissingNode() ? each() : numbers.at(pointer);
  }
}
