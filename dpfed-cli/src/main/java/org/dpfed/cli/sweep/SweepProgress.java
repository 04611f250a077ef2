package org.dpfed.cli.sweep;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.dpfed.federated.ModelEvaluation;
import org.jspecify.annotations.Nullable;

/**
 * Shows the progress of all runs: a line for each that ends, and on a terminal a bar of rounds. The
 * time left is what the rounds so far took, for those to come.
 */
final class SweepProgress implements AutoCloseable {
  private static final int COLUMNS = 79;

  private final int runs;
  private final long rounds;
  private final PrintWriter out;
  private final @Nullable ProgressBar bar;
  private final long started = System.nanoTime();
  private int ended;
  private long done;

  /**
   * @param runs to be trained
   * @param rounds of all of them together
   * @param isTerminal whether someone is looking at a terminal
   */
  SweepProgress(int runs, long rounds, boolean isTerminal, PrintWriter out) {
    this.runs = runs;
    this.rounds = rounds;
    this.out = out;
    this.bar =
        isTerminal
            ? new ProgressBarBuilder()
                .setTaskName("rounds")
                .setInitialMax(rounds)
                .setStyle(ProgressBarStyle.ASCII)
                .hideEta()
                .setConsumer(new ConsoleProgressBarConsumer(System.err, COLUMNS))
                .build()
            : null;
  }

  /** A round of any run is over. */
  synchronized void round() {
    done++;
    if (bar != null) {
      bar.setExtraMessage(" %d of %d runs, %s left".formatted(ended, runs, left()));
      bar.step();
    }
  }

  /**
   * A run has ended.
   *
   * @param skipped rounds that it will not do any more
   */
  synchronized void ended(RunResult result, long skipped) {
    ended++;
    done += skipped;
    String accuracy =
        result.metric(ModelEvaluation.ACCURACY).isPresent()
            ? String.format(
                Locale.ROOT,
                ", accuracy %.4f",
                result.metric(ModelEvaluation.ACCURACY).getAsDouble())
            : "";
    String line =
        "run %s %s%s (%s); %d of %d, %s left"
            .formatted(
                result.run().name(),
                result.status() + result.problem().map(problem -> ": " + problem).orElse(""),
                accuracy,
                result.run().settings().toString().replaceAll("[{}]", ""),
                ended,
                runs,
                left());
    if (bar == null || result.problem().isPresent()) {
      out.println(line);
      out.flush();
    }
  }

  private String left() {
    if (done == 0) {
      return "unknown time";
    }
    double seconds = (System.nanoTime() - started) / 1e9 / done * Math.max(0, rounds - done);
    Duration left = Duration.ofSeconds((long) Math.ceil(seconds));
    return left.toHours() > 0
        ? "%d h %d min".formatted(left.toHours(), left.toMinutesPart())
        : "%d min %d s".formatted(left.toMinutesPart(), left.toSecondsPart());
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
