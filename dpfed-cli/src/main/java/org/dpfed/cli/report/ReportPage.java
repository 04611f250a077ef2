package org.dpfed.cli.report;

import static j2html.TagCreator.button;
import static j2html.TagCreator.code;
import static j2html.TagCreator.div;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h1;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.li;
import static j2html.TagCreator.p;
import static j2html.TagCreator.pre;
import static j2html.TagCreator.section;
import static j2html.TagCreator.span;
import static j2html.TagCreator.text;
import static j2html.TagCreator.ul;

import com.fasterxml.jackson.databind.JsonNode;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** The page of one run, {@value #FILE}. */
public final class ReportPage {
  /** Name of the file in the directory of a run. */
  public static final String FILE = "report.html";

  private static final int RELOAD_SECONDS = 10;

  private final ReportNumbers numbers;
  private final JsonNode report;
  private final Page page;

  private ReportPage(JsonNode report) {
    this.numbers = new ReportNumbers(report);
    this.report = report;
    this.page = new Page(name(report) + ": dpfed report");
  }

  /**
   * The page as HTML, in one file that opens without a network. While the run goes on, the page
   * reloads itself.
   *
   * @param report as in report.json; the page shows what it finds there
   */
  public static String of(JsonNode report) {
    return new ReportPage(report).page();
  }

  /** The name of the run in its settings. */
  static String name(JsonNode report) {
    return report.at("/configuration/run/name").asText("unnamed run");
  }

  private String page() {
    DomContent content =
        each(
            new GuaranteeSection(numbers).content(),
            new ResultsSection(numbers, page).content(),
            privacyCurves(),
            rounds(),
            settings(),
            machine());
    return page.of(each(h1(name(report)), status()), content, written());
  }

  private DomContent status() {
    boolean isRunning = report.path("status").asText().equals("running");
    return p(
            text(isRunning ? "This run is going on: " : report.path("status").asText() + ": "),
            numbers.at("/roundsFinished"),
            text(" of "),
            numbers.at("/roundsPlanned"),
            text(" rounds finished, "),
            numbers.at("/roundsCharged"),
            text(" charged. Written " + report.path("time").asText("at an unknown time") + "."),
            isRunning ? live() : each())
        .withClass("status");
  }

  private static DomContent live() {
    return each(
        text(
            " The page is written anew at evaluations and reloads itself every %d seconds. If the time stands still, the run was ended from outside; the ledger then says what was spent."
                .formatted(RELOAD_SECONDS)),
        button("Pause")
            .withId("pause")
            .attr("type", "button")
            .attr("data-seconds", RELOAD_SECONDS)
            .attr("hidden"));
  }

  private DomContent privacyCurves() {
    RunCharts charts = new RunCharts(report);
    return section(
        h2("Privacy and noise, round by round"),
        p("The guarantee covers these curves."),
        div(
                page.chart("epsilon", charts.epsilon()),
                page.chart("noise", charts.noiseAgainstSignal()),
                page.chart("clip-norm", charts.clipNorm()))
            .withClass("grid"));
  }

  private DomContent rounds() {
    return report.path("rounds").isEmpty()
        ? each()
        : section(h2("Rounds"), RoundsTable.of(numbers), RoundsTable.ofDiagnostics(numbers));
  }

  private DomContent settings() {
    List<DomContent> parts = new ArrayList<>();
    parts.add(h2("Settings"));
    if (report.has("command")) {
      parts.add(
          p(
              "This command trains with the same settings again, and is charged again. Its noise is"
                  + " new unless there is a seed, so its result differs:"));
      parts.add(pre(code(report.path("command").asText())));
    }
    List<String> notes =
        StreamSupport.stream(report.path("notes").spliterator(), false)
            .map(JsonNode::asText)
            .toList();
    if (!notes.isEmpty()) {
      parts.add(p("Notes on images and on how clients train:"));
      parts.add(ul(each(notes, note -> li(note))));
    }
    parts.add(
        div(
                Tables.leaves("Settings of the run", numbers, "/configuration"),
                Tables.leaves("Plan: what was charged for", numbers, "/plan"))
            .withClass("grid"));
    return section(parts.toArray(DomContent[]::new));
  }

  private DomContent machine() {
    return section(
        h2("Machine and versions"),
        div(
                Tables.leaves("Versions", numbers, "/versions"),
                Tables.leaves("Machine", numbers, "/machine"))
            .withClass("grid"),
        div(
                ResultsSection.mark(),
                p(
                    text("Training took "),
                    numbers.at("/notCoveredByGuarantee/seconds"),
                    text(" seconds, "),
                    numbers.at("/notCoveredByGuarantee/clientsPerSecond"),
                    text(" clients per second.")))
            .withClass("uncovered"));
  }

  private DomContent written() {
    return p(
        span("Made of report.json, which holds all numbers in full, by dpfed "),
        text(report.at("/versions/dpfed").asText("of an unknown version")),
        text(". Charts: Observable Plot and D3, under the ISC licence."));
  }
}
