package org.dpfed.cli.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dpfed.accounting.Guarantee;
import org.dpfed.dl4j.PersonalEvaluation;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundMetrics;
import org.dpfed.federated.TrainingReport;

/** The table at the end of a run, no wider than 80 columns. */
final class SummaryTable {
  private static final int COLUMNS = 80;
  private static final int NAME_COLUMNS = 22;

  /** How a guarantee of all runs begins to say which of them have no bound. */
  private static final String UNBOUNDED_RUNS = "no bound: ";

  private final List<String> lines = new ArrayList<>();

  private SummaryTable() {}

  /**
   * @param results on held-out data, beside the metrics of the report
   */
  static String of(TrainingReport report, HeldOutResults results) {
    SummaryTable table = new SummaryTable();
    report
        .evaluation()
        .ifPresent(evaluation -> table.addEvaluation(evaluation, report.guarantee().isPrivate()));
    table.addSites(results.sites(), report.guarantee().isPrivate());
    results
        .sitesNotShown()
        .ifPresent(reason -> table.lines.addAll(wrapped(reason).lines().toList()));
    results.personal().ifPresent(evaluation -> table.addPersonal(evaluation, report));
    results
        .personalNotShown()
        .ifPresent(reason -> table.lines.addAll(wrapped(reason).lines().toList()));
    table.addPrivacy(report);
    table.addRun(report);
    return String.join("\n", table.lines);
  }

  /** Metrics on rows that no part of the run has seen. */
  static String ofNewRows(ModelEvaluation evaluation) {
    SummaryTable table = new SummaryTable();
    table.lines.add("on %d rows:".formatted(evaluation.examples()));
    evaluation.metrics().forEach(metric -> table.add(metric.name(), metric.text()));
    return String.join("\n", table.lines);
  }

  private void addEvaluation(ModelEvaluation evaluation, boolean isPrivate) {
    lines.add("on %d held-out rows%s:".formatted(evaluation.examples(), mark(isPrivate)));
    evaluation.metrics().forEach(metric -> add(metric.name(), metric.text()));
  }

  private static String mark(boolean isPrivate) {
    return isPrivate ? ", not covered by the guarantee" : "";
  }

  private void addSites(List<HeldOutResults.OfSite> sites, boolean isPrivate) {
    if (sites.isEmpty()) {
      return;
    }
    lines.add("on those of each site%s:".formatted(mark(isPrivate)));
    for (HeldOutResults.OfSite each : sites) {
      String metrics =
          each.evaluation().metrics().stream()
              .map(ModelEvaluation.Metric::toString)
              .collect(Collectors.joining(", "));
      add(each.site().name(), each.site().size() + ": " + metrics);
    }
  }

  /** The main metric, and the accuracy where that is another. */
  private void addPersonal(PersonalEvaluation evaluation, TrainingReport report) {
    lines.addAll(
        wrapped(
                "on half the rows of %d held-out clients%s%s:"
                    .formatted(
                        evaluation.clients(),
                        evaluation.leftOut() == 0
                            ? ""
                            : " (%d with one row left out)".formatted(evaluation.leftOut()),
                        mark(report.guarantee().isPrivate())))
            .lines()
            .toList());
    addMain("personal", evaluation.personal());
    addMain("global", evaluation.global());
  }

  private void addMain(String name, ModelEvaluation evaluation) {
    evaluation.metrics().stream()
        .filter(
            metric ->
                metric.equals(evaluation.main()) || metric.name().equals(ModelEvaluation.ACCURACY))
        .forEach(metric -> add(name + " " + metric.name(), metric.text()));
  }

  private void addPrivacy(TrainingReport report) {
    Guarantee guarantee = report.guarantee();
    PrivacyPlan plan = report.plan();
    lines.add("privacy:");
    if (guarantee.isPrivate()) {
      add("ε", guarantee.displayedEpsilon());
      add("δ", Double.toString(guarantee.delta()));
      add("relation", guarantee.relation().label());
      add("accountant", guarantee.accountant());
    } else {
      add("ε", plan.isSecure() ? "no privacy" : "no privacy (seeded noise)");
    }
    report
        .guaranteeOfSums()
        .filter(Guarantee::isPrivate)
        .ifPresent(sums -> add("ε of the sums alone", sums.displayedEpsilon()));
    report
        .guaranteeOfAllRuns()
        .map(
            all ->
                all.isPrivate()
                    ? all.displayedEpsilon()
                    : "no bound under " + all.relation().label() + reason(all))
        .ifPresent(text -> add("ε of all runs", text));
    add("unit", guarantee.unit() + number(", %d of them", plan.population()));
    PlanText.rows(plan, layers(report)).forEach(this::add);
    lastClipNorm(report).ifPresent(norm -> add("last clip norm", norm));
  }

  /** The runs that have no bound, where they are the reason; others are long. */
  private static String reason(Guarantee all) {
    return all.assumptions().stream()
        .filter(sentence -> sentence.startsWith(UNBOUNDED_RUNS))
        .findFirst()
        .map(sentence -> "; " + sentence.substring(UNBOUNDED_RUNS.length()))
        .orElse("; report.json says why");
  }

  /** As many as there were clip norms; one where no round has finished. */
  static int layers(TrainingReport report) {
    return report.rounds().isEmpty() ? 1 : report.rounds().get(0).clipNorms().size();
  }

  /** Of the last finished round, where clip norms adapt. */
  private static Optional<String> lastClipNorm(TrainingReport report) {
    List<RoundMetrics> rounds = report.rounds();
    return rounds.isEmpty() || report.plan().clipping().adaptation().isEmpty()
        ? Optional.empty()
        : Optional.of(number("%.4g", PlanText.whole(rounds.get(rounds.size() - 1).clipNorms())));
  }

  private void addRun(TrainingReport report) {
    lines.add("run:");
    add("rounds", number("%d of %d", report.rounds().size(), report.plan().rounds()));
    if (report.charged().again() > 0) {
      add("charged again", number("%d rounds, run again after a resume", report.charged().again()));
    }
    add("seconds", number("%.1f", report.seconds()));
    add("clients per second", number("%.0f", report.clientsPerSecond()));
    add("kernel", report.kernel().replaceFirst("^kernel ", ""));
  }

  /** A row; a value that does not fit goes on below. */
  private void add(String name, String value) {
    String indent = " ".repeat(NAME_COLUMNS);
    String lead = ("  %-" + (NAME_COLUMNS - 2) + "s").formatted(name);
    if (name.length() > NAME_COLUMNS - 3) {
      lines.add("  " + wrapped(name, COLUMNS - 2).replace("\n", "\n  "));
      lead = indent;
    }
    String[] parts = wrapped(value, COLUMNS - NAME_COLUMNS).split("\n", -1);
    for (int i = 0; i < parts.length; i++) {
      lines.add((i == 0 ? lead : indent) + parts[i]);
    }
  }

  /** Text for a terminal: lines are broken between words, so that they fit where words do. */
  static String wrapped(String text) {
    return wrapped(text, COLUMNS);
  }

  private static String wrapped(String text, int columns) {
    StringBuilder wrapped = new StringBuilder();
    int length = 0;
    for (String word : text.split(" ", -1)) {
      if (length > 0) {
        boolean fits = length + 1 + word.length() <= columns;
        wrapped.append(fits ? ' ' : '\n');
        length = fits ? length + 1 : 0;
      }
      wrapped.append(word);
      length += word.length();
    }
    return wrapped.toString();
  }

  private static String number(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
