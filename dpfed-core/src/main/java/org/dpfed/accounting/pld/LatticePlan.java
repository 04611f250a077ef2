package org.dpfed.accounting.pld;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The lattice, tilt and window for one question, chosen so that accuracy and memory do not depend
 * on the number of composed steps. A poor plan makes an answer loose, never wrong.
 *
 * @param loss what is composed
 * @param bestTilt the tilt at which round-off is smallest
 * @param epsilon the answer expected
 * @param logDelta log δ of the question
 * @param tilt the tilt to compute with
 * @param kept the profiles without losses too low to be felt at this tilt
 * @param window where the composed loss is computed
 */
record LatticePlan(
    TruncatedLoss loss,
    double bestTilt,
    double epsilon,
    double logDelta,
    double tilt,
    List<TruncatedProfile> kept,
    LatticeWindow window) {
  /** Error of ε aimed at, as a share of ε. */
  private static final double RELATIVE_ERROR = 4e-5;

  /** −log of the tilted mass that may lie outside the window. */
  private static final double WINDOW_EXPONENT = 24;

  /** −log of the share of δ that it may carry. */
  private static final double DELTA_EXPONENT = 14;

  /** Losses whose tilted weight is below e^(−46) are moved up to where it is that. */
  private static final double TILTED_CUT = 46;

  /**
   * Where the tilted mass outweighs δ by more than e^(this), round-off, some 10⁻¹⁵ of the mass,
   * would be felt: tilts far below the best are not tried there.
   */
  private static final double GENTLEST_LEVEL = 25;

  /** Where a tilt is chosen by ε, it need not resolve a δ below e^(−230) ≈ 10⁻¹⁰⁰. */
  private static final double LEAST_LOG_DELTA = -230;

  /** A finer lattice would be lost among the smallest doubles. */
  private static final double LEAST_SPACING = 1e-60;

  private static final int LEAST_LENGTH = 1 << 10;
  private static final int FAST_LENGTH = 1 << 15;

  /** Spacing grows with this factor at each doubling above the fast length. */
  private static final double SLOW_COARSENING = 1.3;

  private static final int MOST_LENGTH = 1 << 20;
  private static final int MOST_POINTS = 1 << 22;

  /** A plan to find ε at δ, when nothing is known of ε. */
  static LatticePlan forDelta(TruncatedLoss loss, double logDelta) {
    LossMoments moments = loss.moments();
    double tilt = moments.bestTilt(t -> moments.epsilon(logDelta, t));
    double epsilon = moments.epsilon(logDelta, tilt);
    if (epsilon < 0) {
      // The answer is near 0: a gentler tilt brings its neighbourhood into the window.
      tilt = moments.gentlest(t -> moments.epsilon(logDelta, t), 0, tilt);
      epsilon = 0;
    }
    return gentle(loss, tilt, epsilon, logDelta);
  }

  /** A plan for the neighbourhood of ε, where δ is about {@code logDelta}. */
  static LatticePlan forEpsilon(TruncatedLoss loss, double epsilon, double logDelta) {
    LossMoments moments = loss.moments();
    double tilt = moments.bestTilt(t -> moments.logDelta(epsilon, t));
    if (moments.logDelta(epsilon, tilt) < LEAST_LOG_DELTA) {
      tilt = moments.gentlest(t -> moments.logDelta(epsilon, t), LEAST_LOG_DELTA, tilt);
    }
    return gentle(loss, tilt, epsilon, logDelta);
  }

  /** This plan at the tilt that makes round-off smallest. */
  LatticePlan steepest() {
    return at(loss, bestTilt, bestTilt, epsilon, logDelta);
  }

  boolean isSteepest() {
    return tilt == bestTilt;
  }

  List<PrivacyLossComposition.Step> steps() {
    return loss.steps();
  }

  /**
   * Where rare large losses make up most of the tilted distribution, a gentler tilt than the best
   * leaves them out and needs a much shorter window.
   */
  private static LatticePlan gentle(
      TruncatedLoss loss, double best, double epsilon, double logDelta) {
    LossMoments moments = loss.moments();
    double tilt = best;
    if (moments.at(0.65 * best).variance() < 0.6 * moments.at(best).variance()) {
      double cost = Double.POSITIVE_INFINITY;
      for (double share : new double[] {1, 0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1, 0.05, 0.02}) {
        if (share < 0.35 && level(moments, share * best, epsilon, logDelta) > GENTLEST_LEVEL) {
          break;
        }
        double exponent = exponent(moments, share * best, epsilon, logDelta);
        double width =
            moments.upperEnd(share * best, exponent) - moments.lowerEnd(share * best, exponent);
        if (width * (1.5 - 0.5 * share) < 0.9 * cost) {
          cost = width * (1.5 - 0.5 * share);
          tilt = share * best;
        }
      }
    }
    return at(loss, best, tilt, epsilon, logDelta);
  }

  /** By how much, as a logarithm, the tilted mass outweighs δ: round-off is relative to it. */
  private static double level(LossMoments moments, double tilt, double epsilon, double logDelta) {
    return moments.at(tilt).log() - tilt * epsilon - logDelta;
  }

  /** −log of the tilted mass that the window may leave out, which must be little against δ too. */
  private static double exponent(
      LossMoments moments, double tilt, double epsilon, double logDelta) {
    return Math.max(WINDOW_EXPONENT, level(moments, tilt, epsilon, logDelta) + DELTA_EXPONENT);
  }

  private static LatticePlan at(
      TruncatedLoss loss, double bestTilt, double tilt, double epsilon, double logDelta) {
    LossMoments moments = loss.moments();
    double count = loss.count();
    double stddev = Math.sqrt(moments.at(tilt).variance());
    double scale = Math.max(epsilon, 0.01 * stddev);
    // Connecting the dots raises the cumulant generating function by at most about
    // count·h²·θ(1 + θ)/12 and hence ε by a θ-th of that.
    double spacing = Math.sqrt(12 * RELATIVE_ERROR * scale / (count * (1 + bestTilt)));
    double exponent = exponent(moments, tilt, epsilon, logDelta);
    LossLattice.Range range = loss.range();
    double bias = Math.min(stddev, 2 * count * spacing);
    double low = Math.max(range.lowest(), moments.lowerEnd(tilt, exponent));
    double high = Math.min(range.highest(), moments.upperEnd(tilt, exponent));
    low = Math.min(low, epsilon) - bias;
    high = Math.max(high, epsilon) + bias;
    // By Hoeffding, rounding to the lattice spreads the sum over more points than this on either
    // side with probability e^(−exponent).
    double margin = 4 + Math.sqrt(count * exponent / 2);
    int length = LEAST_LENGTH;
    while (length < MOST_LENGTH && (length - 2 * margin) * spacing < high - low) {
      length *= 2;
      spacing *= length > FAST_LENGTH ? SLOW_COARSENING : 1;
    }
    spacing = (high - low) / Math.max(length - 2 * margin, length / 2.0);
    spacing = Math.max(LEAST_SPACING, spacing);
    List<TruncatedProfile> kept =
        loss.profiles().stream().map(p -> p.from(-TILTED_CUT / tilt)).toList();
    double widest = kept.stream().mapToDouble(p -> p.range().width()).max().orElse(0);
    spacing = Math.max(spacing, widest / MOST_POINTS);
    spacing = onAtoms(loss.steps(), spacing).orElse(spacing);
    long lowest = (long) Math.floor(low / spacing - margin);
    return new LatticePlan(
        loss, bestTilt, epsilon, logDelta, tilt, kept, new LatticeWindow(spacing, lowest, length));
  }

  /** A spacing no smaller, within reason, that has all atoms on the lattice, if all are alike. */
  private static OptionalDouble onAtoms(List<PrivacyLossComposition.Step> steps, double spacing) {
    double[] losses =
        steps.stream()
            .flatMap(step -> step.profile().atoms().stream())
            .mapToDouble(atom -> Math.abs(atom.loss()))
            .filter(loss -> loss > 0)
            .distinct()
            .toArray();
    if (losses.length != 1) {
      return OptionalDouble.empty();
    }
    double points = Math.max(1, Math.floor(losses[0] / spacing));
    return OptionalDouble.of(losses[0] / points);
  }
}
