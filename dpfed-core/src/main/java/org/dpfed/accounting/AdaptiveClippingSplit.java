package org.dpfed.accounting;

/**
 * Divides the noise of one round between the clipped sum and the counts of clipped clients that
 * adapt the clip norms (Andrew, Thakkar, McMahan, Ramaswamy 2021, theorem 1): one count for the
 * whole delta, or one for each group of parameters with a clip norm of its own.
 *
 * <p>Sum and counts together are one Gaussian: a client moves the sum by one clip norm and each
 * centred count by ½, so z⁻² = z_Δ⁻² + L·(2σ_b)⁻² for L counts.
 *
 * @param noiseMultiplier z, of all together, the one that is accounted for, positive
 * @param countStddev σ_b, standard deviation of the noise on each count of clipped clients, more
 *     than z·√L / 2
 * @param counts L, at least 1
 */
public record AdaptiveClippingSplit(double noiseMultiplier, double countStddev, int counts) {
  public AdaptiveClippingSplit {
    Bounds.positive("noiseMultiplier", noiseMultiplier);
    Bounds.positive("countStddev", countStddev);
    Bounds.atLeast("counts", 1, counts);
    double most = 2 * countStddev / Math.sqrt(counts);
    if (noiseMultiplier >= most) {
      throw new IllegalArgumentException(
          "noiseMultiplier must be below twice countStddev"
              + (counts == 1 ? ", " : " divided by the root of counts = " + counts + ", ")
              + most
              + ", was "
              + noiseMultiplier
              + "; raise countStddev, for instance to "
              + noiseMultiplier * Math.sqrt(counts)
              + ", with which the sum gets 15.5 % more noise"
              + (counts == 1 ? "" : ", or adapt fewer clip norms"));
    }
  }

  /** The split for one clip norm. */
  public AdaptiveClippingSplit(double noiseMultiplier, double countStddev) {
    this(noiseMultiplier, countStddev, 1);
  }

  /** z_Δ = (z⁻² − L·(2σ_b)⁻²)^(−½), the noise multiplier of the clipped sum. */
  public double valueNoiseMultiplier() {
    double z = noiseMultiplier;
    double count = 2 * countStddev / Math.sqrt(counts);
    return z * count / Math.sqrt((count - z) * (count + z));
  }
}
