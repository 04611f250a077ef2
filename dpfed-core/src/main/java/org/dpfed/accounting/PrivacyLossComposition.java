package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The composed privacy loss in one direction, answered for one (ε, δ) at a time: lattice, tilt and
 * window are chosen for the question, so accuracy and memory do not depend on how many steps were
 * composed.
 */
final class PrivacyLossComposition {
  /** Error of ε aimed at, as a share of ε. */
  private static final double RELATIVE_ERROR = 4e-5;

  /** Share of δ given to mass that is cut off. */
  private static final double CUT_SHARE = 1e-9;

  /** −log of the tilted mass that may lie outside the window. */
  private static final double WINDOW_EXPONENT = 24;

  /** −log of the share of δ that it may carry. */
  private static final double DELTA_EXPONENT = 14;

  /** Losses whose tilted weight is below e^(−46) are moved up to where it is that. */
  private static final double TILTED_CUT = 46;

  private static final int LEAST_LENGTH = 1 << 10;
  private static final int FAST_LENGTH = 1 << 15;

  /** Spacing grows with this factor at each doubling above the fast length. */
  private static final double SLOW_COARSENING = 1.3;

  /** A first answer this far below the estimate it was planned for is planned for anew. */
  private static final double REFINED_BELOW = 0.8;

  private static final int MOST_LENGTH = 1 << 20;
  private static final int MOST_POINTS = 1 << 22;

  /** Round-off is worth extra work from this share of δ. */
  private static final double ROUND_OFF_SHARE = 1e-3;

  /** A step and how often it was taken. */
  record Step(PrivacyLossProfile profile, long count) {}

  private final List<Step> steps;
  private final double count;
  private final double infiniteMass;

  PrivacyLossComposition(List<Step> steps) {
    this.steps = List.copyOf(steps);
    this.count = steps.stream().mapToDouble(step -> (double) step.count).sum();
    this.infiniteMass =
        steps.stream().mapToDouble(step -> step.count * step.profile.infiniteMass()).sum();
  }

  /** Everything chosen for one question. */
  private record Plan(
      Truncation truncation,
      double bestTilt,
      List<TruncatedProfile> truncated,
      double epsilon,
      double tilt,
      LatticeWindow window) {}

  private record Truncation(List<TruncatedProfile> profiles, LossMoments moments) {}

  private Truncation truncate(double delta) {
    double tailMass = CUT_SHARE * delta / count;
    LossMoments moments = new LossMoments();
    List<TruncatedProfile> profiles = new ArrayList<>();
    for (Step step : steps) {
      TruncatedProfile truncated = TruncatedProfile.of(step.profile, tailMass);
      profiles.add(truncated);
      moments.add(step.profile, truncated, step.count);
    }
    return new Truncation(profiles, moments);
  }

  /**
   * An upper bound of ε at δ.
   *
   * @param known what the caller will answer anyway, at least: below it no work is done
   */
  double epsilonAbove(double delta, double known) {
    double left = delta - infiniteMass;
    if (!(left > 0)) {
      return Double.POSITIVE_INFINITY;
    }
    Truncation truncation = truncate(left);
    if (momentBound(truncation, left) <= known) {
      return known;
    }
    Plan plan = planForDelta(truncation, left);
    double epsilon = epsilonAbove(plan, delta);
    for (int refinement = 0;
        refinement < 2 && epsilon < REFINED_BELOW * plan.epsilon;
        refinement++) {
      plan = planForEpsilon(truncation, epsilon, Math.log(left));
      epsilon = Math.min(epsilon, epsilonAbove(plan, delta));
    }
    return epsilon;
  }

  private double epsilonAbove(Plan plan, double delta) {
    LossTail tail = upperTail(plan, false);
    double epsilon = tail.epsilon(delta);
    if (tail.roundOffAt(epsilon) < ROUND_OFF_SHARE * delta) {
      return epsilon;
    }
    tail = upperTail(plan, true);
    epsilon = Math.min(epsilon, tail.epsilon(delta));
    if (tail.roundOffAt(epsilon) < ROUND_OFF_SHARE * delta || plan.tilt == plan.bestTilt) {
      return epsilon;
    }
    Plan steeper = plan(plan.truncation, plan.bestTilt, plan.epsilon, Math.log(delta), false);
    return Math.min(epsilon, upperTail(steeper, true).epsilon(delta));
  }

