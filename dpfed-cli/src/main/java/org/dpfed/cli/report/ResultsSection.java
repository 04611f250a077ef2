package org.dpfed.cli.report;

import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;
import static j2html.TagCreator.span;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;

import com.fasterxml.jackson.databind.JsonNode;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** What was measured on held-out data, all of it marked: no guarantee covers it. */
final class ResultsSection {
  private static final String EVALUATION = "/notCoveredByGuarantee/evaluation";
  private static final String SITES = "/notCoveredByGuarantee/sites";
  private static final String PERSONAL = "/notCoveredByGuarantee/personalEvaluation";
  private static final String PREDICTIONS = "/notCoveredByGuarantee/predictions";
  private static final int MOST_CHARTS = 6;

  /** A metric of one class; more digits than a class has are none. */
  private static final Pattern OF_CLASS = Pattern.compile("\\w+OfClass(\\d{1,4})");

  private final ReportNumbers numbers;
  private final RunCharts charts;
  private final Page page;

  ResultsSection(ReportNumbers numbers, Page page) {
    this.numbers = numbers;
    this.charts = new RunCharts(numbers.report());
    this.page = page;
  }

  /** A sign that the guarantee does not cover what follows. */
  static DomContent mark() {
    return p("Not covered by the guarantee: do not publish").withClass("mark");
  }

  DomContent content() {
    JsonNode hidden = numbers.report().path("notCoveredByGuarantee");
    List<DomContent> parts = new ArrayList<>();
    parts.add(mark());
    parts.add(h2("Results on held-out data"));
    parts.add(
        p(
            text("Held out: " + hidden.path("heldOut").asText("nothing") + ". "),
            text(hidden.path("warning").asText())));
    if (numbers.report().at(EVALUATION).isObject()) {
      parts.add(Tables.pairs("Metrics of the last evaluation", metrics()));
    }
    if (!numbers.report().at(SITES).isEmpty()) {
      parts.add(
          p(
              "By site; those with fewer than 5 held-out units together. The fewer people a site has among those held out, the more its numbers tell of each of them; with few of them they also scatter by chance."));
      parts.add(sites());
    }
    for (String notShown : List.of("sitesNotShown", "personalNotShown")) {
      if (hidden.has(notShown)) {
        parts.add(p("Note: " + hidden.path(notShown).asText() + "."));
      }
    }
    if (numbers.report().at(PERSONAL).isObject()) {
      parts.add(personal());
    }
    List<String> names = charts.metrics();
    parts.add(
        div(each(
                IntStream.range(0, Math.min(MOST_CHARTS, names.size())).boxed().toList(),
                i -> page.chart("metric-" + i, charts.metric(names.get(i)))))
            .withClass("grid"));
    parts.add(
        div(page.chart("roc", charts.roc()), page.chart("calibration", charts.calibration()))
            .withClass("grid"));
    List<DomContent> tables = new ArrayList<>();
    if (!numbers.report().at(PREDICTIONS + "/confusion").isEmpty()) {
      tables.add(confusion());
    }
    if (!numbers.report().at(PREDICTIONS + "/calibration").isEmpty()) {
      tables.add(calibration());
    }
    parts.add(div(tables.toArray(DomContent[]::new)).withClass("grid"));
    return section(parts.toArray(DomContent[]::new)).withClass("uncovered");
  }

  private Map<String, DomContent> metrics() {
    JsonNode evaluation = numbers.report().at(EVALUATION);
    Map<String, DomContent> rows = new LinkedHashMap<>();
    for (String name : charts.metrics()) {
      String reason = evaluation.path("reasonsForNull").path(name).asText();
      rows.put(
          withClass(name),
          reason.isEmpty()
              ? numbers.at(EVALUATION + ReportNumbers.step(name))
              : span("none: " + reason));
    }
    rows.put("examples", numbers.at(EVALUATION + "/examples"));
    return rows;
  }

  /** A row for each site. */
  private DomContent sites() {
    List<String> names = charts.metrics();
    JsonNode sites = numbers.report().at(SITES);
    return Tables.boxed(
        "Metrics of each site",
        thead(
            tr(
                th("site").attr("scope", "col"),
                number("units"),
                number("examples"),
                each(names, name -> number(withClass(name))))),
        tbody(
            each(
                IntStream.range(0, sites.size()).boxed().toList(),
                i ->
                    tr(
                        th(sites.get(i).path("site").asText()).attr("scope", "row"),
                        cell(SITES + "/" + i + "/units"),
                        cell(SITES + "/" + i + "/evaluation/examples"),
                        each(
                            names,
                            name ->
                                cell(
                                    SITES
                                        + "/"
                                        + i
                                        + "/evaluation"
                                        + ReportNumbers.step(name)))))));
  }

