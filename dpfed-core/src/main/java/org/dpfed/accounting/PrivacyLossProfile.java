package org.dpfed.accounting;

import java.util.List;

/**
 * The privacy loss of one step as a distribution: continuous pieces taken from mixture pairs,
 * atoms, and the mass whose loss is infinite. The total mass is at most 1.
 */
record PrivacyLossProfile(List<Piece> pieces, List<Atom> atoms, double infiniteMass) {
  /** The part of {@code pair} with x in [from, to]. */
  record Piece(MixturePair pair, double from, double to) {}

  /** A point mass. */
  record Atom(double loss, double mass) {}

  PrivacyLossProfile {
    pieces = List.copyOf(pieces);
    atoms = List.copyOf(atoms);
  }

  static PrivacyLossProfile of(MixturePair pair) {
    return new PrivacyLossProfile(
        List.of(new Piece(pair, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY)), List.of(), 0);
  }

  /**
   * One step sampled without replacement under replace-one, {@code sigma} relative to the
   * replace-one sensitivity: the hockey-stick divergence is that of removal from order 1 up and
   * that of addition below (advanced joint convexity, Balle, Barthe, Gaboardi 2018, theorem 2, in
   * both directions), hence positive losses from one pair, negative ones from the other, and the
   * rest of the mass at 0.
   */
  static PrivacyLossProfile withoutReplacement(double samplingProbability, double sigma) {
    // Removal has loss 0 at x = ½, addition at −½.
    double above = new MixturePair.Removal(samplingProbability, sigma).massAbove(0.5);
    double below = Normal.upperTail(0.5 / sigma);
    return new PrivacyLossProfile(
        List.of(
            new Piece(
                new MixturePair.Addition(samplingProbability, sigma),
                Double.NEGATIVE_INFINITY,
                -0.5),
            new Piece(
                new MixturePair.Removal(samplingProbability, sigma),
                0.5,
                Double.POSITIVE_INFINITY)),
        List.of(new Atom(0, 1 - above - below)),
        0);
  }

  /** Randomised response, which dominates every (epsilon, delta)-DP mechanism. */
  static PrivacyLossProfile approximateDp(double epsilon, double delta) {
    double likely = (1 - delta) / (1 + Math.exp(-epsilon));
    double unlikely = (1 - delta) * Math.exp(-epsilon) / (1 + Math.exp(-epsilon));
    return new PrivacyLossProfile(
        List.of(), List.of(new Atom(-epsilon, unlikely), new Atom(epsilon, likely)), delta);
  }

  /** This step, with {@code mass} more of infinite loss in place of as much of any other. */
  PrivacyLossProfile withInfiniteMass(double mass) {
    return new PrivacyLossProfile(pieces, atoms, infiniteMass + mass);
  }
}
