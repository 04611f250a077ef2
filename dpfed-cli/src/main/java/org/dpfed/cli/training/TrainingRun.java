package org.dpfed.cli.training;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
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

  /**
   * Trains, and writes model and report.
   *
   * @return whether the ledger's budget had room for all rounds that were asked for
   */
  boolean run(PopulationLedger ledger) throws IOException {
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
        finish(result.report(), status(result.report()));
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
    return report.isStoppedEarly() ? "stopped" : "finished";
  }

  private TrainingResult trained(PopulationLedger ledger, Interruption interruption) {
    try {
      return train(ledger, interruption);
    } catch (RoundFailedException e) {
      salvage(e.result(), e);
      throw e;
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException | Error e) {
      if (charges > 0) {
        err.printf("spent: %d times %s%n", charges, EventText.ofRound(experiment.plan()));
        err.flush();
      }
      throw e;
    }
  }

  private TrainingResult train(PopulationLedger ledger, Interruption interruption) {
    boolean isTerminal = Boolean.getBoolean(TERMINAL);
    try (Progress progress = Progress.of(isTerminal, experiment.plan(), out)) {
      FederatedAveraging averaging =
          experiment.averaging(
              run -> new Counting(ledger.begin(run)),
              (metrics, parameters) -> progress.finished(metrics));
      interruption.stops(averaging);
      return averaging.run();
    }
  }

  /** Counts what the ledger of the run is charged. */
  private final class Counting implements PrivacyLedger {
    private final PrivacyLedger ledger;

    Counting(PrivacyLedger ledger) {
      this.ledger = ledger;
    }

    @Override
    public void charge(DpEvent event) {
      charges++;
      ledger.charge(event);
    }

    @Override
    public void requireRoom() {
      ledger.requireRoom();
    }

    @Override
    public Optional<PrivacyAccountant> composed(NeighbouringRelation relation) {
      return ledger.composed(relation);
    }
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
    report.budgetRefusal().map(SummaryTable::wrapped).ifPresent(out::println);
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
