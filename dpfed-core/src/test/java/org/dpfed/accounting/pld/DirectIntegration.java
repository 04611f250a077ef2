package org.dpfed.accounting.pld;

import org.dpfed.accounting.numerics.GaussLegendre;
import org.dpfed.accounting.numerics.Normal;

/**
 * δ of one and of two Poisson-sampled Gaussians under add-or-remove-one, the larger of both
 * directions, without lattice and without FFT.
 */
public record DirectIntegration(double samplingProbability, double noiseMultiplier) {
  private MixturePair pair(boolean removal) {
    return removal
        ? new MixturePair.Removal(samplingProbability, noiseMultiplier)
        : new MixturePair.Addition(samplingProbability, noiseMultiplier);
  }

  /** δ of one step at ε. */
  public double oneStep(double epsilon) {
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
    if (removal && threshold > 0) {
      // At the threshold e^ε times Q's density is P's: no e^ε has to be formed.
      double scaledUnderQ =
          pair.density(threshold) / Math.sqrt(2 * Math.PI) * Normal.millsRatio(threshold / z);
      return pair.massAbove(threshold) - scaledUnderQ;
    }
    double plain = Normal.upperTail(threshold / z);
    double underQ = removal ? plain : (1 - q) * plain + q * Normal.upperTail((threshold + 1) / z);
    return pair.massAbove(threshold) - Math.exp(epsilon) * underQ;
  }

  /** δ of two steps at ε. */
  public double twoSteps(double epsilon) {
    return Math.max(twoSteps(epsilon, true), twoSteps(epsilon, false));
  }

  /**
   * The mean over the first step's loss of what the second may still lose. Where the second can
   * lose no less than is left, at log(1 − q) or at −∞, the integrand all but bends: panels shrink
   * towards that point from both sides.
   */
  private double twoSteps(double epsilon, boolean removal) {
    MixturePair pair = pair(removal);
    double z = noiseMultiplier;
    double from = -12 * z - 1;
    double to = 12 * z + 2;
    double least = removal ? Math.log1p(-samplingProbability) : Double.NEGATIVE_INFINITY;
    double bend = Math.min(to, Math.max(from, pair.atLoss(epsilon - least)));
    double sum = 0;
    for (double distance = 0; distance < to - from; ) {
      double next = distance + Math.max(1e-7, Math.min(z / 8, distance / 4));
      sum += panel(pair, epsilon, removal, bend + distance, Math.min(to, bend + next));
      sum += panel(pair, epsilon, removal, Math.max(from, bend - next), bend - distance);
      distance = next;
    }
    return sum / (z * Math.sqrt(2 * Math.PI));
  }

  private double panel(MixturePair pair, double epsilon, boolean removal, double from, double to) {
    GaussLegendre rule = GaussLegendre.EIGHT;
    double half = Math.max(0, to - from) / 2;
    double sum = 0;
    for (int i = 0; half > 0 && i < rule.size(); i++) {
      double x = (from + to) / 2 + half * rule.node(i);
      sum += rule.weight(i) * pair.density(x) * oneStep(epsilon - pair.loss(x), removal);
    }
    return half * sum;
  }
}