  /**
   * A lower bound of ε at δ for the composition of the pairs that the steps are taken from.
   *
   * @param known as in {@link #epsilonAbove}
   * @param above an upper bound, to choose by
   */
  double epsilonBelow(double delta, double known, double above) {
    Truncation truncation = truncate(delta);
    if (momentBound(truncation, delta) <= known) {
      return known;
    }
    Plan byMoments = planForDelta(truncation, delta);
    Plan plan =
        above < REFINED_BELOW * byMoments.epsilon
            ? planForEpsilon(truncation, above, Math.log(delta))
            : byMoments;
    double below = RoundedTest.of(steps, plan.truncated, plan.tilt, plan.window).epsilon(delta);
    if (plan.tilt == plan.bestTilt) {
      return below;
    }
    Plan steeper = plan(truncation, plan.bestTilt, plan.epsilon, Math.log(delta), false);
    return Math.max(
        below,
        RoundedTest.of(steps, steeper.truncated, steeper.tilt, steeper.window).epsilon(delta));
  }

  /** ε by moments alone; what truncation and quadrature leave out is taken from δ. */
  private double momentBound(Truncation truncation, double delta) {
    double logDelta = Math.log(delta) - 1e-6 - count * LossLattice.QUADRATURE_ERROR;
    LossMoments moments = truncation.moments;
    double tilt = LossMoments.bestTilt(t -> moments.epsilon(logDelta, t));
    return moments.epsilon(logDelta, tilt) * (1 + 1e-9);
  }

  private Plan planForDelta(Truncation truncation, double delta) {
    LossMoments moments = truncation.moments;
    double logDelta = Math.log(delta);
    double tilt = LossMoments.bestTilt(t -> moments.epsilon(logDelta, t));
    double epsilon = moments.epsilon(logDelta, tilt);
    if (epsilon < 0) {
      // The answer is near 0: a gentler tilt brings its neighbourhood into the window.
      tilt = moments.tiltAtZero(logDelta, tilt);
      epsilon = 0;
    }
    return plan(truncation, tilt, epsilon, logDelta, true);
  }

  private Plan planForEpsilon(Truncation truncation, double epsilon, double logDelta) {
    LossMoments moments = truncation.moments;
    double tilt = LossMoments.bestTilt(t -> moments.logDelta(epsilon, t));
    return plan(truncation, tilt, epsilon, logDelta, true);
  }

  /**
   * The tilt to compute with: where rare large losses make up most of the tilted distribution, a
   * gentler tilt than the best leaves them out and needs a much shorter window.
   */
  private static double gentler(LossMoments moments, double best) {
    if (moments.at(0.65 * best).variance() > 0.6 * moments.at(best).variance()) {
      return best;
    }
    double tilt = best;
    double cost = Double.POSITIVE_INFINITY;
    for (double share : new double[] {1, 0.9, 0.8, 0.65, 0.5, 0.35}) {
      double width =
          moments.upperEnd(share * best, WINDOW_EXPONENT)
              - moments.lowerEnd(share * best, WINDOW_EXPONENT);
      if (width * (1.5 - 0.5 * share) < 0.9 * cost) {
        cost = width * (1.5 - 0.5 * share);
        tilt = share * best;
      }
    }
    return tilt;
  }

