package org.dpfed.mechanism;

import org.dpfed.accounting.DpEvent;

/**
 * Gaussian noise on a sum to which one client contributes at most {@code clipNorm}.
 *
 * <p>The standard deviation depends on the public clip norm alone, never on the norm of an update:
 * noise that scaled with the data would itself reveal it.
 *
 * @param clipNorm L2 sensitivity of the sum, positive and finite
 * @param noiseMultiplier noise standard deviation divided by {@code clipNorm}; 0 gives no privacy
 */
public record GaussianMechanism(double clipNorm, double noiseMultiplier) {
  public GaussianMechanism {
    if (!(clipNorm > 0) || Double.isInfinite(clipNorm)) {
      throw new IllegalArgumentException("clipNorm must be positive and finite, was " + clipNorm);
    }
    if (!(noiseMultiplier >= 0) || Double.isInfinite(noiseMultiplier)) {
      throw new IllegalArgumentException(
          "noiseMultiplier must be finite and at least 0, was " + noiseMultiplier);
    }
  }

  /** Absolute standard deviation of the noise on the sum. */
  public double noiseStddev() {
    return noiseMultiplier * clipNorm;
  }

  /** What one release costs when every client takes part. */
  public DpEvent event() {
    return noiseMultiplier == 0 ? new DpEvent.NonPrivate() : new DpEvent.Gaussian(noiseMultiplier);
  }
}
