package org.dpfed.accounting;

/**
 * A banded matrix mechanism with cyclic Poisson sampling: the clients are split into at least as
 * many groups as there are bands, and round t samples from group t mod groups (Choquette-Choo et
 * al. 2023, "(Amplified) banded matrix factorization", theorem 4). Costs ⌈rounds ÷ groups⌉
 * Poisson-sampled Gaussians, and the expected cohort is the population × samplingProbability ÷
 * groups. Holds under every neighbouring relation that keeps the groups fixed.
 *
 * @param noiseMultiplier standard deviation of the uncorrelated noise divided by the clip norm
 * @param columnNorm the largest L2 norm of a column of the strategy, positive; 1 for independent
 *     noise
 * @param samplingProbability Poisson rate within a group, in (0, 1]
 * @param rounds rounds in all, at least 1
 * @param groups at least the nonzero diagonals of the strategy, at least 1
 */
public record AmplifiedBandedMechanism(
    double noiseMultiplier, double columnNorm, double samplingProbability, long rounds, long groups)
    implements DpEvent {
  public AmplifiedBandedMechanism {
    Bounds.notNegative("noiseMultiplier", noiseMultiplier);
    Bounds.positive("columnNorm", columnNorm);
    Bounds.samplingProbability(samplingProbability);
    Bounds.atLeast("rounds", 1, rounds);
    Bounds.atLeast("groups", 1, groups);
  }

  /** A strategy whose columns have norm 1. */
  public AmplifiedBandedMechanism(
      double noiseMultiplier, double samplingProbability, long rounds, long groups) {
    this(noiseMultiplier, 1, samplingProbability, rounds, groups);
  }

  @Override
  public AmplifiedBandedMechanism firstRounds(int first) {
    return new AmplifiedBandedMechanism(
        noiseMultiplier, columnNorm, samplingProbability, Math.min(first, rounds), groups);
  }

  /**
   * A row spans at most as many rounds as there are groups, so that one of the client's rounds at
   * most is in it; no coefficient exceeds the norm of its column. The sample may be known by then.
   */
  @Override
  public Gaussian roundAgain() {
    return new Gaussian(roundNoiseMultiplier());
  }

  /** How many Poisson-sampled Gaussians this is: the rounds in which one client can take part. */
  public long compositions() {
    return (rounds - 1) / groups + 1;
  }

  /** The noise multiplier of each of them, rounded down. */
  double roundNoiseMultiplier() {
    return columnNorm == 1
        ? noiseMultiplier
        : Math.max(0, Math.nextDown(noiseMultiplier / columnNorm));
  }

  /** What the groups must be, as a sentence for a guarantee. */
  String fixedGroups() {
    return "clients are split into %d groups beforehand, and round t samples from group t mod %d"
        .formatted(groups, groups);
  }
}
