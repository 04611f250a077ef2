package org.dpfed.cli.training;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.cli.Causes;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundMetrics;
import org.dpfed.federated.TrainingReport;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One run and what it leaves in its directory. A run that fails leaves the model of its last
 * finished round and a report of what was spent: every round that was charged, finished or not.
 */
final class TrainingRun {
  private static final String TERMINAL = "dpfed.terminal";

  private final Experiment experiment;
  private final RunDirectory directory;
  private final PrintWriter out;
  private final PrintWriter err;
  private final List<RoundMetrics> rounds = new ArrayList<>();
  private final INDArray latest;
  private int charges;

  TrainingRun(Experiment experiment, RunDirectory directory, PrintWriter out, PrintWriter err) {
    this.experiment = experiment;
    this.directory = directory;
    this.out = out;
    this.err = err;
    this.latest = experiment.network().initialParameters();
  }

  /** Trains, and writes model and report. */
  void run(PrivacyLedger ledger) throws IOException {
    PrivacyPlan plan = experiment.plan();
    out.println(plan.guarantee().summary());
    try (Interruption interruption = new Interruption()) {
      try {
        TrainingReport report = train(ledger, interruption);
        String status = report.isStoppedEarly() ? "stopped" : "finished";
        directory.writeModel(experiment.network().network(latest));
        finish(report, status);
      } catch (IOException | RuntimeException | Error e) {
        salvage(e);
        throw e;
      }
    }
  }

  private TrainingReport train(PrivacyLedger ledger, Interruption interruption) {
    int planned = experiment.plan().rounds();
    boolean isTerminal = Boolean.getBoolean(TERMINAL);
    try (Progress progress = Progress.of(isTerminal, planned, out)) {
      FederatedAveraging averaging =
          experiment.averaging(
              event -> charge(ledger, event),
              (metrics, parameters) -> {
                latest.assign(parameters);
                rounds.add(metrics);
                progress.finished(metrics);
              });
      interruption.stops(averaging);
      return averaging.run().report();
    }
  }

  private void charge(PrivacyLedger ledger, DpEvent event) {
    // Before: where the ledger fails half way, its file may hold the charge.
    charges++;
    ledger.charge(event);
  }

  private void finish(TrainingReport report, String status) throws IOException {
    directory.writeReport(
        RunReport.of(status, experiment.configuration(), report).put("roundsCharged", charges));
    out.println(SummaryTable.of(report));
    out.printf(
        "%s after %d rounds; written to %s%n", status, report.rounds().size(), directory.path());
    out.flush();
  }

  /** Leaves what can be left of a run that failed; the report comes first. */
  private void salvage(Throwable failure) {
    try {
      finish(reportOfFailure(), "failed");
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
      err.printf("no report was written (%s); %s%n", Causes.words(e), spent());
    }
    try {
      directory.writeModel(experiment.network().network(latest));
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
      err.printf("no model was written (%s)%n", Causes.words(e));
    }
    err.flush();
  }

  private TrainingReport reportOfFailure() {
    return new TrainingReport(
        experiment.plan(),
        experiment.plan().guaranteeAfter(charges),
        rounds,
        evaluation(),
        rounds.stream().mapToDouble(RoundMetrics::seconds).sum(),
        experiment.execution().kernel().line());
  }

  /** What the evaluator says, unless it is what failed. */
  private Optional<ModelEvaluation> evaluation() {
    try {
      return Optional.of(experiment.evaluator().evaluate(latest));
    } catch (RuntimeException | Error e) {
      return Optional.empty();
    }
  }

  private String spent() {
    try {
      return "spent in %d charged rounds: %s"
          .formatted(charges, experiment.plan().guaranteeAfter(charges).summary());
    } catch (RuntimeException | Error e) {
      return "spent: %d times %s".formatted(charges, experiment.plan().roundEvent());
    }
  }
}
