package org.dpfed.cli.report;

import static j2html.TagCreator.dd;
import static j2html.TagCreator.div;
import static j2html.TagCreator.dl;
import static j2html.TagCreator.dt;
import static j2html.TagCreator.each;
import static j2html.TagCreator.h2;
import static j2html.TagCreator.li;
import static j2html.TagCreator.p;
import static j2html.TagCreator.section;
import static j2html.TagCreator.strong;
import static j2html.TagCreator.tbody;
import static j2html.TagCreator.td;
import static j2html.TagCreator.text;
import static j2html.TagCreator.th;
import static j2html.TagCreator.thead;
import static j2html.TagCreator.tr;
import static j2html.TagCreator.ul;

import com.fasterxml.jackson.databind.JsonNode;
import j2html.tags.DomContent;
import java.util.ArrayList;
import java.util.List;

/** The first part of the page of a run: what it guarantees, to whom, and what not. */
final class GuaranteeSection {
  private static final List<Double> FALSE_POSITIVE_RATES = List.of(0.001, 0.01, 0.1);

  private final ReportNumbers numbers;
  private final JsonNode report;
  private final GuaranteeText words;

  GuaranteeSection(ReportNumbers numbers) {
    this.numbers = numbers;
    this.report = numbers.report();
    this.words = new GuaranteeText(report);
  }

  DomContent content() {
    List<DomContent> parts = new ArrayList<>();
    parts.add(h2("What is guaranteed"));
    parts.add(p(strong(words.headline()), text(" " + words.meaning())).withClass("lead"));
    if (words.isPrivate()) {
      parts.add(
          dl(
              item("Who is protected", text(words.who())),
              item("From whom", text(words.against())),
              item("How much", howMuch()),
              item("If all of this is true", list(words.assumptions())),
              item("What is not covered", list(words.notCovered()))));
    } else {
      parts.add(list(words.assumptions()));
    }
    parts.addAll(beyondThisRun());
    return section(parts.toArray(DomContent[]::new))
        .withClass(words.isPrivate() ? "guarantee" : "guarantee none");
  }

  private static DomContent item(String name, DomContent content) {
    return div(dt(name), dd(content));
  }

  private DomContent howMuch() {
    return each(
        p(
            text("ε = "),
            numbers.epsilon("/guarantee/epsilon"),
            text(", δ = "),
            numbers.at("/guarantee/delta"),
            text(", under the relation "),
            text(report.at("/guarantee/relation").asText()),
            text(", proven by the accountant "),
            text(report.at("/guarantee/accountant").asText()),
            text(
                ". Think of an attacker who tries to tell %s, and who accuses some of whom it is not true. Of the others, the attacker finds at most e^ε times that share, plus δ; without the models, just that share."
                    .formatted(words.secret()))),
        Tables.boxed(
            "The best that any attacker can do",
            thead(
                tr(
                    column("accused though it is not true of them"),
                    column("found of those of whom it is true, at most"),
                    column("without the models"))),
            tbody(
                each(
                    FALSE_POSITIVE_RATES,
                    rate ->
                        tr(
                            td(GuaranteeText.percentRoundedUp(rate)),
                            td(GuaranteeText.percentRoundedUp(words.largestTruePositiveRate(rate))),
                            td(GuaranteeText.percentRoundedUp(rate)))))));
  }

  private static DomContent column(String name) {
    return th(name).attr("scope", "col");
  }

  private static DomContent list(List<String> sentences) {
    return ul(each(sentences, sentence -> li(sentence)));
  }

  /** What other runs and an interruption add. */
  private List<DomContent> beyondThisRun() {
    List<DomContent> parts = new ArrayList<>();
    if (report.has("guaranteeOfSums")) {
      parts.add(
          p(
              text(
                  "Against those who see only the released models, and not what clients send: ε ="
                      + " "),
              numbers.epsilon("/guaranteeOfSums/epsilon"),
              text(".")));
    }
    if (report.path("roundsChargedAgain").asInt() > 0) {
      parts.add(
          p(
              numbers.at("/roundsChargedAgain"),
              text(
                  " rounds were charged again: the run was cut and resumed, and someone may have"
                      + " seen what they had released before. The ε above counts them.")));
    }
    words.choice().ifPresent(choice -> parts.add(p(strong(choice))));
    JsonNode all = report.path("guaranteeOfAllRuns");
    if (all.path("isPrivate").asBoolean()) {
      parts.add(
          p(
              strong(
                  "All runs on the ledger of this population together, " + words.asOf() + ": ε = "),
              numbers.epsilon("/guaranteeOfAllRuns/epsilon"),
              text(", δ = "),
              numbers.at("/guaranteeOfAllRuns/delta"),
              text(". Whoever sees several models, or the best of them, must count this one.")));
    } else if (all.isObject()) {
      List<String> reasons = words.reasonsForAllRuns();
      parts.add(
          p(
              strong("All runs on the ledger of this population together have no bound. "),
              text(
                  reasons.isEmpty()
                      ? "Something on it was seeded, had no noise, or cannot be composed."
                      : "")));
      parts.add(list(reasons));
    }
    if (report.has("budgetRefusal")) {
      parts.add(p("The budget ended the run: " + report.path("budgetRefusal").asText()));
    }
    return parts;
  }
}