  private Plan plan(
      Truncation truncation, double bestTilt, double epsilon, double logDelta, boolean gentle) {
    LossMoments moments = truncation.moments;
    double tilt = gentle ? gentler(moments, bestTilt) : bestTilt;
    double lowEnd = 0;
    double highEnd = 0;
    for (int t = 0; t < steps.size(); t++) {
      LossLattice.Range range = truncation.profiles.get(t).range();
      lowEnd += steps.get(t).count * range.lowest();
      highEnd += steps.get(t).count * range.highest();
    }
    double stddev = Math.sqrt(moments.at(tilt).variance());
    double scale = Math.max(epsilon, 0.01 * stddev);
    // Connecting the dots raises the cumulant generating function by at most about
    // count·h²·θ(1 + θ)/12 and hence ε by a θ-th of that.
    double spacing = Math.sqrt(12 * RELATIVE_ERROR * scale / (count * (1 + bestTilt)));
    // What the window leaves out must be little against the tilted mass and against δ.
    double level = moments.at(tilt).log() - tilt * epsilon - logDelta;
    double exponent = Math.max(WINDOW_EXPONENT, level + DELTA_EXPONENT);
    double low = Math.max(lowEnd, moments.lowerEnd(tilt, exponent));
    double high = Math.min(highEnd, moments.upperEnd(tilt, exponent));
    double margin = 4 * spacing + Math.min(stddev, 2 * count * spacing);
    low = Math.min(low, epsilon) - margin;
    high = Math.max(high, epsilon) + margin;
    int length = LEAST_LENGTH;
    while (length < MOST_LENGTH && length * spacing < high - low) {
      length *= 2;
      spacing *= length > FAST_LENGTH ? SLOW_COARSENING : 1;
    }
    List<TruncatedProfile> truncated =
        truncation.profiles.stream().map(p -> p.from(-TILTED_CUT / tilt)).toList();
    double widest = truncated.stream().mapToDouble(p -> p.range().width()).max().orElse(0);
    spacing = Math.max((high - low) / length, widest / MOST_POINTS);
    spacing = onAtoms(spacing).orElse(spacing);
    long lowest = (long) Math.floor(low / spacing);
    return new Plan(
        truncation, bestTilt, truncated, epsilon, tilt, new LatticeWindow(spacing, lowest, length));
  }

  /** A spacing no smaller, within reason, that has all atoms on the lattice, if all are alike. */
  private OptionalDouble onAtoms(double spacing) {
    double[] losses =
        steps.stream()
            .flatMap(step -> step.profile.atoms().stream())
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

  private LossTail upperTail(Plan plan, boolean precise) {
    List<TiltedComposition.Term> terms = new ArrayList<>();
    double beyond = 0;
    double top = 0;
    for (int t = 0; t < steps.size(); t++) {
      Step step = steps.get(t);
      LossLattice lattice =
          LossLattice.above(step.profile, plan.truncated.get(t), plan.window.spacing());
      beyond += step.count * lattice.infiniteMass();
      top += (double) step.count * lattice.end();
      terms.add(new TiltedComposition.Term(lattice.mass(), lattice.start(), step.count));
    }
    terms.sort(Comparator.comparingLong(TiltedComposition.Term::count));
    LatticeWindow window = plan.window;
    TiltedComposition composition =
        TiltedComposition.of(terms, plan.tilt, window.spacing(), window.length(), precise);
    if (top >= window.end()) {
      beyond += massAbove(terms, plan);
    }
    return new LossTail(composition, plan.tilt, window, beyond);
  }

  /** Chernoff's bound of the mass above the window, on the lattice itself. */
  private static double massAbove(List<TiltedComposition.Term> terms, Plan plan) {
    LatticeWindow window = plan.window;
    double edge = window.end() * window.spacing();
    double best = 0;
    // Convex in the tilt; where the loss ends just above the window, a large one is best.
    for (double factor = 20; factor <= 1 << 20; factor *= 4) {
      double tilt = plan.tilt + factor / window.width();
      double log = TiltedComposition.logMoment(terms, tilt, window.spacing()) - tilt * edge;
      if (!(log < best)) {
        break;
      }
      best = log;
    }
    return Math.exp(best);
  }

  /** An upper bound of δ at ε. */
  double deltaAbove(double epsilon) {
    if (Double.isInfinite(epsilon)) {
      return Math.min(1, infiniteMass);
    }
    double estimate = 1e-12;
    Truncation truncation = truncate(estimate);
    double tilt = 1;
    for (int round = 0; round < 3; round++) {
      LossMoments moments = truncation.moments;
      tilt = LossMoments.bestTilt(t -> moments.logDelta(epsilon, t));
      estimate = Math.min(0.5, Math.exp(Math.max(-690, moments.logDelta(epsilon, tilt))));
      truncation = truncate(estimate);
    }
    return Math.min(
        1,
        upperTail(plan(truncation, tilt, epsilon, Math.log(estimate), true), true).delta(epsilon));
  }
}
