package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.List;

/**
 * A bound from below: the composed outcomes are told apart by the sum of their rounded losses,
 * which is one test among all, so P(sum &gt; t) − e^ε·Q(sum &gt; t) is at most δ(ε) for every
 * threshold. Nearly the best test, hence second-order tight.
 */
final class RoundedTest {
  /** What the composition is computed on. */
  record Window(double tilt, double spacing, long lowest, int length) {}

  private final Window window;
  private final TiltedComposition underP;
  private final TiltedComposition underQ;
  private final double outsideP;
  private final double aboveQ;

  private RoundedTest(
      Window window,
      TiltedComposition underP,
      TiltedComposition underQ,
      double outsideP,
      double aboveQ) {
    this.window = window;
    this.underP = underP;
    this.underQ = underQ;
    this.outsideP = outsideP;
    this.aboveQ = aboveQ;
  }

  static RoundedTest of(
      List<PrivacyLossComposition.Step> steps, List<TruncatedProfile> truncated, Window window) {
    List<TiltedComposition.Term> p = new ArrayList<>();
    List<TiltedComposition.Term> q = new ArrayList<>();
    for (int t = 0; t < steps.size(); t++) {
      LossLattice cells =
          LossLattice.rounded(steps.get(t).profile(), truncated.get(t), window.spacing);
      long count = steps.get(t).count();
      p.add(new TiltedComposition.Term(cells.mass(), cells.start(), count));
      q.add(new TiltedComposition.Term(cells.qMass(), cells.start(), count));
    }
    TiltedComposition underP = TiltedComposition.of(p, window.tilt, window.spacing, window.length);
    TiltedComposition underQ =
        TiltedComposition.of(q, window.tilt + 1, window.spacing, window.length);
    double low = (window.lowest - 0.5) * window.spacing;
    double high = (window.lowest + window.length - 0.5) * window.spacing;
    double outsideP =
        chernoff(p, window, window.tilt, -1, low, underP.logScale())
            + chernoff(p, window, window.tilt, 1, high, underP.logScale());
    double aboveQ = chernoff(q, window, window.tilt + 1, 1, high, underQ.logScale());
    return new RoundedTest(window, underP, underQ, outsideP, aboveQ);
  }

  /** A bound of the tilted mass beyond an edge, upwards or downwards. */
  private static double chernoff(
      List<TiltedComposition.Term> terms,
      Window window,
      double tilt,
      int sign,
      double edge,
      double logScale) {
    double width = window.length * window.spacing;
    double best = 0;
    for (double factor = 4; factor <= 1 << 14; factor *= 2) {
      double more = sign * factor / width;
      double log =
          TiltedComposition.logMoment(terms, tilt + more, window.spacing) - logScale - more * edge;
      best = Math.min(best, log);
    }
    return Math.exp(best);
  }

  /** The largest ε found at which δ is certainly at least this; 0 when there is none. */
  double epsilon(double delta) {
    double best = 0;
    double p = 0;
    double q = 0;
    double fallP = Math.exp(-window.tilt * window.spacing);
    double fallQ = Math.exp(-(window.tilt + 1) * window.spacing);
    // √Σ weights² of the points above the threshold, relative to the weight at the threshold.
    double weightP = Math.sqrt(1 / -Math.expm1(-2 * window.tilt * window.spacing));
    double weightQ = Math.sqrt(1 / -Math.expm1(-2 * (window.tilt + 1) * window.spacing));
    double slack = 1 - 1e-9;
    for (int i = window.length - 1; i >= 0; i--) {
      long index = window.lowest + i;
      int residue = (int) Math.floorMod(index, (long) window.length);
      p = p * fallP + underP.tilted()[residue];
      q = q * fallQ + underQ.tilted()[residue];
      double loss = index * window.spacing;
      double scaleP = Math.exp(underP.logScale() - window.tilt * loss);
      double scaleQ = Math.exp(underQ.logScale() - (window.tilt + 1) * loss);
      double atLeast = slack * scaleP * (p - underP.roundOff() * weightP - outsideP);
      double atMost = scaleQ * (q + underQ.roundOff() * weightQ + aboveQ) / slack;
      if (atLeast > delta && atMost > 0) {
        best = Math.max(best, Math.log((atLeast - delta) / atMost));
      }
    }
    return best;
  }
}
