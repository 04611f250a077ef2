package org.dpfed.accounting.pld;

/**
 * Upper bound on δ as a function of ε for a composed privacy loss: the result of the FFT, plus its
 * round-off, plus the mass above its window and at infinity.
 */
final class LossTail {
  private final double tilt;
  private final double spacing;
  private final LatticeWindow window;
  private final double[] tilted;
  private final double logScale;
  private final double roundOff;
  private final double beyond;

  /**
   * @param beyond a bound of the mass above the window and at infinity
   */
  LossTail(TiltedComposition composition, double tilt, LatticeWindow window, double beyond) {
    this.tilt = tilt;
    this.spacing = window.spacing();
    this.window = window;
    this.tilted = composition.tilted();
    this.logScale = composition.logScale();
    this.roundOff = composition.roundOff() * roundOffWeight();
    this.beyond = beyond;
  }

  /**
   * By Cauchy–Schwarz the round-off changes δ(ε) by at most its L2 norm times that of the weights
   * (1 − e^(ε − l))·e^(−θ·(l − ε)), which are at most min(1, jh)·e^(−θh(j − 1)) for the j-th
   * lattice point above ε.
   */
  private double roundOffWeight() {
    double ratio = Math.exp(-2 * tilt * spacing);
    double rest = -Math.expm1(-2 * tilt * spacing);
    double bounded = 1 / rest;
    double rising = spacing * spacing * (1 + ratio) / (rest * rest * rest);
    return Math.sqrt(Math.min(bounded, rising));
  }

  /** The part of the bound of δ(ε) that is the FFT's round-off. */
  double roundOffAt(double epsilon) {
    return Math.exp(logScale - tilt * epsilon) * roundOff;
  }

  /** The smallest ε at which δ is certainly at most this; infinite when there is none. */
  double epsilon(double delta) {
    double left = delta - beyond;
    if (!(left > 0)) {
      return Double.POSITIVE_INFINITY;
    }
    // With w the tilted mass undone, D(ε) = Σ w·(1 − e^(ε−l)) and B(ε) = Σ w·e^(ε−l) over l > ε,
    // both relative to e^(logScale − θ·ε) and taken one lattice point down at a time.
    double excess = 0;
    double weighted = 0;
    double fall = Math.exp(-tilt * spacing);
    double discount = Math.exp(-spacing);
    double step = -Math.expm1(-spacing);
    for (int i = tilted.length - 1; i >= 0; i--) {
      // The sums are over the points above point i; it joins them on the way to point i − 1.
      double atPoint = weighted + tilted[window.residue(i)];
      double nextExcess = (excess + atPoint * step) * fall;
      double below = window.loss(i - 1);
      double scale = Math.exp(logScale - tilt * below);
      // Not "> left": should a NaN ever come up here, it must not pass for a small delta.
      if (!(scale * (nextExcess + roundOff) <= left)) {
        double epsilon = between(window.loss(i), scale, atPoint, excess, fall, left);
        return Double.isNaN(epsilon) ? Double.POSITIVE_INFINITY : epsilon;
      }
      if (below <= 0) {
        return 0;
      }
      excess = nextExcess;
      weighted = atPoint * discount * fall;
    }
    return Math.max(0, window.loss(-1));
  }

  /** ε in the cell below a lattice point, where δ is linear in e^ε. */
  private double between(
      double point, double scaleBelow, double atPoint, double excess, double fall, double left) {
    double scale = scaleBelow * fall;
    // The round-off is taken at the lower end of the cell, where it weighs more.
    double room = left - scaleBelow * roundOff - scale * excess;
    if (room <= 0) {
      return Math.max(0, point);
    }
    double share = Math.min(room / (scale * atPoint), 1);
    return Math.max(0, Math.max(point - spacing, point + Math.log1p(-share)));
  }

  /** A bound of δ at this ε. */
  double delta(double epsilon) {
    double sum = 0;
    for (int i = tilted.length - 1; i >= 0; i--) {
      double above = window.loss(i) - epsilon;
      if (above <= 0) {
        break;
      }
      sum += tilted[window.residue(i)] * Math.exp(-tilt * above) * -Math.expm1(-above);
    }
    double delta = Math.exp(logScale - tilt * epsilon) * (sum + roundOff) + beyond;
    // Not Math.min, which would pass on a NaN.
    return delta < 1 ? delta : 1;
  }
}
