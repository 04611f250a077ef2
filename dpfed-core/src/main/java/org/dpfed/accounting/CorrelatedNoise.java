package org.dpfed.accounting;

/**
 * Noise that is correlated over rounds, in place of sampling: however it is correlated, the whole
 * run costs what one Gaussian costs. Holds under zero-out and replace-one; under add-or-remove-one
 * another client would change who takes part when, and it is refused.
 */
public sealed interface CorrelatedNoise extends DpEvent
    permits TreeAggregation, RestartedTreeAggregation, MatrixMechanism {
  /** Standard deviation of the uncorrelated noise divided by the clip norm; at least 0. */
  double noiseMultiplier();

  /** The L2 norm, in clip norms, by which one client moves everything that noise is added to. */
  double sensitivity();

  /** How often a client may take part for the sensitivity to hold, as a sentence. */
  String participationRule();
}
