package org.dpfed.accounting.pld;

import java.util.Arrays;
import org.dpfed.accounting.numerics.GaussLegendre;

/**
 * Rényi divergences of one step: moments of its privacy loss by Gauss–Legendre quadrature, with
 * panels narrow enough to compute every integrand that occurs to about 10⁻¹⁴.
 */
public final class LossQuadrature {
  /** Standard deviations kept beyond the bulk; what is left out is below 10⁻²⁴ of it. */
  private static final double TAIL = 10.5;

  /** Panels that one quadrature may take; orders that need more are of no use where they do. */
  private static final double MOST_PANELS = 20_000;

  /** Nodes below e^(−this) of the sum so far are left out; 10⁶ of them are below 10⁻²⁰ of it. */
  private static final double NEGLIGIBLE = 60;

  private static final GaussLegendre RULE = GaussLegendre.EIGHT;

  private double[] logMass = new double[256];
  private double[] loss = new double[256];
  private int size;

  /**
   * @param maxOrder the highest order that will be asked for, above 1
   */
  private LossQuadrature(PrivacyLossProfile profile, double maxOrder) {
    for (PrivacyLossProfile.Piece piece : profile.pieces()) {
      double sigma = piece.pair().sigma();
      double from = Math.max(piece.from(), -TAIL * sigma - 1);
      double to = Math.min(piece.to(), maxOrder * piece.pair().reach() + TAIL * sigma);
      addPanels(piece.pair(), from, to);
    }
    for (PrivacyLossProfile.Atom atom : profile.atoms()) {
      add(Math.log(atom.mass()), atom.loss());
    }
    logMass = Arrays.copyOf(logMass, size);
    loss = Arrays.copyOf(loss, size);
  }

  /**
   * Rényi divergences at several orders.
   *
   * @param profile any; infinite mass makes the divergence infinite
   * @param orders each above 1
   * @return one for each order; infinite where the quadrature would take too long, which is at high
   *     orders of steps with hardly any noise
   */
  public static double[] renyi(PrivacyLossProfile profile, double... orders) {
    if (profile.infiniteMass() > 0) {
      return Arrays.stream(orders).map(order -> Double.POSITIVE_INFINITY).toArray();
    }
    double most = affordableOrder(profile);
    double highest = Arrays.stream(orders).filter(order -> order <= most).max().orElse(1);
    LossQuadrature moments = new LossQuadrature(profile, highest);
    return Arrays.stream(orders)
        .map(order -> order <= most ? moments.renyi(order) : Double.POSITIVE_INFINITY)
        .toArray();
  }

  /** The highest order whose quadrature takes reasonable time and memory. */
  private static double affordableOrder(PrivacyLossProfile profile) {
    return profile.pieces().stream()
        .map(PrivacyLossProfile.Piece::pair)
        .mapToDouble(pair -> Math.max(2, MOST_PANELS * widestPanel(pair.sigma()) / pair.reach()))
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  private static double widestPanel(double sigma) {
    // The mixture's logarithm has branch points at distance πσ² from the real line.
    return Math.min(sigma, 1.25 * sigma * sigma);
  }

  private void addPanels(MixturePair pair, double from, double to) {
    double sigma = pair.sigma();
    double widest = widestPanel(sigma);
    int panels = Math.max(1, (int) Math.ceil((to - from) / widest));
    double half = (to - from) / panels / 2;
    double logScale = Math.log(half / sigma) - 0.5 * Math.log(2 * Math.PI);
    for (int panel = 0; panel < panels; panel++) {
      double centre = from + (2 * panel + 1) * half;
      for (int i = 0; i < RULE.size(); i++) {
        double x = centre + half * RULE.node(i);
        double gaussian = -0.5 * (x / sigma) * (x / sigma);
        add(logScale + Math.log(RULE.weight(i)) + gaussian + pair.logDensity(x), pair.loss(x));
      }
    }
  }

  private void add(double nodeLogMass, double nodeLoss) {
    if (size == loss.length) {
      logMass = Arrays.copyOf(logMass, 2 * size);
      loss = Arrays.copyOf(loss, 2 * size);
    }
    logMass[size] = nodeLogMass;
    loss[size++] = nodeLoss;
  }

  /** Rényi divergence of P from Q at {@code order} above 1. */
  private double renyi(double order) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, logMass[i] + (order - 1) * loss[i]);
    }
    double logMoment = largest < 0 ? Math.log1p(excess(order)) : logMoment(order, largest);
    return logMoment / (order - 1);
  }

  private double logMoment(double order, double largest) {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      double exponent = logMass[i] + (order - 1) * loss[i] - largest;
      if (exponent > -45) {
        sum += Math.exp(exponent);
      }
    }
    return largest + Math.log(sum);
  }

  /**
   * E_Q[e^(α·L)] − 1 without cancellation, as E_Q[e^(α·L) − 1 − α·(e^L − 1)], whose integrand is
   * nowhere negative.
   */
  private double excess(double order) {
    double sum = 0;
    double recent = 0;
    double negligible = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < size; i++) {
      double qMass = logMass[i] - loss[i];
      // What follows is at most e^(order·loss) or order times Q's mass. Hardly any node is felt.
      if (qMass + Math.max(0, order * loss[i]) < negligible) {
        continue;
      }
      if (sum > 2 * recent) {
        recent = sum;
        negligible = Math.log(sum) - NEGLIGIBLE - Math.log(order);
      }
      if (qMass > -120) {
        sum += Math.exp(qMass) * convexPart(order, loss[i]);
      } else {
        sum += Math.exp(qMass + order * loss[i]);
      }
    }
    return sum;
  }

  /** e^(α·l) − 1 − α·(e^l − 1). */
  private static double convexPart(double order, double loss) {
    if (Math.abs(order * loss) > 0.2) {
      return Math.expm1(order * loss) - order * Math.expm1(loss);
    }
    double power = order * loss;
    double plain = order * loss;
    double sum = 0;
    for (int k = 2; k < 14; k++) {
      power *= order * loss / k;
      plain *= loss / k;
      sum += power - plain;
    }
    return sum;
  }
}
