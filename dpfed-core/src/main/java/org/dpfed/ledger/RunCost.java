package org.dpfed.ledger;

import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PlannedRun;

/** What the records of one run cost. */
final class RunCost {
  private final PlannedRun plan;
  private final EventCounts independent = new EventCounts();
  private int correlatedRounds;
  private int torn;
  private long records;

  RunCost(PlannedRun plan) {
    this.plan = plan;
  }

  void add(DpEvent event) {
    records++;
    if (event instanceof DpEvent.RoundOf part) {
      correlatedRounds = Math.max(correlatedRounds, Math.addExact(part.round(), 1));
    } else {
      independent.add(event, 1);
    }
  }

  /** A record of which only the beginning is known counts as the round that was to come. */
  void addTorn() {
    records++;
    torn++;
  }

  /** How many rounds count as spent. */
  long records() {
    return records;
  }

  void addTo(EventCounts events) {
    independent.addTo(events);
    if (!(plan.firstRound() instanceof DpEvent.RoundOf)) {
      if (torn > 0) {
        events.add(plan.firstRound(), torn);
      }
    } else if (correlatedRounds + torn > 0) {
      events.add(plan.cost(Math.addExact(correlatedRounds, torn)), 1);
    }
  }
}
