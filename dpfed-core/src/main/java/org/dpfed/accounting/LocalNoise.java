package org.dpfed.accounting;

/**
 * Noise that each client adds to its own contribution. Gives two guarantees: for each message, and
 * for the sum of all messages.
 *
 * @param noiseMultiplier standard deviation of one client's noise over the clip norm, at least 0
 * @param clients contributions in one sum, at least 1, all of which are counted on for their noise
 * @param rounds at least 1
 */
public record LocalNoise(double noiseMultiplier, long clients, long rounds) {
  public LocalNoise {
    Bounds.notNegative("noiseMultiplier", noiseMultiplier);
    Bounds.atLeast("clients", 1, clients);
    Bounds.atLeast("rounds", 1, rounds);
  }

  /**
   * The client's own guarantee, against everybody: its messages under replace-one, where two
   * contributions can be twice the clip norm apart.
   */
  public Guarantee local(double delta, String unit) {
    return new AnalyticGaussianAccountant(NeighbouringRelation.REPLACE_ONE)
        .compose(new DpEvent.Gaussian(noiseMultiplier), rounds)
        .guarantee(delta, unit);
  }

  /** The guarantee of the sums alone, against whoever sees nothing else. */
  public Guarantee central(double delta, String unit, NeighbouringRelation relation) {
    double summed = noiseMultiplier * Math.sqrt((double) clients);
    return new AnalyticGaussianAccountant(relation)
        .compose(new DpEvent.Gaussian(summed), rounds)
        .guarantee(delta, unit);
  }
}
