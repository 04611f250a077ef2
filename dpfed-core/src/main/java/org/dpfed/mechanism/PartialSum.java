package org.dpfed.mechanism;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.mechanism.DeltaAggregator.Contribution;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The clipped deltas of some clients of a round, summed: on the grid, where sums of some clients
 * add up to the same sum of all in any order, or in floats where nothing is clipped. With it go the
 * counts of norms and of what became of the deltas. Used by one thread at a time.
 */
final class PartialSum {
  private final RoundBounds bounds;
  private final RoundParts parts;
  private final RunningSum[] sums;
  private final NoisyCounts counts;
  private int deltas;
  private int nonFinite;
  private int clipped;

  private PartialSum(RoundBounds bounds, DeltaKernel kernel) {
    this.bounds = bounds;
    int[] sizes = bounds.sizes();
    double[] clipNorms = bounds.norms();
    double[] grids = FixedPointSum.grids(clipNorms);
    this.parts = new RoundParts(kernel, sizes, clipNorms, bounds.zeroAbove());
    this.sums = new RunningSum[sizes.length];
    for (int part = 0; part < sums.length; part++) {
      sums[part] = RunningSum.of(grids[part], kernel, sizes[part]);
    }
    this.counts = new NoisyCounts(bounds.thresholds());
  }

  /** Nothing, for deltas of a round with those bounds. */
  static PartialSum empty(RoundBounds bounds, DeltaKernel kernel) {
    return new PartialSum(bounds, kernel);
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
    Contribution fate = new Contribution(norms.whole(), scale);
    deltas++;
    nonFinite += fate.isFinite() ? 0 : 1;
    clipped += fate.isClipped() ? 1 : 0;
    return fate;
  }

  /** Adds what another one of this round holds, on the same grid. */
  void add(PartialSum other) {
    for (int part = 0; part < sums.length; part++) {
      sums[part].add(other.sums[part]);
    }
    counts.add(other.counts);
    deltas = Math.addExact(deltas, other.deltas);
    nonFinite += other.nonFinite;
    clipped += other.clipped;
  }

  /** The sum of a part. */
  RunningSum sum(int part) {
    return sums[part];
  }

  NoisyCounts counts() {
    return counts;
  }

  ShareSum.Fates fates() {
    return new ShareSum.Fates(deltas, nonFinite, clipped);
  }

  /** How long that is what {@link #write} writes. */
  int encodedLength() {
    long length = 3L * Integer.BYTES + counts.encodedLength();
    for (RunningSum sum : sums) {
      length += PackedIntegers.length(((FixedPointSum) sum).integers());
    }
    return Math.toIntExact(length);
  }

  /** Of sums on a grid: counts, then the integers of each part. */
  void write(ByteBuffer out) {
    out.putInt(deltas).putInt(nonFinite).putInt(clipped);
    counts.write(out);
    for (RunningSum sum : sums) {
      PackedIntegers.write(((FixedPointSum) sum).integers(), out);
    }
  }

  /**
   * Adds what another process summed, if clients of this round can have such a sum: no part of it
   * longer than so many clip norms, and counts that agree. Reads it twice and keeps no copy.
   *
   * @param in as {@link #write} gives it
   * @param most deltas that it may hold
   * @return what became of those deltas
   * @throws IllegalArgumentException when they cannot; then nothing is added
   */
  ShareSum.Fates add(ByteBuffer in, int most) {
    NoisyCounts itsCounts = new NoisyCounts(bounds.thresholds());
    try {
      ShareSum.Fates fates = readFates(in, most);
      require(itsCounts.read(in, finite(fates)), "counts of norms that no clients have");
      requirePossible(in.duplicate(), finite(fates));
      for (RunningSum sum : sums) {
        PackedIntegers.addTo(((FixedPointSum) sum).integers(), in);
      }
      counts.add(itsCounts);
      deltas = Math.addExact(deltas, fates.deltas());
      nonFinite += fates.nonFinite();
      clipped += fates.clipped();
      return fates;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("the sum of a share is cut short", e);
    }
  }

  private static int finite(ShareSum.Fates fates) {
    return fates.deltas() - fates.nonFinite();
  }

  private static ShareSum.Fates readFates(ByteBuffer in, int most) {
    ShareSum.Fates fates = new ShareSum.Fates(in.getInt(), in.getInt(), in.getInt());
    int finite = finite(fates);
    require(fates.deltas() >= 0 && fates.deltas() <= most, "more deltas than clients");
    require(fates.nonFinite() >= 0 && finite >= 0, "more deltas that are not finite than deltas");
    require(
        fates.clipped() >= 0 && fates.clipped() <= finite, "more clipped deltas than finite ones");
    return fates;
  }

  /** Reads the integers to their end. */
  private void requirePossible(ByteBuffer in, int finite) {
    for (int part = 0; part < sums.length; part++) {
      FixedPointSum sum = (FixedPointSum) sums[part];
      require(
          sum.isWithin(
              PackedIntegers.squares(in, sum.dimension()), finite * bounds.clipNorms().get(part)),
          "a sum longer than that many clipped deltas can have");
    }
    require(!in.hasRemaining(), "bytes after its end");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("the sum of a share holds " + otherwise);
    }
  }
}
