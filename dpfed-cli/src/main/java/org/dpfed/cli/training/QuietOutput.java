package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Optional;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.TrainingReport;

/** Only what someone must hear who reads nothing else: warnings, and that there is no privacy. */
final class QuietOutput implements RunOutput {
  private final PrintWriter err;

  QuietOutput(PrintWriter err) {
    this.err = err;
  }

  @Override
  public void dry(Experiment experiment, LedgerChoice ledger, Optional<Resumption> resumption) {
    warn(experiment);
  }

  @Override
  public void alreadyFinished(ObjectNode report, RunDirectory directory) {}

  @Override
  public void planned(Experiment experiment, RunDirectory directory) {
    warn(experiment);
  }

  private void warn(Experiment experiment) {
    PrivacyPlan plan = experiment.plan();
    if (!plan.guarantee().isPrivate()) {
      String why = plan.isSecure() ? "" : " (seeded noise)";
      err.println("warning: " + plan.guarantee().summary() + why);
    }
    experiment.heldOut().warning().ifPresent(err::println);
    err.flush();
  }

  @Override
  public void ended(
      ObjectNode written, TrainingReport report, HeldOutResults results, RunDirectory directory) {
    report.budgetRefusal().ifPresent(err::println);
    err.flush();
  }
}
