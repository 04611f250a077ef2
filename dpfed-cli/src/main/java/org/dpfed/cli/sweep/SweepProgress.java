package org.dpfed.cli.sweep;

import java.util.Optional;
import org.dpfed.cli.output.FittedLine;
import org.dpfed.cli.output.TerminalBar;
import org.dpfed.cli.output.TimeLeft;

/**
 * Counts the rounds and runs of a sweep, for the bar and for what is said of each run that ends.
 */
final class SweepProgress implements AutoCloseable {
  private final int runs;
  private final long rounds;
  private final SweepOutput output;
  private final Optional<TerminalBar> bar;
  private final TimeLeft time = new TimeLeft();
  private int ended;
  private long done;

  /**
   * @param runs to be trained
   * @param rounds of all of them together
   */
  SweepProgress(int runs, long rounds, SweepOutput output) {
    this.runs = runs;
    this.rounds = rounds;
    this.output = output;
    this.bar = output.bar();
    show();
  }

  /** A round of any run is over. */
  synchronized void round() {
    done++;
    time.finished();
    show();
  }

  /**
   * A run has ended. One that was interrupted goes on another time, so it does not count.
   *
   * @param skipped rounds that it will not do any more
   */
  synchronized void ended(RunResult result, long skipped) {
    if (result.isDone() || result.problem().isPresent()) {
      ended++;
      done += skipped;
    }
    output.ran(result, ended, runs, time.seconds(rounds - done));
    show();
  }

  private void show() {
    FittedLine line =
        new FittedLine()
            .with(0, "%d of %d runs".formatted(ended, runs))
            .with(2, ", %d of %d rounds".formatted(done, rounds))
            .with(1, TimeLeft.text(time.seconds(rounds - done)));
    bar.ifPresent(shown -> shown.show(line, (double) done / Math.max(1, rounds)));
  }

  @Override
  public void close() {
    bar.ifPresent(TerminalBar::close);
  }
}
