package org.dpfed.accounting;

/**
 * Correlated noise of a matrix mechanism (DP-FTRL by matrix factorisation): the vector C·x plus
 * independent Gaussian noise is released, x being the rounds' sums and C the strategy. Holds under
 * zero-out and replace-one for fixed participation; add-or-remove-one is refused.
 *
 * @param noiseMultiplier standard deviation of the uncorrelated noise divided by the clip norm;
 *     divided, not multiplied, by the strategy's sensitivity
 * @param strategy the lower triangular Toeplitz matrix C
 * @param participation how often a client takes part
 */
public record MatrixMechanism(
    double noiseMultiplier, ToeplitzStrategy strategy, Participation participation)
    implements CorrelatedNoise {
  public MatrixMechanism {
    Bounds.notNegative("noiseMultiplier", noiseMultiplier);
  }

  /** Those rounds are such a mechanism too, with the upper left corner of the strategy. */
  @Override
  public MatrixMechanism firstRounds(int rounds) {
    Participation first = participation.firstRounds(rounds);
    int known = Math.min(first.rounds(), strategy.coefficients().size());
    return new MatrixMechanism(
        noiseMultiplier, new ToeplitzStrategy(strategy.coefficients().subList(0, known)), first);
  }

  /**
   * One row of C·x with fresh noise: the client's rounds in it are at least the separation apart,
   * so that it moves the row by at most the sum of the largest coefficients at lags 0, b, 2b, …
   */
  @Override
  public Gaussian roundAgain() {
    double moved = 0;
    for (int k = participation.attainable() - 1; k >= 0; k--) {
      moved = Math.nextUp(moved + strategy.largestFrom(k * participation.minSeparation()));
    }
    return new Gaussian(
        Math.max(0, Math.nextDown(noiseMultiplier / Math.max(moved, Double.MIN_NORMAL))));
  }

  @Override
  public double sensitivity() {
    return strategy.sensitivity(participation);
  }

  @Override
  public String participationRule() {
    return participation.rule();
  }
}
