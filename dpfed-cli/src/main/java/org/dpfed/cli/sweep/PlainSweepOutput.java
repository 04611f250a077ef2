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
            result
                .problem()
                .orElseGet(
                    () -> "ε = " + Guarantee.displayed(result.plan().orElseThrow().epsilon())));
      }
    }
    for (TotalCost total : TotalCost.planned(runs)) {
      out.printf("all %d runs on %s together: %s%n", total.runs(), total.ledger(), total.all());
      if (total.unbounded() > 0) {
        out.printf(
            "without the %d that have no guarantee: %s%n", total.unbounded(), total.others());
      }
    }
    if (isDry) {
      out.println("dry run: nothing was trained, charged or written");
    }
    out.flush();
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
    out.flush();
  }
}
