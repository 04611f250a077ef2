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
   * The points up to the last round that was charged. Charges for rounds that were run again count
   * from the first point on, since nobody recorded when they were made: no point is too low.
   *
   * @return empty where there is no privacy
   */
  List<Point> after(ChargedRounds charged) {
    int step = (plan.rounds() + POINTS - 1) / POINTS;
    List<Point> points = new ArrayList<>();
    for (int round = step; round < charged.reached() + step; round += step) {
      int shown = Math.min(round, charged.reached());
      double epsilon =
          known.computeIfAbsent(
              new ChargedRounds(shown, charged.again()),
              rounds -> plan.guaranteeAfter(rounds).epsilon());
      if (epsilon == Double.POSITIVE_INFINITY) {
        return List.of();
      }
      points.add(new Point(shown, epsilon));
    }
    return points;
  }
}
