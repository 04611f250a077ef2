package org.dpfed.accounting;

/**
 * Prefix sums released through one binary tree over all rounds, with Gaussian noise at every node
 * (DP-FTRL without restarts, Kairouz et al. 2021, appendix D). Holds under zero-out and
 * replace-one. Refused under add-or-remove-one, because an added client would shift the rounds of
 * the others.
 *
 * @param noiseMultiplier noise standard deviation of one node divided by the clip norm
 * @param participation how often a client takes part
 */
public record TreeAggregation(double noiseMultiplier, Participation participation)
    implements CorrelatedNoise {
  public TreeAggregation {
    Bounds.notNegative("noiseMultiplier", noiseMultiplier);
  }

  /** The tree over those rounds alone. */
  @Override
  public TreeAggregation firstRounds(int rounds) {
    return new TreeAggregation(noiseMultiplier, participation.firstRounds(rounds));
  }

  @Override
  public Gaussian roundAgain() {
    return TreeSensitivity.roundAgain(
        noiseMultiplier,
        participation.rounds(),
        participation.attainable(),
        participation.minSeparation());
  }

  @Override
  public double sensitivity() {
    return Math.sqrt((double) squaredSensitivity());
  }

  @Override
  public String participationRule() {
    return participation.rule();
  }

  /**
   * The square of the L2 norm, in clip norms, by which a client moves the vector of all nodes; an
   * upper bound of it where a client may take part in some thousand rounds or more.
   */
  public long squaredSensitivity() {
    return TreeSensitivity.squared(participation);
  }
}
