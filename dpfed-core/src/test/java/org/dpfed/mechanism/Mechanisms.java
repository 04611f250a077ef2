package org.dpfed.mechanism;

import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.Nd4jKernel;

/** Mechanisms for tests. */
public final class Mechanisms {
  private Mechanisms() {}

  /** Poisson sampling, independent noise and a trusted server, for any number of rounds. */
  public static Mechanism poisson(
      int population,
      double expectedCohortSize,
      Clipping clipping,
      double noiseMultiplier,
      Randomness randomness) {
    return new Mechanism(
        population,
        Integer.MAX_VALUE,
        new Sampling.Poisson(expectedCohortSize),
        clipping,
        new Noise.Independent(),
        new Trust.Central(),
        noiseMultiplier,
        randomness);
  }

  /** A run with the readable kernel. */
  public static MechanismRun start(Mechanism mechanism, int... layerSizes) {
    return mechanism.start(KernelSelection.forced(Nd4jKernel.NAME), layerSizes);
  }

  /** The first round of a run with the readable kernel. */
  public static DeltaAggregator firstRound(Mechanism mechanism, int dimension) {
    return start(mechanism, dimension).nextRound();
  }
}
