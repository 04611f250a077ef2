package org.dpfed.cli.training;

import java.io.IOException;
import java.io.PrintWriter;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.cli.Causes;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundFailedException;
import org.dpfed.federated.TrainingReport;
import org.dpfed.federated.TrainingResult;

/**
 * One run and its directory. A run that fails still writes the model of its last finished round,
 * and a report of the privacy spent in every charged round, finished or not.
 */
final class TrainingRun {
  private static final String TERMINAL = "dpfed.terminal";

  private final Experiment experiment;
  private final RunDirectory directory;
  private final PrintWriter out;
  private final PrintWriter err;

  /** For the failure in which not even a report can be made. */
  private int charges;

  TrainingRun(Experiment experiment, RunDirectory directory, PrintWriter out, PrintWriter err) {
    this.experiment = experiment;
    this.directory = directory;
    this.out = out;
    this.err = err;
  }

  /** Trains, and writes model and report. */
  void run(PrivacyLedger ledger) throws IOException {
    PrivacyPlan plan = experiment.plan();
    out.println(SummaryTable.wrapped(plan.guarantee().summary()));
    plan.guaranteeOfSumsAfter(plan.rounds())
        .ifPresent(sums -> out.println(SummaryTable.wrapped("the sums alone: " + sums.summary())));
    experiment
        .trainer()
        .notes()
        .forEach(note -> out.println(SummaryTable.wrapped("note: " + note)));
    experiment.heldOut().warning().map(SummaryTable::wrapped).ifPresent(out::println);
    try (Interruption interruption = new Interruption(err)) {
      TrainingResult result = trained(ledger, interruption);
      try {
        directory.writeModel(experiment.network().network(result.parameters()));
        finish(result.report(), result.report().isStoppedEarly() ? "stopped" : "finished");
      } catch (IOException | RuntimeException | Error e) {
        salvage(result, e);
        throw e;
      }
    }
  }

  private TrainingResult trained(PrivacyLedger ledger, Interruption interruption) {
    try {
      return train(ledger, interruption);
    } catch (RoundFailedException e) {
      salvage(e.result(), e);
      throw e;
    } catch (RuntimeException | Error e) {
      if (charges > 0) {
        err.printf("spent: %d times %s%n", charges, EventText.ofRound(experiment.plan()));
        err.flush();
      }
      throw e;
    }
  }

  private TrainingResult train(PrivacyLedger ledger, Interruption interruption) {
    boolean isTerminal = Boolean.getBoolean(TERMINAL);
    try (Progress progress = Progress.of(isTerminal, experiment.plan(), out)) {
      FederatedAveraging averaging =
          experiment.averaging(
              event -> charge(ledger, event), (metrics, parameters) -> progress.finished(metrics));
      interruption.stops(averaging);
      return averaging.run();
    }
  }

  private void charge(PrivacyLedger ledger, DpEvent event) {
    charges++;
    ledger.charge(event);
  }

  private void finish(TrainingReport report, String status) throws IOException {
    directory.writeReport(
        RunReport.of(
            status,
            experiment.configuration(),
            experiment.trainer().notes(),
            experiment.heldOut(),
            report));
    out.println(SummaryTable.of(report));
    out.printf(
        "%s after %d rounds; written to %s%n", status, report.rounds().size(), directory.path());
    out.flush();
  }

  /** Leaves what can be left of a run that failed; the report comes first. */
  private void salvage(TrainingResult reached, Throwable failure) {
    TrainingReport report = reached.report();
    try {
      finish(report, "failed");
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
      err.printf(
          "%s; spent in %d charged rounds: %s%n",
          Causes.words(e), report.charged(), report.guarantee().summary());
    }
    try {
      directory.writeModel(experiment.network().network(reached.parameters()));
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
      err.println(Causes.words(e));
    }
    err.flush();
  }
}
