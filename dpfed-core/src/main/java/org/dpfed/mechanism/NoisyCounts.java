package org.dpfed.mechanism;

import java.util.List;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.NoiseKey;
import org.dpfed.kernel.NormalDraws;

/**
 * Counts of the clients whose norm is at most a value, one count for each private quantile. A
 * client adds ½ where its norm is, −½ where it is not, even if its delta is dropped for that, and
 * nothing where its delta is not finite, so that it moves a count by ½ (Andrew et al. 2021, §3.1).
 * Sums and noise are integers in units of 2⁻²⁰.
 */
final class NoisyCounts {
  private static final double UNITS = 0x1p20;

  private final List<ClippingState.Count> counts;
  private final long[] halves;

  NoisyCounts(List<ClippingState.Count> counts) {
    this.counts = counts;
    this.halves = new long[counts.size()];
  }

  /** Counts a client, unless its delta is not finite. */
  void add(RoundParts.Norms norms) {
    if (!Double.isFinite(norms.whole())) {
      return;
    }
    for (int i = 0; i < halves.length; i++) {
      ClippingState.Count count = counts.get(i);
      halves[i] += norms.of(count.part()) <= count.value() ? 1 : -1;
    }
  }

  /** Adds what another one counted, of the same values. */
  void add(NoisyCounts other) {
    for (int i = 0; i < halves.length; i++) {
      halves[i] += other.halves[i];
    }
  }

  boolean isEmpty() {
    return counts.isEmpty();
  }

  /**
   * The noisy share of clients within each count's value: ½ + (the centred count + noise) ÷ the
   * expected cohort.
   *
   * @param key used up
   * @param isNoisy false for the baseline without privacy
   */
  double[] shares(DeltaKernel kernel, NoiseKey key, double expectedCohortSize, boolean isNoisy) {
    NormalDraws stream = kernel.draws(key);
    double[] draws = new double[NormalDraws.CHUNK];
    double[] shares = new double[halves.length];
    for (int i = 0; i < halves.length; i++) {
      if (i % draws.length == 0) {
        stream.nextChunk(draws);
      }
      double stddev = isNoisy ? counts.get(i).estimation().countStddev(expectedCohortSize) : 0;
      double exact = draws[i % draws.length] * Math.nextUp(stddev) * UNITS;
      long noise = (long) Math.floor(exact + 0.5);
      double centred = (halves[i] * (long) (UNITS / 2) + noise) / UNITS;
      shares[i] = 0.5 + centred / expectedCohortSize;
    }
    return shares;
  }
}
