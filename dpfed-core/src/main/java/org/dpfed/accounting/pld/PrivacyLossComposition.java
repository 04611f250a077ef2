package org.dpfed.accounting.pld;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The composed privacy loss in one direction. Each (ε, δ) question uses its own {@link
 * LatticePlan}. Every plan gives a bound; if the answer shows that a plan was based on a wrong
 * expectation, another plan is made.
 */
public final class PrivacyLossComposition {
  /** A first answer this far below the estimate it was planned for is planned for anew. */
  private static final double REFINED_BELOW = 0.8;

  private static final int MOST_REFINEMENTS = 2;

  /** Round-off, and mass cut off, are worth another plan from this share of δ. */
  private static final double FELT_SHARE = 1e-3;

  private static final double LEAST_DELTA = 1e-100;

  /** Below this share of the plan's tilt none is looked for to bound the mass above the window. */
  private static final double LEAST_FURTHER_TILT = 0.1;

  /**
   * A step and how often it was taken.
   *
   * @param profile its privacy loss in this direction
   * @param count at least 1
   */
  public record Step(PrivacyLossProfile profile, long count) {}

  private final List<Step> steps;
  private final double infiniteMass;

  /**
   * The composition of these steps, in any order.
   *
   * @param steps at least one
   */
  public PrivacyLossComposition(List<Step> steps) {
    this.steps = List.copyOf(steps);
    this.infiniteMass =
        steps.stream().mapToDouble(step -> step.count * step.profile.infiniteMass()).sum();
  }

  /**
   * An upper bound of ε at δ.
   *
   * @param delta in (0, 1)
   * @param known what the caller will answer anyway, at least: below it no work is done
   * @return at least {@code known}; infinite when there is no bound
   */
  public double epsilonAbove(double delta, double known) {
    double left = delta - infiniteMass;
    if (!(left > 0)) {
      return Double.POSITIVE_INFINITY;
    }
    TruncatedLoss loss = TruncatedLoss.of(steps, left);
    if (loss.epsilonByMoments(left) <= known) {
      return known;
    }
    LatticePlan plan = LatticePlan.forDelta(loss, Math.log(left));
    double epsilon = epsilonAbove(plan, delta);
    for (int i = 0;
        i < MOST_REFINEMENTS && epsilon > known && epsilon < REFINED_BELOW * plan.epsilon();
        i++) {
      plan = LatticePlan.forEpsilon(loss, epsilon, Math.log(left));
      epsilon = Math.min(epsilon, epsilonAbove(plan, delta));
    }
    return epsilon;
  }

  private double epsilonAbove(LatticePlan plan, double delta) {
    LossTail tail = upperTail(plan);
    double epsilon = tail.epsilon(delta);
    return plan.isSteepest() || tail.roundOffAt(epsilon) < FELT_SHARE * delta
        ? epsilon
        : Math.min(epsilon, upperTail(plan.steepest()).epsilon(delta));
  }

  /**
   * A lower bound of ε at δ for the composition of the pairs that the steps are taken from.
   *
   * @param delta in (0, 1)
   * @param known as in {@link #epsilonAbove}
   * @param above an upper bound, to choose by
   * @return at least {@code known}
   */
  public double epsilonBelow(double delta, double known, double above) {
    if (steps.stream().anyMatch(step -> step.profile.isCoarse())) {
      return known;
    }
    TruncatedLoss loss = TruncatedLoss.of(steps, delta);
    if (loss.epsilonByMoments(delta) <= known) {
      return known;
    }
    // Under Q too, mass was cut off: with e^ε times it, the test's δ is this much more at most.
    double certain = delta * (1 + 2 * TruncatedLoss.CUT_SHARE);
    LatticePlan plan = LatticePlan.forDelta(loss, Math.log(delta));
    if (above < REFINED_BELOW * plan.epsilon()) {
      plan = LatticePlan.forEpsilon(loss, above, Math.log(delta));
    }
    double below = RoundedTest.of(plan).epsilon(certain);
    return plan.isSteepest()
        ? below
        : Math.max(below, RoundedTest.of(plan.steepest()).epsilon(certain));
  }

  /**
   * An upper bound of δ at ε; below 10⁻¹⁰⁰ it is not resolved, and may be that.
   *
   * @param epsilon at least 0
   * @return in [0, 1]
   */
  public double deltaAbove(double epsilon) {
    if (Double.isInfinite(epsilon) || infiniteMass >= 1) {
      return Math.min(1, infiniteMass);
    }
    LossMoments moments = TruncatedLoss.of(steps, LEAST_DELTA).moments();
    double tilt = moments.bestTilt(t -> moments.logDelta(epsilon, t));
    double estimate =
        Math.min(0.5, Math.max(LEAST_DELTA, Math.exp(moments.logDelta(epsilon, tilt))));
    double delta = 1;
    for (int i = 0; i <= 2 * MOST_REFINEMENTS; i++) {
      LatticePlan plan =
          LatticePlan.forEpsilon(TruncatedLoss.of(steps, estimate), epsilon, Math.log(estimate));
      LossTail tail = upperTail(plan);
      delta = Math.min(delta, tail.delta(epsilon));
      if (!plan.isSteepest() && tail.roundOffAt(epsilon) > FELT_SHARE * delta) {
        delta = Math.min(delta, upperTail(plan.steepest()).delta(epsilon));
      }
      double next = Math.max(LEAST_DELTA, delta - infiniteMass);
      if (next > 0.1 * estimate && next < 10 * estimate) {
        break;
      }
      estimate = next;
    }
    return delta;
  }

  private LossTail upperTail(LatticePlan plan) {
    LatticeWindow window = plan.window();
    List<TiltedComposition.Term> terms = new ArrayList<>();
    double beyond = 0;
    double top = 0;
    for (int t = 0; t < steps.size(); t++) {
      Step step = steps.get(t);
      LossLattice lattice = LossLattice.above(step.profile, plan.kept().get(t), window.spacing());
      beyond += step.count * lattice.infiniteMass();
      top += (double) step.count * lattice.end();
      terms.add(new TiltedComposition.Term(lattice.mass(), lattice.start(), step.count));
    }
    terms.sort(Comparator.comparingLong(TiltedComposition.Term::count));
    TiltedComposition composition =
        TiltedComposition.of(terms, plan.tilt(), window.spacing(), window.length());
    if (top >= window.end()) {
      beyond += massAbove(terms, plan);
    }
    return new LossTail(composition, plan.tilt(), window, beyond);
  }

  /**
   * Chernoff's bound of the mass above the window, on the lattice itself. Any tilt gives a bound;
   * the best one is that of the losses before they were moved up to the lattice, or a gentler one.
   */
  private static double massAbove(List<TiltedComposition.Term> terms, LatticePlan plan) {
    double spacing = plan.window().spacing();
    double edge = plan.window().end() * spacing;
    LossMoments moments = plan.loss().moments();
    double tilt = moments.bestTilt(t -> moments.at(t).log() - t * edge);
    double least = 0;
    for (; tilt > LEAST_FURTHER_TILT * plan.tilt(); tilt /= 4) {
      double log = TiltedComposition.logMoment(terms, tilt, spacing) - tilt * edge;
      if (least < 0 && log > least) {
        break;
      }
      least = Math.min(least, log);
    }
    return Math.exp(least);
  }
}
