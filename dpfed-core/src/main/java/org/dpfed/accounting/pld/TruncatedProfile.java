package org.dpfed.accounting.pld;

import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.numerics.Normal;

/**
 * The continuous pieces of a profile cut to where they have mass to speak of.
 *
 * @param pieces finite pieces
 * @param range the losses of pieces and atoms
 * @param massBelow a bound of the mass cut off below
 * @param massAbove a bound of the mass cut off above
 */
record TruncatedProfile(
    List<PrivacyLossProfile.Piece> pieces,
    LossLattice.Range range,
    double massBelow,
    double massAbove) {
  /** Standard deviations kept below; the mass beyond, under 10⁻²², is moved up. */
  private static final double LOWER_TAIL = 10;

  /** This profile with losses of pieces below {@code lowest}, which is negative, cut off too. */
  TruncatedProfile from(double lowest) {
    if (lowest <= range.lowest() || pieces.isEmpty()) {
      return this;
    }
    List<PrivacyLossProfile.Piece> kept = new ArrayList<>();
    double below = massBelow;
    for (PrivacyLossProfile.Piece piece : pieces) {
      MixturePair pair = piece.pair();
      double from = Math.max(piece.from(), pair.atLoss(lowest));
      if (from > piece.from()) {
        below += pair.massBelow(Math.min(from, piece.to()));
      }
      if (from < piece.to()) {
        kept.add(new PrivacyLossProfile.Piece(pair, from, piece.to()));
      }
    }
    return new TruncatedProfile(
        kept, new LossLattice.Range(lowest, range.highest()), below, massAbove);
  }

  /** Keeps all but {@code tailMass} of the mass at the upper end. */
  static TruncatedProfile of(PrivacyLossProfile profile, double tailMass) {
    List<PrivacyLossProfile.Piece> pieces = new ArrayList<>();
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    double below = 0;
    double above = 0;
    for (PrivacyLossProfile.Piece piece : profile.pieces()) {
      MixturePair pair = piece.pair();
      double from = piece.from();
      if (Double.isInfinite(from)) {
        from = pair.leastMean() - LOWER_TAIL * pair.sigma();
        below += Normal.upperTail(LOWER_TAIL);
      }
      double to = piece.to();
      if (Double.isInfinite(to)) {
        to = Math.max(from, tailStart(pair, tailMass));
        above += pair.massAbove(to);
      }
      if (to <= from) {
        continue;
      }
      pieces.add(new PrivacyLossProfile.Piece(pair, from, to));
      lowest = Math.min(lowest, pair.loss(from));
      highest = Math.max(highest, pair.loss(to));
    }
    for (PrivacyLossProfile.Atom atom : profile.atoms()) {
      lowest = Math.min(lowest, atom.loss());
      highest = Math.max(highest, atom.loss());
    }
    return new TruncatedProfile(
        List.copyOf(pieces), new LossLattice.Range(lowest, highest), below, above);
  }

  private static double tailStart(MixturePair pair, double tailMass) {
    double low = 0;
    double high = 1 + 40 * pair.sigma();
    while (high - low > 0.01 * pair.sigma()) {
      double middle = (low + high) / 2;
      if (pair.massAbove(middle) > tailMass) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
