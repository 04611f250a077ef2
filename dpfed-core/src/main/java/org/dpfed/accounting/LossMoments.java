package org.dpfed.accounting;

import java.util.ArrayList;
import java.util.List;

/**
 * The cumulant generating function of the composed, truncated privacy loss, to some 10⁻¹² for each
 * step.
 */
final class LossMoments {
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Term(double[] mass, double[] loss, double count) {}

  private final List<Term> terms = new ArrayList<>();

  /** Adds one term, {@code count} times. */
  void add(PrivacyLossProfile profile, TruncatedProfile truncated, long count) {
    List<double[]> points = new ArrayList<>();
    for (PrivacyLossProfile.Piece piece : truncated.pieces()) {
      MixturePair pair = piece.pair();
      double sigma = pair.sigma();
      double widest = Math.min(0.5 * sigma, 1.25 * sigma * sigma);
      int panels = (int) Math.ceil((piece.to() - piece.from()) / widest);
      double half = (piece.to() - piece.from()) / panels / 2;
      double scale = half / (sigma * Math.sqrt(2 * Math.PI));
      GaussLegendre rule = GaussLegendre.EIGHT;
      for (int i = 0; i < panels * rule.size(); i++) {
        int node = i % rule.size();
        int panel = i / rule.size();
        double x = piece.from() + (2.0 * panel + 1 + rule.node(node)) * half;
        double mass = scale * rule.weight(node) * pair.density(x);
        points.add(new double[] {mass, pair.loss(x)});
      }
    }
    profile.atoms().forEach(atom -> points.add(new double[] {atom.mass(), atom.loss()}));
    points.removeIf(point -> !(point[0] > 0));
    terms.add(
        new Term(
            points.stream().mapToDouble(point -> point[0]).toArray(),
            points.stream().mapToDouble(point -> point[1]).toArray(),
            count));
  }

  /** log E[e^(θ·L)], mean and variance of L tilted by θ. */
  record Cumulants(double log, double mean, double variance) {}

  Cumulants at(double tilt) {
    double log = 0;
    double mean = 0;
    double variance = 0;
    for (Term term : terms) {
      double largest = Double.NEGATIVE_INFINITY;
      for (double loss : term.loss) {
        largest = Math.max(largest, tilt * loss);
      }
      double sum = 0;
      double first = 0;
      double second = 0;
      for (int i = 0; i < term.loss.length; i++) {
        double weight = term.mass[i] * Math.exp(tilt * term.loss[i] - largest);
        sum += weight;
        first += weight * term.loss[i];
        second += weight * term.loss[i] * term.loss[i];
      }
      double centre = first / sum;
      log += term.count * (largest + Math.log(sum));
      mean += term.count * centre;
      variance += term.count * Math.max(0, second / sum - centre * centre);
    }
    return new Cumulants(log, mean, variance);
  }

  /** The tilt that makes {@code objective} smallest; it falls, then rises. */
  static double bestTilt(java.util.function.DoubleUnaryOperator objective) {
    double golden = (Math.sqrt(5) - 1) / 2;
    double low = Math.log(1e-4);
    double high = Math.log(1e9);
    double left = high - golden * (high - low);
    double right = low + golden * (high - low);
    double atLeft = objective.applyAsDouble(Math.exp(left));
    double atRight = objective.applyAsDouble(Math.exp(right));
    while (high - low > 0.02) {
      if (atLeft <= atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - golden * (high - low);
        atLeft = objective.applyAsDouble(Math.exp(left));
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + golden * (high - low);
        atRight = objective.applyAsDouble(Math.exp(right));
      }
    }
    return Math.exp((low + high) / 2);
  }

  /** Epsilon at δ by the conversion of Canonne, Kamath, Steinke at order 1 + tilt. */
  double epsilon(double logDelta, double tilt) {
    double order = 1 + tilt;
    return (at(tilt).log() - logDelta - Math.log(order)) / tilt + Math.log1p(-1 / order);
  }

  /**
   * The tilt below {@code most} at which {@link #epsilon} passes 0; it is negative at {@code most}.
   */
  double tiltAtZero(double logDelta, double most) {
    double low = 1e-4;
    double high = most;
    while (high > 1.01 * low) {
      double middle = Math.sqrt(low * high);
      if (epsilon(logDelta, middle) < 0) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /** log δ at ε by the same conversion. */
  double logDelta(double epsilon, double tilt) {
    double order = 1 + tilt;
    return at(tilt).log() - tilt * (epsilon - Math.log1p(-1 / order)) - Math.log(order);
  }

  /** A loss that the tilted distribution exceeds with probability at most about e^(−exponent). */
  double upperEnd(double tilt, double exponent) {
    Cumulants here = at(tilt);
    double step = Math.sqrt(2 * exponent / Math.max(here.variance, 1e-300));
    double best = Double.POSITIVE_INFINITY;
    for (double factor = 1.0 / 64; factor <= 8; factor *= 1.5) {
      double more = factor * step;
      best = Math.min(best, (at(tilt + more).log() - here.log + exponent) / more);
    }
    return best;
  }

  /** A loss that the tilted distribution falls below with probability at most e^(−exponent). */
  double lowerEnd(double tilt, double exponent) {
    Cumulants here = at(tilt);
    double step = Math.sqrt(2 * exponent / Math.max(here.variance, 1e-300));
    double best = Double.NEGATIVE_INFINITY;
    for (double factor = 1.0 / 64; factor <= 8; factor *= 1.5) {
      double less = factor * step;
      best = Math.max(best, (here.log - at(tilt - less).log() - exponent) / less);
    }
    return best;
  }
}
