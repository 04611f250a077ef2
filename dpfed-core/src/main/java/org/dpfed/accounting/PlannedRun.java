package org.dpfed.accounting;

import java.util.List;

/**
 * What a ledger records of a run before its first round.
 *
 * @param unit of privacy, what one client stands for
 * @param population number of clients, at least 1
 * @param rounds planned, at least 1
 * @param relation under which the run states its guarantee
 * @param delta at which it does, in (0, 1)
 * @param firstRound what its first round is charged as. Later rounds are charged as the same, or as
 *     later rounds of the same run
 */
public record PlannedRun(
    String unit,
    int population,
    int rounds,
    NeighbouringRelation relation,
    double delta,
    DpEvent firstRound) {
  public PlannedRun {
    if (unit.isBlank()) {
      throw new IllegalArgumentException(
          "unit must name what one client stands for, such as patient, was blank");
    }
    Bounds.atLeast("population", 1, population);
    Bounds.atLeast("rounds", 1, rounds);
    Bounds.delta(delta);
    if (firstRound instanceof DpEvent.RoundOf first && first.round() != 0) {
      throw new IllegalArgumentException(
          "firstRound must be round 0 of its run, was " + first.round());
    }
  }

  /**
   * What round {@code round} is charged as.
   *
   * @param round counts from 0
   */
  public DpEvent event(int round) {
    return firstRound instanceof DpEvent.RoundOf first
        ? new DpEvent.RoundOf(first.run(), round)
        : firstRound;
  }

  /**
   * What these rounds cost together; an upper bound of it.
   *
   * @param charged at least one
   */
  public DpEvent cost(ChargedRounds charged) {
    if (!isAccountedAsAWhole()) {
      return new DpEvent.SelfComposed(firstRound, charged.total());
    }
    DpEvent run = ((DpEvent.RoundOf) firstRound).run();
    DpEvent once = run.firstRounds(charged.reached());
    return charged.again() == 0
        ? once
        : new DpEvent.Composed(
            List.of(once, new DpEvent.SelfComposed(run.roundAgain(), charged.again())));
  }

  /** Whether only the run as a whole has a cost, so that its number of rounds is fixed. */
  public boolean isAccountedAsAWhole() {
    return firstRound instanceof DpEvent.RoundOf;
  }

  /** The same run with another number of rounds. */
  public PlannedRun withRounds(int other) {
    return new PlannedRun(unit, population, other, relation, delta, firstRound);
  }
}