  private static DomContent number(String column) {
    return th(column).withClass("number").attr("scope", "col");
  }

  private DomContent cell(String pointer) {
    return td(numbers.at(pointer)).withClass("number");
  }

  /** Each metric with the personal layers of held-out clients beside the initial ones. */
  private DomContent personal() {
    List<String> names = new ArrayList<>(charts.metrics());
    names.add("examples");
    return Tables.boxed(
        "Held-out clients that trained the personal layers on half of their rows, judged by the other half",
        thead(
            tr(
                th("metric").attr("scope", "col"),
                th("personal").withClass("number").attr("scope", "col"),
                th("global").withClass("number").attr("scope", "col"))),
        tbody(
            each(
                names,
                name ->
                    tr(
                        th(withClass(name)).attr("scope", "row"),
                        td(numbers.at(PERSONAL + "/personal" + ReportNumbers.step(name)))
                            .withClass("number"),
                        td(numbers.at(PERSONAL + "/global" + ReportNumbers.step(name)))
                            .withClass("number"))),
            tr(
                th("clients").attr("scope", "row"),
                td(numbers.at(PERSONAL + "/clients")).withClass("number"),
                td(numbers.at(PERSONAL + "/clients")).withClass("number")),
            tr(
                th("clients with one row, left out").attr("scope", "row"),
                td(numbers.at(PERSONAL + "/clientsLeftOut")).withClass("number"),
                td(numbers.at(PERSONAL + "/clientsLeftOut")).withClass("number"))));
  }

  /** The name of a metric, with that of the class that it is of. */
  private String withClass(String metric) {
    Matcher numbered = OF_CLASS.matcher(metric);
    if (!numbered.matches()) {
      return metric;
    }
    JsonNode classes = numbers.report().at("/configuration/data/classes");
    List<String> names = new ArrayList<>();
    if (classes.isObject()) {
      classes.fieldNames().forEachRemaining(names::add);
    } else {
      classes.forEach(name -> names.add(name.asText()));
    }
    int number = Integer.parseInt(numbered.group(1));
    return number < names.size() ? "%s (%s)".formatted(metric, names.get(number)) : metric;
  }

  /** Rows are what is true, columns what was predicted; shaded by the share of the row. */
  private DomContent confusion() {
    JsonNode rows = numbers.report().at(PREDICTIONS + "/confusion");
    List<Integer> classes = IntStream.range(0, rows.size()).boxed().toList();
    return Tables.boxed(
        "Confusion matrix: rows are what is true, columns what was predicted",
        thead(tr(th("true class").attr("scope", "col"), each(classes, k -> number(name(k))))),
        tbody(
            each(
                classes,
                truth ->
                    tr(
                        th(name(truth)).attr("scope", "row"),
                        each(classes, k -> cell(rows.get(truth), truth, k))))));
  }

  private DomContent cell(JsonNode row, int truth, int predicted) {
    long sum = 0;
    for (JsonNode count : row) {
      sum += count.asLong();
    }
    double share = sum == 0 ? 0 : row.get(predicted).asDouble() / sum;
    return td(numbers.at(PREDICTIONS + "/confusion/" + truth + "/" + predicted))
        .withClass("cell")
        .attr("style", "--share:" + ReportNumbers.shown(share));
  }

  private DomContent calibration() {
    List<String> columns = List.of("meanProbability", "frequency", "count");
    return Tables.boxed(
        "Calibration: predictions of about the same probability",
        thead(
            tr(
                each(
                    List.of("mean probability", "share that came true", "predictions"),
                    ResultsSection::number))),
        tbody(
            each(
                IntStream.range(0, numbers.report().at(PREDICTIONS + "/calibration").size())
                    .boxed()
                    .toList(),
                bin ->
                    tr(
                        each(
                            columns,
                            column -> cell(PREDICTIONS + "/calibration/" + bin + "/" + column))))));
  }

  /** The name of a class, or its number where it has none. */
  private String name(int index) {
    return numbers.report().at(PREDICTIONS + "/classes/" + index).asText(Integer.toString(index));
  }
}
