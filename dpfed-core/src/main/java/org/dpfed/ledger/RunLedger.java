package org.dpfed.ledger;

import java.util.Optional;
import org.dpfed.accounting.DpEvent;
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
  private int charged;

  RunLedger(LedgerFile ledger, int run, PlannedRun plan, RunBudget budget) {
    this.ledger = ledger;
    this.run = run;
    this.plan = plan;
    this.budget = budget;
  }

  @Override
  public synchronized void requireRoom() {
    budget.requireRoom(charged);
  }

  @Override
  public synchronized void charge(DpEvent event) {
    if (charged == plan.rounds()) {
      throw new IllegalStateException(
          "run %d planned %d rounds, and all are charged; begin another run"
              .formatted(run, charged));
    }
    if (!event.equals(plan.event(charged))) {
      throw new IllegalStateException(
          "round %d of run %d is not charged as the run planned; begin a run for what is charged"
              .formatted(charged + 1, run));
    }
    requireRoom();
    int round = charged + 1;
    ledger.charge(
        new LedgerRecord.Charged(
            ledger.next(), LedgerFile.now(), run, round, event, "model after round " + round));
    charged = round;
  }

  @Override
  public Optional<PrivacyAccountant> composed(NeighbouringRelation relation) {
    return Optional.of(ledger.history().composed(relation));
  }
}
