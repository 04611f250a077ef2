package org.dpfed.cli.sweep;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;

/** Only what someone must hear who reads nothing else: failed runs, and runs without privacy. */
final class QuietSweepOutput implements SweepOutput {
  private final PrintWriter err;

  QuietSweepOutput(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void planned(List<RunResult> runs, int atOnce, boolean isDry) {
    runs.forEach(this::printProblem);
    for (TotalCost total : TotalCost.planned(runs)) {
      if (total.unbounded() > 0) {
        err.printf(
            "warning: no privacy in %d of %d runs on %s: no noise, or seeded noise%n",
            total.unbounded(), total.runs(), total.ledger());
      }
    }
    err.flush();
  }

  private void printProblem(RunResult result) {
    result
        .problem()
        .ifPresent(
            problem ->
                err.printf(
                    "run %s (%s) failed: %s%n",
                    result.run().name(), result.settingsText(), problem));
  }

  @Override
  public void ran(RunResult result, int ended, int runs, OptionalDouble secondsLeft) {
    printProblem(result);
    err.flush();
  }

  @Override
  public void ended(Results results, Path directory, boolean isInterrupted) {}
}
