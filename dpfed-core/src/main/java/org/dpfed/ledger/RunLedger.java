package org.dpfed.ledger;

import java.util.Optional;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.LedgerPosition;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.PrivacyLedger;

/** Charges the rounds of one run, in order, to the ledger of its population. */
final class RunLedger implements PrivacyLedger {
  private final LedgerFile ledger;
  private final int run;
  private final PlannedRun plan;
  private final RunBudget budget;
  private int done;

  /**
   * @param done rounds of the run that need not be charged
   */
  RunLedger(LedgerFile ledger, int run, PlannedRun plan, RunBudget budget, int done) {
    this.ledger = ledger;
    this.run = run;
    this.plan = plan;
    this.budget = budget;
    this.done = done;
  }

  @Override
  public synchronized void requireRoom() {
    budget.requireRoom(done);
  }

  @Override
  public synchronized void charge(DpEvent event) {
    if (done == plan.rounds()) {
      throw new IllegalStateException(
          "run %d planned %d rounds, and all are charged; begin another run".formatted(run, done));
    }
    if (!event.equals(plan.event(done))) {
      throw new IllegalStateException(
          "round %d of run %d is not charged as the run planned; begin a run for what is charged"
              .formatted(done + 1, run));
    }
    requireRoom();
    ledger.charge(this, run, done + 1, event);
    done++;
  }

  @Override
  public synchronized void note(String text) {
    ledger.note(this, run, text);
  }

  @Override
  public ChargedRounds charged() {
    return ledger.history().charged(run);
  }

  @Override
  public Optional<LedgerPosition> position() {
    return Optional.of(new LedgerPosition(run, ledger.head()));
  }

  @Override
  public Optional<PrivacyAccountant> composed(NeighbouringRelation relation) {
    return Optional.of(ledger.history().composed(relation));
  }

  @Override
  public Optional<String> unboundedRuns(NeighbouringRelation relation, double delta) {
    return ledger.history().unboundedInWords(relation, delta);
  }
}
