package org.dpfed.accounting.pld;

import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.numerics.CappedBinomial;
import org.dpfed.accounting.pld.PrivacyLossProfile.Atom;
import org.dpfed.accounting.pld.PrivacyLossProfile.Piece;
import org.dpfed.accounting.pld.ThreeMeans.Weights;

/**
 * A Gaussian on a Poisson sample that is cut to a uniformly random part of {@code cap} clients
 * where more are drawn: profiles that dominate one round, whatever the clients contribute.
 *
 * <p><b>Coupling.</b> Take the other clients in a uniformly random order, independent of the number
 * K of them that are drawn, and let the first K be those. Without the client of interest the first
 * min(K, cap) join; if it joins itself, the first min(K, cap − 1) do. The observer may learn the
 * order and whether K ≤ cap − 2 (joint convexity of the hockey-stick divergence).
 *
 * <p><b>K ≤ cap − 2</b> is Poisson sampling. <b>Otherwise</b> shift the sum of the first cap − 1 to
 * 0. Let b = P(K = cap − 1), c = P(K ≥ cap) and t the chance that K ≥ cap and the client takes the
 * place of another, whose contribution is y. Then the sum is at
 *
 * <ul>
 *   <li>0, with (1 − q)·b: the last place stays free;
 *   <li>y, with c − t: another client has it;
 *   <li>the client's x, with q·b + t.
 * </ul>
 *
 * <p>The two populations differ in the last case only: at x against 0 under zero-out, at x against
 * x′ under replace-one; under add-or-remove-one the one without the client is at 0 with b and at y
 * with c. For any set A with N(0, σ²)-mass a, a shift by a vector of norm at most 1 gives it
 * between Φ(Φ⁻¹(a) − 1/σ) and Φ(Φ⁻¹(a) + 1/σ), and half-lines attain both. For orders γ ≥ 1, P(A) −
 * γ·Q(A) falls in the mass at y, so y is opposite to x (or, where P lacks the client, on the side
 * of Q's x); for γ &lt; 1 it rises in it, and y is on the other side. Hence positive losses from
 * one pair, negative ones from another, and the rest of the mass at 0, as in {@link
 * PrivacyLossProfile#withoutReplacement}.
 *
 * <p>Under add-or-remove-one t is taken for its bound q·c. Then the loss is at least log(1 − q)
 * with y opposite to x, which is one pair for all orders; and the result holds for every smaller
 * population too. There c is smaller and b/c larger, so of the event K = cap − 1 only as much need
 * be put here as leaves b/c the same; what is left is linear in c, with a slope that is not
 * negative.
 *
 * <p>Rounding: the divergence rises in b's and t's part of the client, falls in c − t for γ ≥ 1 and
 * rises in it for γ &lt; 1, and b may be taken for less.
 *
 * @param samplingProbability q, in (0, 1]
 * @param others K's distribution
 * @param sigma noise standard deviation over one contribution, positive
 */
public record CappedSample(double samplingProbability, CappedBinomial others, double sigma) {
  private static final double ALL = Double.POSITIVE_INFINITY;

  /** Zero-out, as seen by the population in which the client contributes. */
  public PrivacyLossProfile zeroOutRemoval() {
    return split(above(0), below(0), 0.5, new MixturePair.Removal(samplingProbability, sigma));
  }

  /** Zero-out, as seen by the population in which it contributes zero. */
  public PrivacyLossProfile zeroOutAddition() {
    return split(
        below(0).reversed(),
        above(0).reversed(),
        -0.5,
        new MixturePair.Addition(samplingProbability, sigma));
  }

  /** Replace-one, as seen by either. */
  public PrivacyLossProfile replacement() {
    return split(above(1), below(1), 0, new MixturePair.Replacement(samplingProbability, sigma));
  }

  /** Add-or-remove-one, as seen by the population that has the client. */
  public PrivacyLossProfile removal() {
    return whole(present(), new MixturePair.Removal(samplingProbability, sigma));
  }

  /** Add-or-remove-one, as seen by the population that lacks it. */
  public PrivacyLossProfile addition() {
    return whole(present().reversed(), new MixturePair.Addition(samplingProbability, sigma));
  }

  /**
   * Positive losses: the client is at 1 in P, the other is at −1.
   *
   * @param replaced 1 where the client is at −1 in Q, 0 where it is at 0
   */
  private ThreeMeans above(int replaced) {
    double client = samplingProbability * others.last() + others.takenHigh();
    double other = Math.max(0, others.cutLow() - others.takenHigh());
    return pair(new Weights(other, free(), 0), client, replaced);
  }

  /** Negative losses: both are at 1 in P. */
  private ThreeMeans below(int replaced) {
    double client = samplingProbability * others.last() + others.takenHigh();
    double other = others.cutHigh() - others.takenLow();
    return pair(new Weights(0, free(), other), client, replaced);
  }

  private ThreeMeans pair(Weights common, double client, int replaced) {
    return ThreeMeans.moved(common, (1 - replaced) * client, replaced * client, sigma);
  }

  private double free() {
    return (1 - samplingProbability) * others.last();
  }

  private ThreeMeans present() {
    double q = samplingProbability;
    Weights rest = new Weights((1 - q) * others.cutHigh(), free(), 0);
    return ThreeMeans.moved(rest, q * others.last(), q * others.cutHigh(), sigma);
  }

  private PrivacyLossProfile split(
      ThreeMeans above, ThreeMeans below, double at, MixturePair poisson) {
    List<Piece> pieces = new ArrayList<>(uncut(poisson));
    pieces.add(new Piece(below, -ALL, at));
    pieces.add(new Piece(above, at, ALL));
    double placed = below.massBelow(at) + above.massAbove(at);
    double total = others.last() + others.cutHigh();
    return PrivacyLossProfile.of(pieces, List.of(new Atom(0, Math.max(0, total - placed))))
        .asUpperBound();
  }

  private PrivacyLossProfile whole(ThreeMeans pair, MixturePair poisson) {
    List<Piece> pieces = new ArrayList<>(uncut(poisson));
    pieces.add(new Piece(pair, -ALL, ALL));
    return PrivacyLossProfile.of(pieces, List.of()).asUpperBound();
  }

  private List<Piece> uncut(MixturePair poisson) {
    return others.below() > 0
        ? List.of(new Piece(new MixturePair.Weighted(others.below(), poisson), -ALL, ALL))
        : List.of();
  }
}
