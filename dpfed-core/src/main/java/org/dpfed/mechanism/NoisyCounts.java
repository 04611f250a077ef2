package org.dpfed.mechanism;

import java.nio.ByteBuffer;
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

  private final List<RoundBounds.Threshold> thresholds;
  private final long[] halves;

  NoisyCounts(List<RoundBounds.Threshold> thresholds) {
    this.thresholds = thresholds;
    this.halves = new long[thresholds.size()];
  }

  /** Counts a client, unless its delta is not finite. */
  void add(RoundParts.Norms norms) {
    if (!Double.isFinite(norms.whole())) {
      return;
    }
    for (int i = 0; i < halves.length; i++) {
      RoundBounds.Threshold threshold = thresholds.get(i);
      halves[i] += norms.of(threshold.part()) <= threshold.value() ? 1 : -1;
    }
  }

  /** Adds what another one counted, of the same values. */
  void add(NoisyCounts other) {
    for (int i = 0; i < halves.length; i++) {
      halves[i] += other.halves[i];
    }
  }

  int encodedLength() {
    return Integer.BYTES * halves.length;
  }

  /** As many integers as there are thresholds. */
  void write(ByteBuffer out) {
    for (long half : halves) {
      out.putInt(Math.toIntExact(half));
    }
  }

  /**
   * Takes what {@link #write} wrote.
   *
   * @param clients whose deltas are finite: each moved each count by one, up or down
   * @return whether they can have
   */
  boolean read(ByteBuffer in, int clients) {
    boolean possible = true;
    for (int i = 0; i < halves.length; i++) {
      halves[i] = in.getInt();
      possible &= Math.abs(halves[i]) <= clients && (clients - halves[i]) % 2 == 0;
    }
    return possible;
  }

  boolean isEmpty() {
    return thresholds.isEmpty();
  }

  /**
   * The noisy share of clients within each count's value: ½ + (the centred count + noise) ÷ the
   * expected cohort.
   *
   * @param key used up
   * @param stddevs of the noise on each count; 0 in the baseline without privacy
   */
  double[] shares(DeltaKernel kernel, NoiseKey key, double expectedCohortSize, double[] stddevs) {
    NormalDraws stream = kernel.draws(key);
    double[] draws = new double[NormalDraws.CHUNK];
    double[] shares = new double[halves.length];
    for (int i = 0; i < halves.length; i++) {
      if (i % draws.length == 0) {
        stream.nextChunk(draws);
      }
      // Of a stddev of 0 the least double there is, which rounds to nothing.
      double exact = draws[i % draws.length] * Math.nextUp(stddevs[i]) * UNITS;
      long noise = (long) Math.floor(exact + 0.5);
      double centred = (halves[i] * (long) (UNITS / 2) + noise) / UNITS;
      shares[i] = 0.5 + centred / expectedCohortSize;
    }
    return shares;
  }
}
