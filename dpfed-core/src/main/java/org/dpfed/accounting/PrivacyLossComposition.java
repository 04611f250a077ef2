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
  private static final double RELATIVE_ERROR = 2e-5;

  /** Share of δ given to mass that is cut off. */
  private static final double CUT_SHARE = 1e-9;

  /** −log of the tilted mass that may lie outside the window. */
  private static final double WINDOW_EXPONENT = 28;

  private static final int LEAST_LENGTH = 1 << 10;
  private static final int MOST_LENGTH = 1 << 20;
  private static final int MOST_POINTS = 1 << 22;

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
      List<TruncatedProfile> truncated, double tilt, double spacing, long lowest, int length) {}

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

  /** An upper bound of ε at δ. */
  double epsilonAbove(double delta) {
    double left = delta - infiniteMass;
    if (!(left > 0)) {
      return Double.POSITIVE_INFINITY;
    }
    Plan plan = planForDelta(left);
    return upperTail(plan).epsilon(delta);
  }

  /** A lower bound of ε at δ for the composition of the pairs that the steps are taken from. */
  double epsilonBelow(double delta) {
    return RoundedTest.of(steps, planForDelta(delta).truncated, lowerPlan(planForDelta(delta)))
        .epsilon(delta);
  }

  private static RoundedTest.Window lowerPlan(Plan plan) {
    return new RoundedTest.Window(plan.tilt, plan.spacing, plan.lowest, plan.length);
  }

  private Plan planForDelta(double delta) {
    Truncation truncation = truncate(delta);
    LossMoments moments = truncation.moments;
    double logDelta = Math.log(delta);
    double tilt = LossMoments.bestTilt(t -> moments.epsilon(logDelta, t));
    return plan(truncation, tilt, moments.epsilon(logDelta, tilt));
  }

  private Plan plan(Truncation truncation, double tilt, double epsilon) {
    LossMoments moments = truncation.moments;
    double lowEnd = 0;
    double highEnd = 0;
    for (int t = 0; t < steps.size(); t++) {
      LossLattice.Range range = truncation.profiles.get(t).range();
      lowEnd += steps.get(t).count * range.lowest();
      highEnd += steps.get(t).count * range.highest();
    }
    double stddev = Math.sqrt(moments.at(tilt).variance());
    double scale = Math.max(epsilon, 0.05 * stddev);
    // Connecting the dots raises the cumulant generating function by at most about
    // count·h²·θ(1 + θ)/12 and hence ε by a θ-th of that.
    double spacing = Math.sqrt(12 * RELATIVE_ERROR * scale / (count * (1 + tilt)));
    double low = Math.max(lowEnd, moments.lowerEnd(tilt, WINDOW_EXPONENT)) - 4 * spacing;
    double high = Math.min(highEnd, moments.upperEnd(tilt, WINDOW_EXPONENT)) + 4 * spacing;
    // Every step may end up to two points beyond its range.
    low = Math.min(low, epsilon - stddev);
    high = Math.max(high, epsilon + stddev);
    int length = LEAST_LENGTH;
    while (length < MOST_LENGTH && length * spacing < high - low) {
      length *= 2;
    }
    double widest =
        truncation.profiles.stream()
            .map(TruncatedProfile::range)
            .mapToDouble(range -> range.highest() - range.lowest())
            .max()
            .orElse(0);
    spacing = Math.max((high - low) / length, widest / MOST_POINTS);
    spacing = onAtoms(spacing).orElse(spacing);
    return new Plan(truncation.profiles, tilt, spacing, (long) Math.floor(low / spacing), length);
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

  private LossTail upperTail(Plan plan) {
    List<TiltedComposition.Term> terms = new ArrayList<>();
    double beyond = 0;
    double top = 0;
    for (int t = 0; t < steps.size(); t++) {
      Step step = steps.get(t);
      LossLattice lattice = LossLattice.above(step.profile, plan.truncated.get(t), plan.spacing);
      beyond += step.count * lattice.infiniteMass();
      top += (double) step.count * lattice.end();
      terms.add(new TiltedComposition.Term(lattice.mass(), lattice.start(), step.count));
    }
    terms.sort(Comparator.comparingLong(TiltedComposition.Term::count));
    TiltedComposition composition =
        TiltedComposition.of(terms, plan.tilt, plan.spacing, plan.length);
    if (top >= plan.lowest + (double) plan.length) {
      beyond += massAbove(terms, plan);
    }
    return new LossTail(composition, plan.tilt, plan.spacing, plan.lowest, beyond);
  }

  /** Chernoff's bound of the mass above the window, on the lattice itself. */
  private static double massAbove(List<TiltedComposition.Term> terms, Plan plan) {
    double edge = (plan.lowest + (double) plan.length) * plan.spacing;
    double width = plan.length * plan.spacing;
    double best = 0;
    for (double more : new double[] {0, 10 / width, 20 / width, 40 / width, 80 / width}) {
      double tilt = plan.tilt + more;
      double log = TiltedComposition.logMoment(terms, tilt, plan.spacing) - tilt * edge;
      best = Math.min(best, log);
    }
    return Math.exp(best);
  }

  /** An upper bound of δ at ε. */
  double deltaAbove(double epsilon) {
    double estimate = 1e-12;
    Truncation truncation = truncate(estimate);
    double tilt = 1;
    for (int round = 0; round < 3; round++) {
      LossMoments moments = truncation.moments;
      tilt = LossMoments.bestTilt(t -> moments.logDelta(epsilon, t));
      estimate = Math.min(0.5, Math.exp(Math.max(-690, moments.logDelta(epsilon, tilt))));
      truncation = truncate(estimate);
    }
    return Math.min(1, upperTail(plan(truncation, tilt, epsilon)).delta(epsilon));
  }
}
