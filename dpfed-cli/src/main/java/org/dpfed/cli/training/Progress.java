package org.dpfed.cli.training;

import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.RoundMetrics;

/** Shows how far a run is: a bar on a terminal, otherwise a line for each evaluation. */
sealed interface Progress extends AutoCloseable {
  void finished(RoundMetrics round);

  @Override
  void close();

  /**
   * What suits where the output goes.
   *
   * @param terminal whether someone is looking at a terminal
   */
  static Progress of(boolean terminal, int rounds, PrintWriter out) {
    return terminal ? new Bar(rounds) : new Lines(rounds, out);
  }

  private static String describe(ModelEvaluation evaluation) {
    return String.format(
        Locale.ROOT, "accuracy %.2f %%, loss %.4f", 100 * evaluation.accuracy(), evaluation.loss());
  }

  /** A bar on standard error. */
  final class Bar implements Progress {
    private final ProgressBar bar;

    private Bar(int rounds) {
      this.bar =
          new ProgressBarBuilder()
              .setTaskName("training")
              .setInitialMax(rounds)
              .setUnit(" rounds", 1)
              .build();
    }

    @Override
    public void finished(RoundMetrics round) {
      round.evaluation().ifPresent(evaluation -> bar.setExtraMessage(" " + describe(evaluation)));
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
   * @param out where lines go
   */
  record Lines(int rounds, PrintWriter out) implements Progress {
    @Override
    public void finished(RoundMetrics round) {
      round
          .evaluation()
          .ifPresent(
              evaluation ->
                  out.printf("round %d of %d: %s%n", round.round(), rounds, describe(evaluation)));
    }

    @Override
    public void close() {
      out.flush();
    }
  }
}
