package org.dpfed.accounting.pld;

import java.util.ArrayList;
import java.util.List;

/**
 * A lower bound on δ: one specific test distinguishes the composed outcomes by the sum of their
 * rounded losses. For any test, P(sum &gt; t) − e^ε·Q(sum &gt; t) is at most δ(ε) for every
 * threshold. The test is close to the best one, so the bound is tight to second order.
 */
final class RoundedTest {
  private final LatticeWindow window;
  private final double tilt;
  private final TiltedComposition underP;
  private final TiltedComposition underQ;
  private final double outsideP;
  private final double aboveQ;

  /** Covers the relative errors of the masses, log(1 + error) for each step. */
  private final double slack;

  private RoundedTest(
      LatticeWindow window,
      double tilt,
      TiltedComposition underP,
      TiltedComposition underQ,
      double outsideP,
      double aboveQ,
      double slack) {
    this.window = window;
    this.tilt = tilt;
    this.underP = underP;
    this.underQ = underQ;
    this.outsideP = outsideP;
    this.aboveQ = aboveQ;
    this.slack = slack;
  }

  static RoundedTest of(LatticePlan plan) {
    List<PrivacyLossComposition.Step> steps = plan.steps();
    LatticeWindow planned = plan.window();
    double tilt = plan.tilt();
    List<TiltedComposition.Term> p = new ArrayList<>();
    List<TiltedComposition.Term> q = new ArrayList<>();
    double slack = 0;
    for (int t = 0; t < steps.size(); t++) {
      LossLattice cells =
          LossLattice.rounded(steps.get(t).profile(), plan.kept().get(t), planned.spacing());
      long count = steps.get(t).count();
      slack += count * LossLattice.QUADRATURE_ERROR / 10;
      p.add(new TiltedComposition.Term(cells.mass(), cells.start(), count));
      // Q-masses times e^loss: tilted by θ they are Q tilted by θ + 1.
      q.add(new TiltedComposition.Term(cells.scaledQMass(), cells.start(), count));
    }
    LatticeWindow window = planned.movedBy(drift(p, plan));
    TiltedComposition underP = TiltedComposition.of(p, tilt, window.spacing(), window.length());
    TiltedComposition underQ = TiltedComposition.of(q, tilt, window.spacing(), window.length());
    double low = window.loss(0) - window.spacing() / 2;
    double high = window.loss(window.length()) - window.spacing() / 2;
    double outsideP =
        chernoff(p, window, tilt, -1, low, underP.logScale())
            + chernoff(p, window, tilt, 1, high, underP.logScale());
    double aboveQ = chernoff(q, window, tilt, 1, high, underQ.logScale());
    return new RoundedTest(window, tilt, underP, underQ, outsideP, aboveQ, slack);
  }

  /** How much further up rounding has moved the tilted sum than the plan expects. */
  private static double drift(List<TiltedComposition.Term> terms, LatticePlan plan) {
    double spacing = plan.window().spacing();
    double step = 0.01 / plan.window().width();
    double rise =
        TiltedComposition.logMoment(terms, plan.tilt() + step, spacing)
            - TiltedComposition.logMoment(terms, plan.tilt() - step, spacing);
    return rise / (2 * step) - plan.loss().moments().at(plan.tilt()).mean();
  }

  /** A bound of the tilted mass beyond an edge, upwards or downwards. */
  private static double chernoff(
      List<TiltedComposition.Term> terms,
      LatticeWindow window,
      double tilt,
      int sign,
      double edge,
      double logScale) {
    double width = window.width();
    double best = 0;
    for (double factor = 4; factor <= 1 << 14; factor *= 2) {
      double more = sign * factor / width;
      double log =
          TiltedComposition.logMoment(terms, tilt + more, window.spacing())
              - logScale
              - more * edge;
      best = Math.min(best, log);
    }
    return Math.exp(best);
  }

  /** The largest ε found at which δ is certainly at least this; 0 when there is none. */
  double epsilon(double delta) {
    double logDelta = Math.log(delta);
    double best = 0;
    double p = 0;
    double q = 0;
    double fallP = Math.exp(-tilt * window.spacing());
    double fallQ = Math.exp(-(tilt + 1) * window.spacing());
    // √Σ weights² of the points above the threshold, relative to the weight at the threshold.
    double weightP = Math.sqrt(1 / -Math.expm1(-2 * tilt * window.spacing()));
    double weightQ = Math.sqrt(1 / -Math.expm1(-2 * (tilt + 1) * window.spacing()));
    for (int i = window.length() - 1; i >= 0; i--) {
      int residue = window.residue(i);
      p = p * fallP + underP.tilted()[residue];
      q = q * fallQ + underQ.tilted()[residue];
      double loss = window.loss(i);
      double atLeast = p - underP.roundOff() * weightP - outsideP;
      double logAtLeast = Math.log(atLeast) + underP.logScale() - tilt * loss - slack;
      double atMost = q + underQ.roundOff() * weightQ + aboveQ;
      double logAtMost = Math.log(atMost) + underQ.logScale() - (tilt + 1) * loss + slack;
      if (atLeast > 0 && logAtLeast > logDelta) {
        double logDifference = logAtLeast + Math.log(-Math.expm1(logDelta - logAtLeast));
        best = Math.max(best, logDifference - logAtMost);
      }
    }
    return best;
  }
}
