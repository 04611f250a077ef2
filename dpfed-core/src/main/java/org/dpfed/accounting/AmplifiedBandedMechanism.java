package org.dpfed.accounting;

/**
 * A banded matrix mechanism with cyclic Poisson sampling: the clients are split into as many groups
 * as there are bands, and round t samples from group t mod bands (Choquette-Choo et al. 2023,
 * "(Amplified) banded matrix factorization", theorem 4). Costs ⌈rounds / bands⌉ Poisson-sampled
 * Gaussians, and the expected cohort is the population × samplingProbability / bands. Holds under
 * every neighbouring relation that keeps the groups fixed.
 *
 * @param noiseMultiplier noise standard deviation divided by (clip norm × largest column norm of
 *     the strategy); with unit columns relative to the clip norm alone
 * @param samplingProbability Poisson rate within a group, in (0, 1]
 * @param rounds rounds in all, at least 1
 * @param bands nonzero diagonals of the strategy, at least 1
 */
public record AmplifiedBandedMechanism(
    double noiseMultiplier, double samplingProbability, long rounds, long bands)
    implements DpEvent {
  /** What the groups must be, as a sentence for a guarantee. */
  static final String FIXED_GROUPS =
      "clients are split into groups beforehand, one for each band, and round t samples from group"
          + " t mod bands";

  public AmplifiedBandedMechanism {
    Bounds.notNegative("noiseMultiplier", noiseMultiplier);
    Bounds.samplingProbability(samplingProbability);
    Bounds.atLeast("rounds", 1, rounds);
    Bounds.atLeast("bands", 1, bands);
  }

  /** How many Poisson-sampled Gaussians this is: the rounds in which one client can take part. */
  public long compositions() {
    return (rounds - 1) / bands + 1;
  }
}
