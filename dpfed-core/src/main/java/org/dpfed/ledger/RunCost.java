package org.dpfed.ledger;

import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PlannedRun;

/** What the records of one run cost. */
final class RunCost {
  private final EventCounts independent = new EventCounts();
  private PlannedRun plan;
  private ChargedRounds charged = ChargedRounds.first(0);
  private int next;

  RunCost(PlannedRun plan) {
    this.plan = plan;
  }

  /** As it was begun, with the rounds that it plans now. */
  PlannedRun plan() {
    return plan;
  }

  /**
   * @param round counts from 1
   */
  void add(int round, DpEvent event) {
    next = round - 1;
    addNext(1);
    if (!(event instanceof DpEvent.RoundOf)) {
      independent.add(event, 1);
    }
  }

  /** A record of which only the beginning is known counts as the round that was to come. */
  void addTorn() {
    next = Math.min(next, plan.rounds() - 1);
    addNext(1);
    if (!plan.isAccountedAsAWhole()) {
      independent.add(plan.firstRound(), 1);
    }
  }

  /** The rounds that would be charged next. */
  void addPlanned(int rounds) {
    addNext(rounds);
    if (!plan.isAccountedAsAWhole() && rounds > 0) {
      independent.add(plan.firstRound(), rounds);
    }
  }

  /** Whether the last of its rounds was charged, so that it charges no more unless resumed. */
  boolean isComplete() {
    return next >= plan.rounds();
  }

  /** All rounds that are still to be charged. */
  void addRest() {
    addPlanned(plan.rounds() - next);
  }

  private void addNext(int rounds) {
    charged = charged.and(next, Math.addExact(next, rounds));
    next += rounds;
  }

  /**
   * The run goes on after one of its rounds.
   *
   * @param round counts from 1; 0 for none
   */
  void resume(int round, int rounds) {
    next = round;
    plan = plan.withRounds(rounds);
  }

  /** The rounds that count as spent. */
  ChargedRounds charged() {
    return charged;
  }

  void addTo(EventCounts events) {
    independent.addTo(events);
    if (plan.isAccountedAsAWhole() && charged.total() > 0) {
      events.add(plan.cost(charged), 1);
    }
  }
}
