package org.dpfed.cli.training;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.cli.Causes;
import org.dpfed.cli.output.TimeLeft;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundMetrics;
import org.dpfed.federated.TrainingReport;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The report of a run that goes on, written at evaluations. Accounting and evaluation take time, so
 * an evaluation that comes too soon after the last report is left out. A report that cannot be
 * written does not end the run.
 */
final class LiveReport {
  /** Status of a run that goes on. */
  static final String STATUS = "running";

  /** The report takes about a tenth of the time of the run at most. */
  private static final int PAUSE_FOR_EACH_REPORT = 9;

  private final Experiment experiment;
  private final RunDirectory directory;
  private final EpsilonCurve epsilons;
  private final PrintWriter err;
  private long notBefore = System.nanoTime();
  private @Nullable FederatedAveraging followed;
  private boolean hasFailed;

  /**
   * @param epsilons what it has computed is used again
   * @param err hears of the first report that cannot be written
   */
  LiveReport(
      Experiment experiment, RunDirectory directory, EpsilonCurve epsilons, PrintWriter err) {
    this.experiment = experiment;
    this.directory = directory;
    this.epsilons = epsilons;
    this.err = err;
  }

  /** From now on the report is that of this run. */
  void follow(FederatedAveraging run) {
    followed = run;
  }

  /** How far the run is after this round. */
  RoundProgress progress(RoundMetrics metrics, TimeLeft time) {
    PrivacyPlan plan = experiment.plan();
    ChargedRounds charged = Objects.requireNonNull(followed).chargedSoFar();
    return new RoundProgress(
        metrics,
        plan,
        epsilons.spent(charged),
        time.seconds((long) plan.rounds() - metrics.round()));
  }

  /**
   * Writes the report unless it is too soon.
   *
   * @param parameters of the model that was evaluated
   */
  void evaluated(INDArray parameters) {
    long start = System.nanoTime();
    if (followed == null || start - notBefore < 0) {
      return;
    }
    TrainingReport report = followed.reportSoFar();
    HeldOutResults results = experiment.results(parameters);
    try {
      directory.writeReport(
          RunReport.of(
              STATUS,
              ReportedRun.of(experiment, directory),
              report,
              results,
              epsilons.after(report.charged())));
    } catch (IOException e) {
      if (!hasFailed) {
        err.println("the run goes on without its report: " + Causes.words(e));
        err.flush();
      }
      hasFailed = true;
    }
    long end = System.nanoTime();
    notBefore = end + PAUSE_FOR_EACH_REPORT * (end - start);
  }
}
