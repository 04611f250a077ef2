package org.dpfed.ledger;

import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import org.dpfed.accounting.BudgetExceededException;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.UnsupportedEventException;

/**
 * Up to which round a run fits into what a budget leaves.
 *
 * @param rounds of the run that may be done
 * @param refusal of the next
 */
record RunBudget(int rounds, String refusal) {
  /**
   * @param before everything that was charged before, the run's own rounds included
   * @param others runs in progress beside this one, which may charge all rounds that they plan
   * @param number of the run in the ledger
   * @param run what it plans
   * @param from rounds of it that need not be charged again
   * @param maxEpsilon empty for no limit but the run's own rounds
   * @throws IllegalArgumentException when nobody can say what ledger and run cost together
   */
  static RunBudget of(
      LedgerHistory before,
      Set<Integer> others,
      int number,
      PlannedRun run,
      int from,
      OptionalDouble maxEpsilon) {
    if (maxEpsilon.isEmpty()) {
      return new RunBudget(run.rounds(), "");
    }
    double most = maxEpsilon.getAsDouble();
    try {
      IntToDoubleFunction epsilon =
          round ->
              before
                  .composedWith(others, number, run, from, round, run.relation())
                  .epsilon(run.delta());
      int fits = mostRounds(epsilon, from, run.rounds(), most);
      return new RunBudget(
          fits, fits == run.rounds() ? "" : refusal(epsilon, before, run, most, fits));
    } catch (UnsupportedEventException e) {
      throw new IllegalArgumentException(
          "maxEpsilon %s cannot be kept on this ledger: %s; choose the relation of the earlier runs, another ledger, or no maxEpsilon"
              .formatted(most, e.getMessage()),
          e);
    }
  }

  /** The cost grows with the rounds, so their number is found by halving. */
  private static int mostRounds(IntToDoubleFunction epsilon, int from, int rounds, double most) {
    int fits = from;
    int exceeds = rounds + 1;
    int tried = rounds;
    while (exceeds - fits > 1) {
      if (epsilon.applyAsDouble(tried) <= most) {
        fits = tried;
      } else {
        exceeds = tried;
      }
      tried = (fits + exceeds) >>> 1;
    }
    return fits;
  }

  private static String refusal(
      IntToDoubleFunction epsilon, LedgerHistory before, PlannedRun run, double most, int fits) {
    double then = epsilon.applyAsDouble(fits + 1);
    return "round %d would bring all runs on this ledger to epsilon %s at delta %s, more than maxEpsilon %s; %s"
        .formatted(
            fits + 1,
            Guarantee.displayed(then),
            run.delta(),
            most,
            Double.isInfinite(then) ? unbounded(before, run) : "what was done keeps to it");
  }

  private static String unbounded(LedgerHistory before, PlannedRun run) {
    return before
        .unboundedInWords(run.relation(), run.delta())
        .orElse("this run has no finite epsilon: no noise, or seeded noise");
  }

  /**
   * @param done rounds of the run
   * @throws BudgetExceededException when another does not fit
   */
  void requireRoom(int done) {
    if (done >= rounds && !refusal.isEmpty()) {
      throw new BudgetExceededException(refusal);
    }
  }
}
