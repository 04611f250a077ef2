package org.dpfed.ledger;

import java.util.OptionalDouble;
import org.dpfed.accounting.BudgetExceededException;
import org.dpfed.accounting.Guarantee;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.UnsupportedEventException;

/**
 * How many rounds of a run fit into what a budget leaves.
 *
 * @param rounds that may be charged
 * @param refusal of the next
 */
record RunBudget(int rounds, String refusal) {
  /**
   * @param before everything that was charged before the run
   * @param maxEpsilon empty for no limit but the run's own rounds
   * @throws IllegalArgumentException when nobody can say what ledger and run cost together
   */
  static RunBudget of(LedgerHistory before, PlannedRun run, OptionalDouble maxEpsilon) {
    if (maxEpsilon.isEmpty()) {
      return new RunBudget(run.rounds(), "");
    }
    double most = maxEpsilon.getAsDouble();
    try {
      PrivacyAccountant spent = before.composed(run.relation());
      int fits = mostRounds(spent, run, most);
      return new RunBudget(fits, fits == run.rounds() ? "" : refusal(spent, run, most, fits));
    } catch (UnsupportedEventException e) {
      throw new IllegalArgumentException(
          "maxEpsilon %s cannot be kept on this ledger: %s; choose the relation of the earlier runs, another ledger, or no maxEpsilon"
              .formatted(most, e.getMessage()),
          e);
    }
  }

  /** The cost grows with the rounds, so their number is found by halving. */
  private static int mostRounds(PrivacyAccountant spent, PlannedRun run, double most) {
    int fits = 0;
    int exceeds = run.rounds() + 1;
    int tried = run.rounds();
    while (exceeds - fits > 1) {
      if (epsilon(spent, run, tried) <= most) {
        fits = tried;
      } else {
        exceeds = tried;
      }
      tried = (fits + exceeds) >>> 1;
    }
    return fits;
  }

  private static double epsilon(PrivacyAccountant spent, PlannedRun run, int rounds) {
    PrivacyAccountant all = rounds == 0 ? spent : spent.compose(run.cost(rounds));
    return all.epsilon(run.delta());
  }

  private static String refusal(PrivacyAccountant spent, PlannedRun run, double most, int fits) {
    return "round %d would bring all runs on this ledger to epsilon %s at delta %s, more than maxEpsilon %s; what was done keeps to it"
        .formatted(fits + 1, Guarantee.displayed(epsilon(spent, run, fits + 1)), run.delta(), most);
  }

  /**
   * @param charged rounds of the run
   * @throws BudgetExceededException when another does not fit
   */
  void requireRoom(int charged) {
    if (charged >= rounds && !refusal.isEmpty()) {
      throw new BudgetExceededException(refusal);
    }
  }
}
