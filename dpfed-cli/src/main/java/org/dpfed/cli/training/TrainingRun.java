package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.cli.output.TimeLeft;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.RoundFailedException;
import org.dpfed.federated.TrainingReport;
import org.dpfed.federated.TrainingResult;
import org.dpfed.ledger.CheckpointDirectory;

/**
 * One run and its directory. A run that fails still writes the model of its last finished round,
 * and a report of the privacy spent in every charged round, finished or not.
 */
final class TrainingRun {
  private final Experiment experiment;
  private final RunDirectory directory;
  private final boolean resumes;
  private final CohortEngine engine;
  private final RunOutput output;
  private final PrintWriter err;
  private final EpsilonCurve epsilons;
  private boolean isKept;

  /**
   * @param resumes whether the run goes on from the checkpoints in its directory
   * @param engine trains its cohorts
   * @param err hears of what goes wrong beside the run
   */
  TrainingRun(
      Experiment experiment,
      RunDirectory directory,
      boolean resumes,
      CohortEngine engine,
      RunOutput output,
      PrintWriter err) {
    this.experiment = experiment;
    this.epsilons = new EpsilonCurve(experiment.plan());
    this.directory = directory;
    this.resumes = resumes;
    this.engine = engine;
    this.output = output;
    this.err = err;
  }

  /**
   * Trains, and writes model and report.
   *
   * @return whether the budget had room for all rounds that were asked for
   */
  boolean run(PopulationLedger ledger, CheckpointDirectory checkpoints) throws IOException {
    output.planned(experiment, directory);
    try (Interruption interruption = new Interruption(err)) {
      TrainingResult result = trained(ledger, checkpoints, interruption);
      try {
        TrainingReport report = result.report();
        HeldOutResults results = experiment.lastResults(result);
        // No model stands beside what an earlier one cost, and no run is done without its model.
        writeReport(report, LiveReport.STATUS, results);
        directory.writeModel(experiment.network().network(result.parameters()));
        ObjectNode written = writeReport(report, status(report), results);
        output.ended(written, result.report(), results, directory);
        return result.report().budgetRefusal().isEmpty();
      } catch (IOException | RuntimeException | Error e) {
        salvage(result, e);
        throw e;
      }
    }
  }

  private static String status(TrainingReport report) {
    if (report.budgetRefusal().isPresent()) {
      return "stopped by budget";
    }
    return report.isStoppedEarly() ? "stopped" : RunDirectory.FINISHED;
  }

  private TrainingResult trained(
      PopulationLedger ledger, CheckpointDirectory checkpoints, Interruption interruption) {
    try {
      return train(ledger, checkpoints, interruption);
    } catch (RoundFailedException e) {
      salvage(e.result(), e);
      throw e;
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    }
  }

  private TrainingResult train(
      PopulationLedger ledger, CheckpointDirectory checkpoints, Interruption interruption) {
    try {
      LiveReport live = new LiveReport(experiment, directory, epsilons, err);
      TimeLeft time = new TimeLeft();
      FederatedAveraging averaging =
          experiment.averaging(
              ledger,
              checkpoints,
              resumes,
              engine,
              (metrics, parameters) -> {
                boolean isFirst = keepConfiguration();
                if (metrics.evaluation().isPresent() || isFirst) {
                  live.evaluated(parameters);
                }
                time.finished();
                output.finished(live.progress(metrics, time));
              });
      live.follow(averaging);
      interruption.stops(averaging);
      output.began();
      return averaging.run();
    } finally {
      output.trained();
    }
  }

  /**
   * A resumed run may have new settings; they are those of the run once it was accepted.
   *
   * @return whether this was the first round of a resumed run, whose report is an older one
   */
  private boolean keepConfiguration() {
    boolean isFirst = resumes && !isKept;
    if (isFirst) {
      try {
        directory.writeConfiguration(experiment.configuration());
      } catch (IOException e) {
        throw new UncheckedIOException(String.valueOf(e.getMessage()), e);
      }
      isKept = true;
    }
    return isFirst;
  }

  private ObjectNode writeReport(TrainingReport report, String status, HeldOutResults results)
      throws IOException {
    ObjectNode written =
        RunReport.of(
            status,
            ReportedRun.of(experiment, directory),
            report,
            results,
            epsilons.after(report.charged()));
    directory.writeReport(written);
    return written;
  }

  /** Leaves what can be left of a run that failed; the report comes first. */
  private void salvage(TrainingResult reached, Throwable failure) {
    TrainingReport report = reached.report();
    try {
      HeldOutResults none = HeldOutResults.NONE;
      output.ended(writeReport(report, "failed", none), report, none, directory);
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
      err.printf(
          "%s; spent in %d charged rounds: %s%n",
          Causes.words(e), report.charged().total(), report.guarantee().summary());
    }
    try {
      directory.removeReportsBut(report.charged().total());
      directory.writeModel(experiment.network().network(reached.parameters()));
    } catch (IOException | RuntimeException | Error e) {
      failure.addSuppressed(e);
      err.println(Causes.words(e));
    }
    err.flush();
  }
}
