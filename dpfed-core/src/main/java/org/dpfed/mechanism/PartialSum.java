package org.dpfed.mechanism;

import org.dpfed.mechanism.DeltaAggregator.Contribution;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The clipped deltas of some clients of a round, summed: on the grid, where sums of some clients
 * add up to the same sum of all in any order, or in floats where nothing is clipped. With it go the
 * counts of norms. Used by one thread at a time.
 */
final class PartialSum {
  private final RoundParts parts;
  private final RunningSum[] sums;
  private final NoisyCounts counts;

  /**
   * @param parts of the round
   * @param sums one for each part, empty
   * @param counts empty
   */
  PartialSum(RoundParts parts, RunningSum[] sums, NoisyCounts counts) {
    this.parts = parts;
    this.sums = sums;
    this.counts = counts;
  }

  /**
   * Adds one client's delta, clipped.
   *
   * @param delta shape {@code [d]}, float; neither changed nor kept
   */
  Contribution add(INDArray delta) {
    RoundParts.Norms norms = parts.norms(delta);
    float scale = parts.add(delta, norms, sums);
    counts.add(norms);
    return new Contribution(norms.whole(), scale);
  }

  /** Adds what another one of this round holds, on the same grid. */
  void add(PartialSum other) {
    for (int part = 0; part < sums.length; part++) {
      sums[part].add(other.sums[part]);
    }
    counts.add(other.counts);
  }

  /** The sum of a part. */
  RunningSum sum(int part) {
    return sums[part];
  }

  NoisyCounts counts() {
    return counts;
  }
}
