package org.dpfed.accounting;

/**
 * Divides the noise of one round between the clipped sum and the count of clipped clients that
 * adapts the clip norm (Andrew, Thakkar, McMahan, Ramaswamy 2021, theorem 1).
 *
 * @param noiseMultiplier of the two together, the one that is accounted for, positive
 * @param clippedCountStddev σ_b, standard deviation of the noise on the count of clipped clients,
 *     more than half of the noise multiplier; a client moves the centred count by ½
 */
public record AdaptiveClippingSplit(double noiseMultiplier, double clippedCountStddev) {
  public AdaptiveClippingSplit {
    Bounds.positive("noiseMultiplier", noiseMultiplier);
    Bounds.positive("clippedCountStddev", clippedCountStddev);
    if (noiseMultiplier >= 2 * clippedCountStddev) {
      throw new IllegalArgumentException(
          "noiseMultiplier must be below twice clippedCountStddev, "
              + 2 * clippedCountStddev
              + ", was "
              + noiseMultiplier
              + "; raise clippedCountStddev");
    }
  }

  /** z_Δ = (z⁻² − (2σ_b)⁻²)^(−½), the noise multiplier of the clipped sum. */
  public double valueNoiseMultiplier() {
    double z = noiseMultiplier;
    double count = 2 * clippedCountStddev;
    return z * count / Math.sqrt((count - z) * (count + z));
  }
}
