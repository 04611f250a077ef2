package org.dpfed.accounting.pld;

import org.dpfed.accounting.numerics.GaussLegendre;

/**
 * The finite part of a privacy loss on the lattice of multiples of a spacing. Mutable while it is
 * filled, then only read.
 *
 * <p>{@link #above} replaces a loss by a pair of lattice points such that P- and Q-mass are both
 * kept ("connect the dots", Doroshenko et al. 2022): the result dominates the original, to second
 * order in the spacing. {@link #rounded} keeps each point's cell whole: the index of the cell is a
 * statistic of the outcome, and any test on it gives a bound from below.
 *
 * <p>Masses come from quadrature of positive integrands, not from differences, so each is right to
 * a relative {@link #QUADRATURE_ERROR}; {@link #above} adds that much to each.
 */
final class LossLattice {
  /** Relative error allowed for in every mass; the rules below are chosen for a tenth of it. */
  static final double QUADRATURE_ERROR = 1e-11;

  private final double spacing;
  private final boolean split;
  private final long start;
  private final double[] mass;
  private final double[] scaledQMass;
  private double infiniteMass;

  private LossLattice(double spacing, boolean split, long start, int size) {
    this.spacing = spacing;
    this.split = split;
    this.start = start;
    this.mass = new double[size];
    this.scaledQMass = split ? mass : new double[size];
  }

  /** The part of a profile that matters: losses between two bounds. */
  record Range(double lowest, double highest) {
    double width() {
      return highest - lowest;
    }
  }

  /** A lattice loss that dominates the profile; mass above the range has infinite loss. */
  static LossLattice above(PrivacyLossProfile profile, TruncatedProfile truncated, double spacing) {
    LossLattice lattice = empty(truncated.range(), spacing, true);
    lattice.fill(profile, truncated);
    // Mass cut off below has less than the lowest loss kept, which is at most the third point.
    lattice.mass[2] += truncated.massBelow();
    lattice.infiniteMass = profile.infiniteMass() + truncated.massAbove();
    for (int i = 0; i < lattice.mass.length; i++) {
      lattice.mass[i] *= 1 + QUADRATURE_ERROR;
    }
    return lattice;
  }

  /** The P- and Q-masses of the cells around the lattice points; mass outside is left out. */
  static LossLattice rounded(
      PrivacyLossProfile profile, TruncatedProfile truncated, double spacing) {
    LossLattice lattice = empty(truncated.range(), spacing, false);
    lattice.fill(profile, truncated);
    return lattice;
  }

  private static LossLattice empty(Range range, double spacing, boolean split) {
    long start = (long) Math.floor(range.lowest / spacing) - 1;
    long end = (long) Math.ceil(range.highest / spacing) + 2;
    return new LossLattice(spacing, split, start, Math.toIntExact(end - start + 1));
  }

  private void fill(PrivacyLossProfile profile, TruncatedProfile truncated) {
    for (PrivacyLossProfile.Piece piece : truncated.pieces()) {
      fill(piece.pair(), piece.from(), piece.to());
    }
    for (PrivacyLossProfile.Atom atom : profile.atoms()) {
      long cell = cellOf(atom.loss());
      add(cell, atom.loss(), atom.mass());
    }
  }

  private long cellOf(double loss) {
    return split ? (long) Math.floor(loss / spacing) : Math.round(loss / spacing);
  }

  /** Lower edge of a cell as a loss. */
  private double edge(long cell) {
    return (split ? cell : cell - 0.5) * spacing;
  }

  private void fill(MixturePair pair, double from, double to) {
    double x = from;
    long cell = cellOf(pair.loss(from));
    while (x < to) {
      double next = Math.min(to, pair.atLoss(edge(cell + 1)));
      if (next > x) {
        integrate(pair, x, next, cell);
        x = next;
      }
      cell++;
    }
  }

  /** Adds the mass between two x of one cell. */
  private void integrate(MixturePair pair, double from, double to, long cell) {
    double sigma = pair.sigma();
    double variance = sigma * sigma;
    // A bound of how much the logarithms of all factors can change per unit of x.
    double steepness = (Math.max(Math.abs(from), Math.abs(to)) + 2) / variance + 1 / sigma;
    double change = steepness * (to - from);
    int parts = change > 2 ? (int) Math.ceil(change / 2) : 1;
    GaussLegendre rule = ruleFor(change);
    double half = (to - from) / parts / 2;
    double scale = half / (sigma * Math.sqrt(2 * Math.PI));
    for (int part = 0; part < parts; part++) {
      double centre = from + (2 * part + 1) * half;
      for (int i = 0; i < rule.size(); i++) {
        double x = centre + half * rule.node(i);
        add(cell, pair.loss(x), scale * rule.weight(i) * pair.density(x));
      }
    }
  }

  /**
   * The cheapest rule whose error, for an integrand that changes by a factor e^change over the
   * panel, is below 10⁻¹²: n nodes err by change^(2n)·(n!)⁴ / ((2n + 1)·((2n)!)³).
   */
  private static GaussLegendre ruleFor(double change) {
    if (change < 0.008) {
      return GaussLegendre.TWO;
    } else if (change < 0.1) {
      return GaussLegendre.THREE;
    }
    return change < 0.4 ? GaussLegendre.FOUR : GaussLegendre.EIGHT;
  }

  private void add(long cell, double loss, double amount) {
    int i = Math.toIntExact(cell - start);
    if (split) {
      double share = Math.expm1(cell * spacing - loss) / Math.expm1(-spacing);
      double upper = amount * Math.min(1, Math.max(0, share));
      mass[i + 1] += upper;
      mass[i] += amount - upper;
    } else {
      mass[i] += amount;
      scaledQMass[i] += amount * Math.exp(cell * spacing - loss);
    }
  }

  /** Index of the first lattice point: its loss is this many spacings. */
  long start() {
    return start;
  }

  /** Index of the last lattice point. */
  long end() {
    return start + mass.length - 1;
  }

  /** The P-masses from {@link #start} on; not copied, not to be changed. */
  double[] mass() {
    return mass;
  }

  /**
   * The Q-masses from {@link #start} on, each times e^loss of its point, which keeps them as large
   * as the P-masses; not copied, not to be changed.
   */
  double[] scaledQMass() {
    if (split) {
      throw new IllegalStateException("Q-masses are kept for rounded lattices only");
    }
    return scaledQMass;
  }

  double infiniteMass() {
    return infiniteMass;
  }
}
