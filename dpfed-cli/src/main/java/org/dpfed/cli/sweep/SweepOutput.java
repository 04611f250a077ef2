package org.dpfed.cli.sweep;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpfed.cli.output.JsonEvents;
import org.dpfed.cli.output.OutputOptions;
import org.dpfed.cli.output.TerminalBar;

/** What a sweep tells whoever started it. */
interface SweepOutput extends AutoCloseable {
  /** All runs are planned; a dry run ends with this. */
  void planned(List<RunResult> runs, int atOnce, boolean isDry);

  /** Training begins; an interruption now ends the sweep in good order. */
  default void began() {}

  /** The bar on a terminal, if there is to be one. */
  default Optional<TerminalBar> bar() {
    return Optional.empty();
  }

  /**
   * A run has ended.
   *
   * @param ended how many have, with this one
   * @param runs how many there are
   */
  void ran(RunResult result, int ended, int runs, OptionalDouble secondsLeft);

  /** All tables are written. */
  void ended(Results results, Path directory, boolean isInterrupted);

  /** The command fails, for which whoever calls it prints the reason. */
  default void failed(Throwable error) {}

  @Override
  default void close() {}

  /** What the options ask for, where the process was started. */
  static SweepOutput of(OutputOptions options, PrintWriter out, PrintWriter err) {
    if (options.json()) {
      return new EventSweepOutput(new JsonEvents(out), err);
    }
    return options.quiet()
        ? new QuietSweepOutput(err)
        : new PlainSweepOutput(TerminalBar.onTerminal(), out);
  }
}
