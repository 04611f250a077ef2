package org.dpfed.cli.report;

import static j2html.TagCreator.code;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;
import static j2html.TagCreator.span;
import static j2html.TagCreator.strong;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.dpfed.cli.report.Chart.Frame;
import org.dpfed.cli.report.Chart.Series;

/** A page that compares runs: what each promises, what it reached, and where settings differ. */
final class ComparisonPage {
  private static final String EVALUATION = "/notCoveredByGuarantee/evaluation";

  /** Settings that say where a run is, not what it does. */
  private static final Set<String> PLACES = Set.of("run.name", "run.directory");

  private final List<StoredReport> runs;
  private final Page page = new Page("Comparison of runs: dpfed report");

  private ComparisonPage(List<StoredReport> runs) {
    this.runs = runs;
  }

  /**
   * The page as HTML.
   *
   * @param runs at least two
   */
  static String of(List<StoredReport> runs) {
    return new ComparisonPage(runs).page();
  }

  private String page() {
    DomContent content = each(guarantees(), results(), settings());
    return page.of(
        h1("Comparison of %d runs".formatted(runs.size())),
        content,
        p("Charts: Observable Plot and D3, under the ISC licence."));
  }

  /** The name of its directory, or its path where another run has that name too. */
  private String label(StoredReport run) {
    boolean isUnique = runs.stream().filter(r -> r.label().equals(run.label())).count() == 1;
    return isUnique ? run.label() : run.directory().toString();
  }

  private DomContent guarantees() {
    Map<String, Function<ReportNumbers, DomContent>> rows = new LinkedHashMap<>();
    rows.put("status", run -> span(run.report().path("status").asText()));
    rows.put(
        "guarantee",
        run -> span(new GuaranteeText(run.report()).isPrivate() ? "yes" : "no privacy"));
    rows.put("ε", run -> run.epsilon("/guarantee/epsilon"));
    rows.put("δ", run -> run.at("/guarantee/delta"));
    rows.put("unit", run -> span(run.report().at("/guarantee/unit").asText()));
    rows.put("relation", run -> span(run.report().at("/guarantee/relation").asText()));
    rows.put("trust", run -> span(run.report().at("/plan/trust/label").asText()));
    rows.put(
        "ε of all runs on its ledger, when its report was written",
        run -> run.epsilon("/guaranteeOfAllRuns/epsilon"));
    rows.put("rounds finished", run -> run.at("/roundsFinished"));
    rows.put("clip norm", run -> run.at("/plan/clipNorm"));
    rows.put("noise multiplier", run -> run.at("/plan/noiseMultiplier"));
    List<Series> epsilons = new ArrayList<>();
    runs.forEach(run -> epsilons.add(new RunCharts(run.report()).epsilonOf(label(run))));
    return section(
            h2("What each run guarantees"),
            p(
                strong("Whoever chooses the best of several runs must count them all: "),
                text(
                    "the choice depends on the data of every run. If they share a ledger, that is"
                        + " the ε of all runs on it. Compare ε only where unit, relation, δ and"
                        + " trust are the same.")),
            table("Guarantees", rows),
            page.chart(
                "epsilon", new Chart("ε spent", "round", "ε", "", epsilons, Frame.FROM_ZERO)))
        .withClass(
            runs.stream().allMatch(run -> new GuaranteeText(run.report()).isPrivate())
                ? "guarantee"
                : "guarantee none");
  }

  private DomContent results() {
    Set<String> metrics = new LinkedHashSet<>();
    runs.forEach(run -> metrics.addAll(new RunCharts(run.report()).metrics()));
    Map<String, Function<ReportNumbers, DomContent>> rows = new LinkedHashMap<>();
    List<DomContent> charts = new ArrayList<>();
    for (String metric : metrics) {
      rows.put(metric, run -> run.at(EVALUATION + ReportNumbers.step(metric)));
      List<Series> series = new ArrayList<>();
      runs.forEach(run -> series.add(new RunCharts(run.report()).metricOf(metric, label(run))));
      charts.add(
          page.chart(
              "metric-" + charts.size(),
              new Chart(metric, "round", metric, "", series, Frame.FREE)));
    }
    rows.put("examples", run -> run.at(EVALUATION + "/examples"));
    rows.put("seconds", run -> run.at("/notCoveredByGuarantee/seconds"));
    return section(
            ResultsSection.mark(),
            h2("Results on held-out data"),
            table("Metrics of the last evaluation", rows),
            div(charts.toArray(DomContent[]::new)).withClass("grid"))
        .withClass("uncovered");
  }

  private DomContent settings() {
    List<Map<String, String>> all =
        runs.stream().map(run -> leaves(run.report().path("configuration"))).toList();
    Set<String> keys = new LinkedHashSet<>();
    all.forEach(one -> keys.addAll(one.keySet()));
    Map<String, Function<ReportNumbers, DomContent>> rows = new LinkedHashMap<>();
    for (String key : keys) {
      long different = all.stream().map(one -> one.getOrDefault(key, "")).distinct().count();
      if (different > 1 && !PLACES.contains(key)) {
        rows.put(
            key, run -> code(leaves(run.report().path("configuration")).getOrDefault(key, "–")));
      }
    }
    return section(
        h2("Settings that differ"),
        rows.isEmpty() ? p("None.") : table("Settings that differ", rows));
  }

  private static Map<String, String> leaves(JsonNode configuration) {
    Map<String, String> leaves = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> part : configuration.properties()) {
      for (Map.Entry<String, JsonNode> entry : part.getValue().properties()) {
        JsonNode value = entry.getValue();
        leaves.put(
            part.getKey() + "." + entry.getKey(),
            value.isValueNode() ? value.asText() : value.toString());
      }
    }
    return leaves;
  }

  private DomContent table(String name, Map<String, Function<ReportNumbers, DomContent>> rows) {
    return Tables.boxed(
        name,
        thead(tr(td(), each(runs, run -> th(label(run)).attr("scope", "col")))),
        tbody(
            each(
                rows.entrySet(),
                row ->
                    tr(
                        th(row.getKey()).attr("scope", "row"),
                        each(
                            runs,
                            run -> td(row.getValue().apply(new ReportNumbers(run.report()))))))));
  }
}
