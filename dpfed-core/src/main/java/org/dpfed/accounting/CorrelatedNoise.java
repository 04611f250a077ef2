package org.dpfed.accounting;

/**
 * Noise that is correlated over rounds, used instead of sampling. The whole run costs the same as
 * one Gaussian, whatever the correlation. Holds under zero-out and replace-one. Refused under
 * add-or-remove-one, because an added client would change when the others take part.
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
