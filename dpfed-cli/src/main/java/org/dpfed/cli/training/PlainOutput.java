package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.dpfed.cli.output.FittedLine;
import org.dpfed.cli.output.TerminalBar;
import org.dpfed.cli.report.ReportPage;
import org.dpfed.federated.ModelEvaluation;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.TrainingReport;

/** Text for people: a bar on a terminal, otherwise one line for each evaluation. */
final class PlainOutput implements RunOutput {
  private static final int COLUMNS = 100;

  private final Optional<TerminalBar> bar;
  private final PrintWriter out;
  private final Runnable onRound;
  private List<ModelEvaluation.Metric> latest = List.of();

  /**
   * @param bar where someone looks at a terminal
   * @param onRound runs after each round
   */
  PlainOutput(Optional<TerminalBar> bar, PrintWriter out, Runnable onRound) {
    this.bar = bar;
    this.out = out;
    this.onRound = onRound;
  }

  @Override
  public void dry(Experiment experiment, LedgerChoice ledger, Optional<Resumption> resumption) {
    out.println(DryRun.describe(experiment, ledger, resumption));
  }

  @Override
  public void alreadyFinished(ObjectNode report, RunDirectory directory) {
    out.printf(
        "%s is finished: all %d rounds were trained before, and nothing was trained or charged now; the model is %s, the report %s%n",
        directory.path(),
        report.path("roundsFinished").asInt(),
        directory.path().resolve(RunDirectory.MODEL),
        directory.path().resolve(ReportPage.FILE));
    out.flush();
  }

  @Override
  public void planned(Experiment experiment, RunDirectory directory) {
    PrivacyPlan plan = experiment.plan();
    print(plan.guarantee().summary());
    plan.guaranteeOfSumsAfter(plan.rounds())
        .ifPresent(sums -> print("the sums alone: " + sums.summary()));
    experiment.notes().forEach(note -> print("note: " + note));
    experiment.heldOut().warning().ifPresent(this::print);
  }

  private void print(String text) {
    out.println(SummaryTable.wrapped(text));
  }

  @Override
  public void began() {
    bar.ifPresent(shown -> shown.show(new FittedLine().with(0, "training"), 0));
  }

  @Override
  public void finished(RoundProgress round) {
    Optional<ModelEvaluation> evaluation = round.metrics().evaluation();
    if (bar.isPresent()) {
      evaluation
          .map(ModelEvaluation::main)
          .filter(metric -> metric.value().isPresent())
          .ifPresent(metric -> latest = List.of(metric));
      bar.get().show(round.line(latest), round.share());
    } else if (evaluation.isPresent()) {
      out.println(round.line(evaluation.get().metrics()).within(COLUMNS));
      out.flush();
    }
    onRound.run();
  }

  @Override
  public void trained() {
    bar.ifPresent(TerminalBar::close);
  }

  @Override
  public void ended(
      ObjectNode written, TrainingReport report, HeldOutResults results, RunDirectory directory) {
    out.println(SummaryTable.of(report, results));
    report.budgetRefusal().ifPresent(this::print);
    out.printf(
        "%s after %d rounds; written to %s%n",
        written.path("status").asText(), report.rounds().size(), directory.path());
    if (report.isStoppedEarly()) {
      out.printf("to go on: dpfed train --resume %s%n", ReportedRun.quoted(directory.path()));
    }
    out.flush();
  }
}
