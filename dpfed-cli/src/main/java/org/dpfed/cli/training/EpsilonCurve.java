package org.dpfed.cli.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.federated.PrivacyPlan;

/**
 * What the first rounds of a plan have cost, for some of the rounds: accounting takes time. What
 * was computed once is kept for the next report of the run.
 */
final class EpsilonCurve {
  private static final int POINTS = 40;

  private final PrivacyPlan plan;
  private final Map<ChargedRounds, Double> known = new HashMap<>();

  EpsilonCurve(PrivacyPlan plan) {
    this.plan = plan;
  }

  /**
   * A point of the curve.
   *
   * @param epsilon an upper bound
   */
  record Point(int round, double epsilon) {}

  /**
   * What rounds cost at most.
   *
   * @param epsilon infinite where there is no privacy
   * @param isExact whether it is what the accountant says of these rounds, and not of a few more
   */
  record Spent(double epsilon, boolean isExact) {}

  /**
   * What the rounds up to the last that was charged cost: where that is not known, what the rounds
   * up to the next point cost. So a run computes no more for its progress than for its report.
   */
  Spent spent(ChargedRounds charged) {
    Double exact = known.get(charged);
    if (exact != null) {
      return new Spent(exact, true);
    }
    int next = Math.min(plan.rounds(), (charged.reached() + step() - 1) / step() * step());
    ChargedRounds bound = new ChargedRounds(next, charged.again());
    return new Spent(epsilon(bound), bound.equals(charged));
  }

  private int step() {
    return (plan.rounds() + POINTS - 1) / POINTS;
  }

  private double epsilon(ChargedRounds charged) {
    return known.computeIfAbsent(charged, rounds -> plan.guaranteeAfter(rounds).epsilon());
  }

  /**
   * The points up to the last round that was charged. Charges for rounds that were run again count
   * from the first point on, since nobody recorded when they were made: no point is too low.
   *
   * @return empty where there is no privacy
   */
  List<Point> after(ChargedRounds charged) {
    int step = step();
    List<Point> points = new ArrayList<>();
    for (int round = step; round < charged.reached() + step; round += step) {
      int shown = Math.min(round, charged.reached());
      double epsilon = epsilon(new ChargedRounds(shown, charged.again()));
      if (epsilon == Double.POSITIVE_INFINITY) {
        return List.of();
      }
      points.add(new Point(shown, epsilon));
    }
    return points;
  }
}
