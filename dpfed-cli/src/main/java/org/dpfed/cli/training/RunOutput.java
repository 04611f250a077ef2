package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Optional;
import org.dpfed.cli.output.JsonEvents;
import org.dpfed.cli.output.OutputOptions;
import org.dpfed.cli.output.TerminalBar;
import org.dpfed.federated.TrainingReport;

/** What a run tells whoever started it, all on the thread of the run. */
interface RunOutput extends AutoCloseable {
  /**
   * A dry run has planned what would be trained.
   *
   * @param resumption of the run that would go on; empty for a new one
   */
  void dry(Experiment experiment, LedgerChoice ledger, Optional<Resumption> resumption);

  /**
   * A run that was to go on has nothing left to train.
   *
   * @param report as the run wrote it
   */
  void alreadyFinished(ObjectNode report, RunDirectory directory);

  /** Training is about to begin. */
  void planned(Experiment experiment, RunDirectory directory);

  /** Training begins; an interruption now ends the run in good order. */
  default void began() {}

  /** A round is over. */
  default void finished(RoundProgress round) {}

  /** Training is over, well or not; called once where it began. */
  default void trained() {}

  /**
   * The report is written, also of a run that failed.
   *
   * @param written what is in it
   * @param results what the model does on held-out data
   */
  void ended(
      ObjectNode written, TrainingReport report, HeldOutResults results, RunDirectory directory);

  /** The command fails, for which whoever calls it prints the reason. */
  default void failed(Throwable error) {}

  @Override
  default void close() {}

  /** What the options ask for, where the process was started. */
  static RunOutput of(OutputOptions options, PrintWriter out, PrintWriter err) {
    if (options.json()) {
      return new EventOutput(new JsonEvents(out), err);
    }
    return options.quiet()
        ? new QuietOutput(err)
        : new PlainOutput(TerminalBar.onTerminal(), out, () -> {});
  }
}
