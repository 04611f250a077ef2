package org.dpfed.accounting;

/**
 * δ of one and of two Poisson-sampled Gaussians under add-or-remove-one, the larger of both
 * directions, without lattice and without FFT.
 */
record DirectIntegration(double samplingProbability, double noiseMultiplier) {
  private static final int POINTS = 4000;

  private MixturePair pair(boolean removal) {
    return removal
        ? new MixturePair.Removal(samplingProbability, noiseMultiplier)
        : new MixturePair.Addition(samplingProbability, noiseMultiplier);
  }

  double oneStep(double epsilon) {
    return Math.max(oneStep(epsilon, true), oneStep(epsilon, false));
  }

  /** P(x &gt; x₀) − e^ε·Q(x &gt; x₀) at the x₀ whose loss is ε. */
  private double oneStep(double epsilon, boolean removal) {
    MixturePair pair = pair(removal);
    double threshold = pair.atLoss(epsilon);
    if (threshold == Double.NEGATIVE_INFINITY) {
      return -Math.expm1(epsilon);
    } else if (Double.isInfinite(threshold) || Double.isNaN(threshold)) {
      return 0;
    }
    double q = samplingProbability;
    double z = noiseMultiplier;
    double plain = Normal.upperTail(threshold / z);
    double underQ = removal ? plain : (1 - q) * plain + q * Normal.upperTail((threshold + 1) / z);
    return pair.massAbove(threshold) - Math.exp(epsilon) * underQ;
  }

  double twoSteps(double epsilon) {
    return Math.max(twoSteps(epsilon, true), twoSteps(epsilon, false));
  }

  /**
   * The mean over the first step's loss of what the second may still lose, by the trapezoidal rule,
   * which for a smooth, decaying integrand of width z is exact to rounding.
   */
  private double twoSteps(double epsilon, boolean removal) {
    MixturePair pair = pair(removal);
    double z = noiseMultiplier;
    double from = -12 * z - 1;
    double width = (24 * z + 3) / POINTS;
    double sum = 0;
    for (int i = 0; i <= POINTS; i++) {
      double x = from + i * width;
      sum += pair.density(x) * oneStep(epsilon - pair.loss(x), removal);
    }
    return sum * width / (z * Math.sqrt(2 * Math.PI));
  }
}
