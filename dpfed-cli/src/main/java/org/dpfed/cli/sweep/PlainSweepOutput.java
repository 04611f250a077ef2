package org.dpfed.cli.sweep;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpfed.accounting.Guarantee;
import org.dpfed.cli.output.TerminalBar;
import org.dpfed.cli.output.TimeLeft;
import org.dpfed.cli.training.PlannedTraining;

/** Text for people: a line for each run that ends, or on a terminal a bar of all rounds. */
final class PlainSweepOutput implements SweepOutput {
  private final Optional<TerminalBar> bar;
  private final PrintWriter out;

  /**
   * @param bar where someone looks at a terminal
   */
  PlainSweepOutput(Optional<TerminalBar> bar, PrintWriter out) {
    this.bar = bar;
    this.out = out;
  }

  @Override
  public void planned(List<RunResult> runs, int atOnce, boolean isDry) {
    out.printf("%d runs, %d side by side%n", runs.size(), atOnce);
    for (RunResult result : runs) {
      if (isDry || result.problem().isPresent()) {
        out.printf(
            "run %s (%s): %s%n",
            result.run().name(),
            result.settingsText(),
            result.problem().orElseGet(() -> epsilon(result.plan().orElseThrow())));
      }
    }
    for (TotalCost total : TotalCost.planned(runs)) {
      out.printf(
          "%s: %d runs to come%s, together: %s%n",
          total.ledger(),
          total.runs() - total.earlier(),
          total.earlier() > 0
              ? ", %d on it already".formatted(total.earlier())
              : " on a new ledger",
          total.all());
      if (total.unbounded() > 0) {
        out.printf(
            "without those that have no guarantee, %d: %s%n", total.unbounded(), total.others());
      }
    }
    if (isDry) {
      out.println("dry run: nothing was trained, charged or written");
    }
    out.flush();
  }

  private static String epsilon(PlannedTraining plan) {
    String epsilon = "ε = " + Guarantee.displayed(plan.epsilon());
    return plan.isPrivate() || Double.isInfinite(plan.epsilon())
        ? epsilon
        : "no privacy, seeded noise; with secure noise " + epsilon;
  }

  @Override
  public Optional<TerminalBar> bar() {
    return bar;
  }

  @Override
  public void ran(RunResult result, int ended, int runs, OptionalDouble secondsLeft) {
    if (bar.isPresent() && result.problem().isEmpty()) {
      return;
    }
    OptionalDouble score = result.metric(result.scoreName());
    bar.ifPresent(TerminalBar::clear);
    out.printf(
        "run %s %s%s (%s); %d of %d%s%n",
        result.run().name(),
        result.status() + result.problem().map(problem -> ": " + problem).orElse(""),
        score.isPresent()
            ? String.format(Locale.ROOT, ", %s %.4f", result.scoreName(), score.getAsDouble())
            : "",
        result.settingsText(),
        ended,
        runs,
        TimeLeft.text(secondsLeft).map(", "::concat).orElse(""));
    out.flush();
  }

  @Override
  public void ended(Results results, Path directory, boolean isInterrupted) {
    out.printf(
        "%d of %d runs done, %d failed; written to %s%n",
        results.done(), results.runs().size(), results.failed(), directory);
    if (isInterrupted) {
      out.println("to go on: the same command with --resume");
    }
    out.flush();
  }
}
