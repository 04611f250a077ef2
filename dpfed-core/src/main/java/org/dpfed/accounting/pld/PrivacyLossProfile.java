package org.dpfed.accounting.pld;

import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.numerics.Normal;

/**
 * The privacy loss of one step as a distribution: continuous pieces taken from mixture pairs,
 * atoms, and the mass whose loss is infinite. The total mass is at most 1.
 *
 * <p>Noise standard deviations are relative to how far one client moves the sum.
 */
public final class PrivacyLossProfile {
  /** With less noise than this quadrature would take too long: cells are coarse instead. */
  private static final double LEAST_SIGMA = 0.01;

  /** Coarse cells in a standard deviation: at the least sigma they add some 6·10⁻⁴ to a loss. */
  private static final int COARSE_CELLS = 32;

  /** Standard deviations that coarse cells reach: beyond lies less than 10⁻³¹⁵. */
  private static final int COARSE_REACH = 38;

  /** Larger losses are taken for infinite, so that sums of them are not. */
  private static final double MOST_LOSS = 1e100;

  private final List<Piece> pieces;
  private final List<Atom> atoms;
  private final double infiniteMass;
  private final boolean coarse;

  /** The part of {@code pair} with x in [from, to]. */
  record Piece(MixturePair pair, double from, double to) {}

  /** A point mass. */
  record Atom(double loss, double mass) {}

  private PrivacyLossProfile(
      List<Piece> pieces, List<Atom> atoms, double infiniteMass, boolean coarse) {
    this.pieces = List.copyOf(pieces);
    this.atoms = List.copyOf(atoms);
    this.infiniteMass = infiniteMass;
    this.coarse = coarse;
  }

  private static PrivacyLossProfile of(MixturePair pair) {
    return of(
        List.of(new Piece(pair, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)), List.of());
  }

  static PrivacyLossProfile of(List<Piece> pieces, List<Atom> atoms) {
    if (pieces.stream().allMatch(piece -> piece.pair.sigma() >= LEAST_SIGMA)) {
      return new PrivacyLossProfile(pieces, atoms, 0, false);
    }
    List<Atom> all = new ArrayList<>(atoms);
    double infiniteMass = 0;
    for (Piece piece : pieces) {
      infiniteMass += addCoarse(piece, all);
    }
    return new PrivacyLossProfile(List.of(), all, infiniteMass, true);
  }

  /**
   * Adds an atom for each of many cells of x, the mass of the cell with the loss at its upper end,
   * and returns the mass above the last cell. A loss that is never lower dominates.
   */
  private static double addCoarse(Piece piece, List<Atom> atoms) {
    MixturePair pair = piece.pair;
    double lowest = pair.leastMean() - COARSE_REACH * pair.sigma();
    double above = pair.massAbove(Math.max(piece.from, lowest));
    for (double centre = pair.leastMean(); centre <= 1; centre++) {
      for (int i = -COARSE_REACH * COARSE_CELLS; i <= COARSE_REACH * COARSE_CELLS; i++) {
        double x = Math.min(piece.to, centre + i * (pair.sigma() / COARSE_CELLS));
        double loss = pair.loss(x);
        double next = pair.massAbove(x);
        if (x > piece.from && next < above && loss <= MOST_LOSS) {
          atoms.add(new Atom(loss, above - next));
          above = next;
        }
      }
    }
    return Double.isInfinite(piece.to) ? above : 0;
  }

  /**
   * A Gaussian on a Poisson sample, as seen by the population that has the client.
   *
   * @param samplingProbability q, in (0, 1]
   * @param sigma noise standard deviation, positive
   */
  public static PrivacyLossProfile removal(double samplingProbability, double sigma) {
    return of(new MixturePair.Removal(samplingProbability, sigma));
  }

  /**
   * A Gaussian on a Poisson sample, as seen by the population that lacks the client.
   *
   * @param samplingProbability q, in (0, 1]
   * @param sigma noise standard deviation, positive
   */
  public static PrivacyLossProfile addition(double samplingProbability, double sigma) {
    return of(new MixturePair.Addition(samplingProbability, sigma));
  }

  /**
   * A Gaussian on a Poisson sample when the client is in both populations with different data; both
   * see the same.
   *
   * @param samplingProbability q, in (0, 1]
   * @param sigma noise standard deviation, positive, relative to one contribution and not to the
   *     distance of two
   */
  public static PrivacyLossProfile replacement(double samplingProbability, double sigma) {
    return of(new MixturePair.Replacement(samplingProbability, sigma));
  }

  /**
   * A Gaussian on a cohort of fixed size when the client is in both populations with different
   * data; both see the same. The hockey-stick divergence is that of removal from order 1 up and
   * that of addition below (advanced joint convexity, Balle, Barthe, Gaboardi 2018, theorem 2, in
   * both directions), hence positive losses from one pair, negative ones from the other, and the
   * rest of the mass at 0.
   *
   * @param samplingProbability cohort / population, in (0, 1]
   * @param sigma noise standard deviation, positive, relative to the distance of two contributions
   */
  public static PrivacyLossProfile withoutReplacement(double samplingProbability, double sigma) {
    // Removal has loss 0 at x = ½, addition at −½.
    double above = new MixturePair.Removal(samplingProbability, sigma).massAbove(0.5);
    double below = Normal.upperTail(0.5 / sigma);
    return of(
        List.of(
            new Piece(
                new MixturePair.Addition(samplingProbability, sigma),
                Double.NEGATIVE_INFINITY,
                -0.5),
            new Piece(
                new MixturePair.Removal(samplingProbability, sigma),
                0.5,
                Double.POSITIVE_INFINITY)),
        List.of(new Atom(0, 1 - above - below)));
  }

  /**
   * Randomised response, which dominates every (epsilon, delta)-DP mechanism.
   *
   * @param epsilon finite, at least 0
   * @param delta in [0, 1)
   */
  public static PrivacyLossProfile approximateDp(double epsilon, double delta) {
    if (epsilon > MOST_LOSS) {
      return new PrivacyLossProfile(List.of(), List.of(), 1, true);
    }
    double likely = (1 - delta) / (1 + Math.exp(-epsilon));
    double unlikely = (1 - delta) * Math.exp(-epsilon) / (1 + Math.exp(-epsilon));
    return new PrivacyLossProfile(
        List.of(), List.of(new Atom(-epsilon, unlikely), new Atom(epsilon, likely)), delta, false);
  }

  /** This step, of which no bound from below may be taken. */
  PrivacyLossProfile asUpperBound() {
    return new PrivacyLossProfile(pieces, atoms, infiniteMass, true);
  }

  List<Piece> pieces() {
    return pieces;
  }

  List<Atom> atoms() {
    return atoms;
  }

  double infiniteMass() {
    return infiniteMass;
  }

  /**
   * Whether this dominates the step but may be far above it: no bound from below may rest on it.
   */
  boolean isCoarse() {
    return coarse;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PrivacyLossProfile profile
        && pieces.equals(profile.pieces)
        && atoms.equals(profile.atoms)
        && infiniteMass == profile.infiniteMass;
  }

  @Override
  public int hashCode() {
    return List.of(pieces, atoms, infiniteMass).hashCode();
  }
}
