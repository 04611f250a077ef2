package org.dpfed.cli.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.dpfed.accounting.Guarantee;
import org.dpfed.federated.ModelEvaluation;

/**
 * The page about a sweep. It never states the ε of a chosen run without what the choice costs:
 * choosing by a score on client data depends on all models, so it is a release of all of them.
 */
final class Summary {
  private final Results results;
  private final List<Point> points;
  private final String score;
  private final StringBuilder page = new StringBuilder();

  private Summary(Results results) {
    this.results = results;
    this.points = Point.of(results);
    this.score = Point.scoreName(points);
  }

  /**
   * Writes the page.
   *
   * @param title of the page
   * @param plots titles by name of the file without its ending
   * @return Markdown
   */
  static String of(String title, Results results, Map<String, String> plots) {
    Summary summary = new Summary(results);
    summary.line("# Sweep %s", title);
    summary.addStatus();
    summary.addBest();
    summary.addPlots(plots);
    summary.addPoints();
    return summary.page.toString();
  }

  private void line(String format, Object... values) {
    page.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private void addStatus() {
    Map<String, Long> counts =
        results.runs().stream()
            .collect(Collectors.groupingBy(RunResult::status, Collectors.counting()));
    line("");
    line(
        "%d runs: %s. One row for each is in `results.csv`. **Do not publish tables and plots**: no guarantee covers what was measured on held-out rows.",
        results.runs().size(),
        counts.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(count -> count.getValue() + " " + count.getKey())
            .collect(Collectors.joining(", ")));
    List<RunResult> failed = results.runs().stream().filter(r -> r.problem().isPresent()).toList();
    if (!failed.isEmpty()) {
      line("");
      failed.forEach(
          run -> line("- run %s failed: %s", run.run().name(), run.problem().orElseThrow()));
    }
    boolean isSeeded =
        results.runs().stream()
            .anyMatch(run -> run.report().filter(r -> r.has("epsilonWithSecureNoise")).isPresent());
    if (isSeeded) {
      line("");
      line(
          "**Seeded noise: these runs have no privacy.** Each ε below is what the run would cost with secure noise.");
    }
  }

  private void addBest() {
    line("");
    line("## The best run, and what choosing it costs");
    line("");
    List<Point> best = best();
    if (best.isEmpty()) {
      line("No run is done that has an accuracy or a Dice coefficient.");
      line("");
    }
    best.forEach(this::addBest);
    best.stream().findFirst().ifPresent(this::addRowOfAccuracy);
    line(
        "Choosing a model because of its %s on clients' data is itself a release: the choice depends on every model of the sweep. So a chosen model does not have the ε of its own run.",
        score);
    line("");
    line("| how the model was chosen | what it costs |");
    line("| --- | --- |");
    List<TotalCost> totals = TotalCost.charged(results.runs());
    for (TotalCost total : totals) {
      line(
          "| by %s on data of these clients: all %d runs on their ledger together | %s |",
          score, total.runs(), total.all());
      if (total.unbounded() > 0) {
        line(
            "| the same without those that have no guarantee, %d | %s |",
            total.unbounded(), total.others());
      }
    }
    if (totals.isEmpty()) {
      line("| by %s on data of these clients | without a bound that is known: no ledger |", score);
    }
    best.forEach(
        point ->
            line(
                "| on public data, or before any run: one run with %s and one seed | %s |",
                point.text(), alone(point)));
    line("");
    if (totals.size() > 1) {
      line(
          "**These runs are on %d ledgers.** If the same people are clients on two of them, no bound of the choice is known: give all runs one `run.ledger`.",
          totals.size());
      line("");
    }
    line(
        "The totals are of everything charged to the ledger of the population, runs before this sweep and rounds that were charged again included. The ledger states them too: %s.",
        totals.stream()
            .map(total -> "`./dpfed ledger show " + total.ledger() + "`")
            .collect(Collectors.joining(", ")));
  }

  /** The best point, and where that one has no guarantee, also the best of those that have. */
  private List<Point> best() {
    Comparator<Point> byMean =
        Comparator.comparingDouble(Point::mean)
            .thenComparing(Comparator.comparingDouble(Point::epsilon).reversed());
    List<Point> best = new ArrayList<>();
    points.stream().max(byMean).ifPresent(best::add);
    points.stream()
        .filter(Point::isPrivate)
        .max(byMean)
        .filter(point -> !best.contains(point))
        .ifPresent(best::add);
    return best;
  }

  private void addBest(Point point) {
    line(
        "Highest mean %s%s: %.4f (%s) with %s, in %s.",
        score,
        point.isPrivate() ? " with a guarantee" : "",
        point.mean(),
        seeds(point),
        point.text(),
        point.runs().stream()
            .map(run -> "`runs/" + run.run().name() + "`")
            .collect(Collectors.joining(", ")));
    line("");
  }

  /** How much of an accuracy one row is; of a Dice coefficient it is no fixed share. */
  private void addRowOfAccuracy(Point point) {
    OptionalInt rows = point.runs().get(0).heldOutRows();
    if (score.equals(ModelEvaluation.ACCURACY) && rows.orElse(0) > 0) {
      line(
          "One of the %d held-out rows is %.4f of accuracy.",
          rows.getAsInt(), 1.0 / rows.getAsInt());
      line("");
    }
  }

  private static String seeds(Point point) {
    return point.runs().size() == 1
        ? "one seed"
        : String.format(
            Locale.ROOT,
            "%d seeds, %.4f the lowest and %.4f the highest",
            point.runs().size(),
            point.scores().getMin(),
            point.scores().getMax());
  }

  /** Of the run of the point that cost most. */
  private static String alone(Point point) {
    return Double.isInfinite(point.epsilon())
        ? "without bound: this run has no noise"
        : "ε = %s at δ = %s"
            .formatted(
                Guarantee.displayed(point.epsilon()),
                point.runs().get(0).plan().orElseThrow().planned().delta());
  }

  private void addPlots(Map<String, String> plots) {
    if (!plots.isEmpty()) {
      line("");
      line("## Plots");
      plots.forEach(
          (name, title) -> {
            line("");
            line("![%s](%s.svg)", title, name);
          });
    }
  }

  private void addPoints() {
    if (points.isEmpty()) {
      return;
    }
    List<String> keys = new ArrayList<>(points.get(0).settings().keySet());
    line("");
    line("## Mean over seeds");
    line("");
    line(
        "%s. ε is that of each run alone, as if it were the only one: see above for what choosing costs.",
        Point.meaningWithRange(points));
    line("");
    line("|%s %s | lowest | highest | runs | ε |", cells(keys), score);
    line("|%s", " --- |".repeat(keys.size() + 5));
    points.stream()
        .sorted(Comparator.comparingDouble(Point::mean).reversed())
        .forEach(
            point ->
                line(
                    "|%s %.4f | %.4f | %.4f | %d | %s |",
                    cells(List.copyOf(point.settings().values())),
                    point.mean(),
                    point.scores().getMin(),
                    point.scores().getMax(),
                    point.runs().size(),
                    Guarantee.displayed(point.epsilon())));
  }

  /** Text of settings, which Markdown and HTML take as text on one line. */
  private static String shown(String text) {
    return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("|", "\\|");
  }

  private static String cells(List<String> values) {
    return values.stream().map(value -> " " + shown(value) + " |").collect(Collectors.joining());
  }
}
