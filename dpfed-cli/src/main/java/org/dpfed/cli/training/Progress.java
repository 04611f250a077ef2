package org.dpfed.cli.training;

import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundMetrics;

/** Shows the progress of a run: a bar on a terminal, otherwise one line per evaluation. */
sealed interface Progress extends AutoCloseable {
  /** The property that says whether someone is looking at a terminal. */
  String TERMINAL = "dpfed.terminal";

  void finished(RoundMetrics round);

  /** To be closed once, before anything else is printed: closing draws the bar a last time. */
  @Override
  void close();

  /**
   * What suits where the output goes.
   *
   * @param terminal whether someone is looking at a terminal
   */
  static Progress of(boolean terminal, PrivacyPlan plan, PrintWriter out) {
    boolean adapts = plan.clipping().adaptation().isPresent();
    return terminal ? new Bar(plan.rounds(), adapts) : new Lines(plan.rounds(), adapts, out);
  }

  /** As {@link #of}, for where the process was started. */
  static Progress onTerminalOrNot(PrivacyPlan plan, PrintWriter out) {
    return of(Boolean.getBoolean(TERMINAL), plan, out);
  }

  /** The round's clip norm where it adapts, to go behind a metric; otherwise empty. */
  private static String clipNorm(boolean adapts, RoundMetrics round) {
    return adapts
        ? String.format(Locale.ROOT, ", clip norm %.3g", PlanText.whole(round.clipNorms()))
        : "";
  }

  /**
   * A bar on standard error, which fits into 80 columns and leaves the cursor on a fresh line. It
   * does not ask the terminal for its width: the library that would ask takes over the signals, and
   * Ctrl-C would end the process before the model and the report are written.
   */
  final class Bar implements Progress {
    private static final int COLUMNS = 79;

    private final ProgressBar bar;
    private final boolean adapts;

    private Bar(int rounds, boolean adapts) {
      this.adapts = adapts;
      this.bar =
          new ProgressBarBuilder()
              .setTaskName("round")
              .setInitialMax(rounds)
              .setStyle(ProgressBarStyle.ASCII)
              .hideEta()
              .setConsumer(new ConsoleProgressBarConsumer(System.err, COLUMNS))
              .build();
    }

    @Override
    public void finished(RoundMetrics round) {
      round
          .evaluation()
          .map(ModelEvaluation::main)
          .filter(metric -> metric.value().isPresent())
          .ifPresent(metric -> bar.setExtraMessage(" " + metric + clipNorm(adapts, round)));
      bar.step();
    }

    @Override
    public void close() {
      bar.close();
    }
  }

  /**
   * Plain lines.
   *
   * @param rounds how many there will be
   * @param adapts whether the clip norm does
   * @param out where lines go
   */
  record Lines(int rounds, boolean adapts, PrintWriter out) implements Progress {
    @Override
    public void finished(RoundMetrics round) {
      round
          .evaluation()
          .ifPresent(
              evaluation ->
                  out.printf(
                      "round %d of %d: %s%s%n",
                      round.round(), rounds, evaluation, clipNorm(adapts, round)));
    }

    @Override
    public void close() {
      out.flush();
    }
  }

  /**
   * Also tells somebody else of each round.
   *
   * @param shown the progress of the run itself
   * @param onRound runs after each round
   */
  record Heard(Progress shown, Runnable onRound) implements Progress {
    @Override
    public void finished(RoundMetrics round) {
      shown.finished(round);
      onRound.run();
    }

    @Override
    public void close() {
      shown.close();
    }
  }
}
