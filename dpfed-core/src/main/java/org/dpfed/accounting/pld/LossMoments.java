package org.dpfed.accounting.pld;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import org.dpfed.accounting.numerics.GaussLegendre;

/**
 * The cumulant generating function of the composed, truncated privacy loss, to some 10⁻¹² for each
 * step.
 */
final class LossMoments {
  /** The gentlest tilt of interest where losses are below 10⁴ or so. */
  private static final double LEAST_TILT = 1e-4;

  private static final double MOST_TILT = 1e9;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Term(double[] mass, double[] loss, double count) {}

  private final List<Term> terms = new ArrayList<>();

  /** Adds one term, {@code count} times. */
  void add(PrivacyLossProfile profile, TruncatedProfile truncated, long count) {
    DoubleStream.Builder masses = DoubleStream.builder();
    DoubleStream.Builder losses = DoubleStream.builder();
    GaussLegendre rule = GaussLegendre.EIGHT;
    for (PrivacyLossProfile.Piece piece : truncated.pieces()) {
      MixturePair pair = piece.pair();
      double sigma = pair.sigma();
      double widest = Math.min(0.5 * sigma, 1.25 * sigma * sigma);
      int panels = (int) Math.ceil((piece.to() - piece.from()) / widest);
      double half = (piece.to() - piece.from()) / panels / 2;
      double scale = half / (sigma * Math.sqrt(2 * Math.PI));
      for (int i = 0; i < panels * rule.size(); i++) {
        int node = i % rule.size();
        int panel = i / rule.size();
        double x = piece.from() + (2.0 * panel + 1 + rule.node(node)) * half;
        double mass = scale * rule.weight(node) * pair.density(x);
        if (mass > 0) {
          masses.add(mass);
          losses.add(pair.loss(x));
        }
      }
    }
    for (PrivacyLossProfile.Atom atom : profile.atoms()) {
      if (atom.mass() > 0) {
        masses.add(atom.mass());
        losses.add(atom.loss());
      }
    }
    terms.add(new Term(masses.build().toArray(), losses.build().toArray(), count));
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
      double centre = 0;
      double squares = 0;
      for (int i = 0; i < term.loss.length; i++) {
        double weight = term.mass[i] * Math.exp(tilt * term.loss[i] - largest);
        if (weight > 0) {
          // Updated point by point, since large losses close together leave nothing of E[L²] −
          // E[L]².
          sum += weight;
          double distance = term.loss[i] - centre;
          centre += weight / sum * distance;
          squares += weight * distance * (term.loss[i] - centre);
        }
      }
      log += term.count * (largest + Math.log(sum));
      mean += term.count * centre;
      variance += term.count * squares / sum;
    }
    return new Cumulants(log, mean, variance);
  }

  /** The tilt that makes {@code objective} smallest; it falls, then rises. */
  double bestTilt(DoubleUnaryOperator objective) {
    return smallest(objective, leastTilt(), MOST_TILT, 0.02);
  }

  /** Large losses matter at tilts near their inverse. */
  private double leastTilt() {
    double largest = Math.sqrt(at(0).variance);
    for (Term term : terms) {
      for (double loss : term.loss) {
        largest = Math.max(largest, loss);
      }
    }
    return Math.min(LEAST_TILT, 1 / largest);
  }

  /** Where an objective that falls, then rises is smallest, by golden sections of the logarithm. */
  private static double smallest(
      DoubleUnaryOperator objective, double from, double to, double tolerance) {
    double golden = (Math.sqrt(5) - 1) / 2;
    double low = Math.log(from);
    double high = Math.log(to);
    double left = high - golden * (high - low);
    double right = low + golden * (high - low);
    double atLeft = objective.applyAsDouble(Math.exp(left));
    double atRight = objective.applyAsDouble(Math.exp(right));
    while (high - low > tolerance) {
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

  /** The gentlest tilt at which {@code objective}, which falls up to {@code most}, is so low. */
  double gentlest(DoubleUnaryOperator objective, double bound, double most) {
    double low = leastTilt();
    double high = most;
    while (high > 1.01 * low) {
      double middle = Math.sqrt(low * high);
      if (objective.applyAsDouble(middle) < bound) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /** Epsilon at δ by the conversion of Canonne, Kamath, Steinke at order 1 + tilt. */
  double epsilon(double logDelta, double tilt) {
    return (at(tilt).log() - logDelta - Math.log1p(tilt)) / tilt + logShare(tilt);
  }

  /** log δ at ε by the same conversion. */
  double logDelta(double epsilon, double tilt) {
    return at(tilt).log() - tilt * (epsilon - logShare(tilt)) - Math.log1p(tilt);
  }

  /** log(1 − 1/order) at order 1 + tilt, for tilts too that 1 + tilt does not show. */
  private static double logShare(double tilt) {
    return Math.log(tilt) - Math.log1p(tilt);
  }

  /** A loss that the tilted distribution exceeds with probability at most about e^(−exponent). */
  double upperEnd(double tilt, double exponent) {
    Cumulants here = at(tilt);
    DoubleUnaryOperator end = more -> (at(tilt + more).log() - here.log + exponent) / more;
    return end.applyAsDouble(bestFurtherTilt(end, here, exponent));
  }

  /** A loss that the tilted distribution falls below with probability at most e^(−exponent). */
  double lowerEnd(double tilt, double exponent) {
    Cumulants here = at(tilt);
    DoubleUnaryOperator end = less -> (at(tilt - less).log() - here.log + exponent) / less;
    return -end.applyAsDouble(bestFurtherTilt(end, here, exponent));
  }

  /** The best would be one step for a Gaussian; rare, large losses want far less. */
  private static double bestFurtherTilt(DoubleUnaryOperator end, Cumulants here, double exponent) {
    double step = Math.sqrt(2 * exponent / Math.max(here.variance, 1e-300));
    return smallest(end, 1e-6 * step, 16 * step, 0.2);
  }
}
