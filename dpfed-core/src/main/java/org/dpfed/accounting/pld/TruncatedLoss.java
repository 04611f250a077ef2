package org.dpfed.accounting.pld;

import java.util.ArrayList;
import java.util.List;

/**
 * The steps of a composition with their far tails cut off, as far as one value of δ allows, and the
 * moments of what is left. Plans rest on it; bounds count what was cut.
 */
record TruncatedLoss(
    List<PrivacyLossComposition.Step> steps, List<TruncatedProfile> profiles, LossMoments moments) {
  /** Share of δ given to mass that is cut off: it costs a millionth of ε or so. */
  static final double CUT_SHARE = 1e-6;

  static TruncatedLoss of(List<PrivacyLossComposition.Step> steps, double delta) {
    double tailMass = CUT_SHARE * delta / count(steps);
    LossMoments moments = new LossMoments();
    List<TruncatedProfile> profiles = new ArrayList<>();
    for (PrivacyLossComposition.Step step : steps) {
      TruncatedProfile truncated = TruncatedProfile.of(step.profile(), tailMass);
      profiles.add(truncated);
      moments.add(step.profile(), truncated, step.count());
    }
    return new TruncatedLoss(steps, profiles, moments);
  }

  private static double count(List<PrivacyLossComposition.Step> steps) {
    return steps.stream().mapToDouble(step -> (double) step.count()).sum();
  }

  /** How many steps were composed. */
  double count() {
    return count(steps);
  }

  /** The least and the largest sum of the losses kept. */
  LossLattice.Range range() {
    double lowest = 0;
    double highest = 0;
    for (int t = 0; t < steps.size(); t++) {
      lowest += steps.get(t).count() * profiles.get(t).range().lowest();
      highest += steps.get(t).count() * profiles.get(t).range().highest();
    }
    return new LossLattice.Range(lowest, highest);
  }

  /**
   * An upper bound of ε by moments alone; what truncation and quadrature leave out is taken from δ.
   */
  double epsilonByMoments(double delta) {
    double logDelta = Math.log(delta) - 1e-5 - count() * LossLattice.QUADRATURE_ERROR;
    double tilt = moments.bestTilt(t -> moments.epsilon(logDelta, t));
    return moments.epsilon(logDelta, tilt) * (1 + 1e-9);
  }
}
