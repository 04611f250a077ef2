package org.dpfed.accounting;

/**
 * Contributions that are clipped, scaled by 1/granularity and rounded at random to integers before
 * a distributed sum (Kairouz, Liu, Steinke 2021, "The distributed discrete Gaussian mechanism",
 * section 4.1). Rounding inflates norms; the bounds here include that.
 *
 * @param clipNorm L2 bound of one contribution before rounding, positive
 * @param granularity γ, the width of the grid, positive
 * @param roundingBias β in [0, 1): rounding is repeated until the norm is within the bound that it
 *     exceeds with probability at most β; 0 takes the bound that always holds
 * @param dimension length of a contribution, at least 1
 */
public record RoundedSum(double clipNorm, double granularity, double roundingBias, long dimension) {
  public RoundedSum {
    Bounds.positive("clipNorm", clipNorm);
    Bounds.positive("granularity", granularity);
    Bounds.atLeast("dimension", 1, dimension);
    if (!(roundingBias >= 0 && roundingBias < 1)) {
      throw new IllegalArgumentException("roundingBias must be in [0, 1), was " + roundingBias);
    }
  }

  /** The L2 bound of one rounded contribution, in the units of the clip norm. */
  public double l2Bound() {
    double scaled = clipNorm / granularity;
    double root = Math.sqrt((double) dimension);
    double worst = (scaled + root) * (scaled + root);
    double conditional =
        roundingBias == 0
            ? Double.POSITIVE_INFINITY
            : scaled * scaled
                + (double) dimension / 4
                + Math.sqrt(-2 * Math.log(roundingBias)) * (scaled + root / 2);
    return granularity * Math.sqrt(Math.min(worst, conditional));
  }

  /** The L1 bound of one rounded contribution, in the units of the clip norm. */
  public double l1Bound() {
    double scaled = l2Bound() / granularity;
    // An integer vector's L1 norm is at most its squared L2 norm.
    return granularity * scaled * Math.min(Math.sqrt((double) dimension), scaled);
  }
}
