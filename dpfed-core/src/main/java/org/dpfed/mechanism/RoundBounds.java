package org.dpfed.mechanism;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The public bounds of one round: all that a process needs which sums some of its deltas for the
 * server. Nothing in it depends on a client but through noise.
 *
 * @param partSizes lengths of the parts of a delta that are clipped apart, in the order of the
 *     delta
 * @param clipNorms one for each part; infinite where nothing is clipped
 * @param zeroAbove the norm of the whole delta above which it contributes nothing; may be infinite
 * @param thresholds norms up to which clients are counted, in the order of the counts
 */
public record RoundBounds(
    List<Integer> partSizes, List<Double> clipNorms, double zeroAbove, List<Threshold> thresholds) {
  /** More parts or thresholds than any network has layers. */
  private static final int MOST_PARTS = 1 << 20;

  public RoundBounds {
    partSizes = List.copyOf(partSizes);
    clipNorms = List.copyOf(clipNorms);
    thresholds = List.copyOf(thresholds);
    if (partSizes.isEmpty() || partSizes.size() != clipNorms.size()) {
      throw new IllegalArgumentException(
          "clipNorms must be one for each of at least one part, were %d for %d"
              .formatted(clipNorms.size(), partSizes.size()));
    }
    if (partSizes.stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException("partSizes must be at least 1, were " + partSizes);
    }
    if (partSizes.stream().mapToLong(Integer::longValue).sum() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a delta can have at most 2³¹ − 1 coordinates");
    }
    if (!clipNorms.stream().allMatch(norm -> norm > 0) || !(zeroAbove >= 0)) {
      throw new IllegalArgumentException(
          "clipNorms must be positive and zeroAbove at least 0, were %s and %s"
              .formatted(clipNorms, zeroAbove));
    }
    for (Threshold threshold : thresholds) {
      if (threshold.part < Threshold.WHOLE || threshold.part >= partSizes.size()) {
        throw new IllegalArgumentException(
            "the part of a threshold must be from %d to %d, was %d"
                .formatted(Threshold.WHOLE, partSizes.size() - 1, threshold.part));
      }
    }
  }

  /**
   * A norm up to which clients are counted.
   *
   * @param part whose norm is compared, or {@link #WHOLE}
   * @param value with which it is compared
   */
  public record Threshold(int part, double value) {
    /** The whole delta. */
    public static final int WHOLE = -1;
  }

  /** The length of a delta. */
  public int dimension() {
    return partSizes.stream().mapToInt(Integer::intValue).sum();
  }

  /** Whether deltas are clipped, and so summed as integers whose sums are exact in any order. */
  public boolean areFinite() {
    return clipNorms.stream().allMatch(norm -> norm < Double.POSITIVE_INFINITY);
  }

  int[] sizes() {
    return partSizes.stream().mapToInt(Integer::intValue).toArray();
  }

  double[] norms() {
    return clipNorms.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Writes what {@link #read} reads. */
  public void write(DataOutput out) throws IOException {
    out.writeInt(partSizes.size());
    for (int part = 0; part < partSizes.size(); part++) {
      out.writeInt(partSizes.get(part));
      out.writeDouble(clipNorms.get(part));
    }
    out.writeDouble(zeroAbove);
    out.writeInt(thresholds.size());
    for (Threshold threshold : thresholds) {
      out.writeInt(threshold.part);
      out.writeDouble(threshold.value);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IllegalArgumentException when those are no bounds
   */
  public static RoundBounds read(DataInput in) throws IOException {
    List<Integer> partSizes = new ArrayList<>();
    List<Double> clipNorms = new ArrayList<>();
    for (int parts = count(in); parts > 0; parts--) {
      partSizes.add(in.readInt());
      clipNorms.add(in.readDouble());
    }
    double zeroAbove = in.readDouble();
    List<Threshold> thresholds = new ArrayList<>();
    for (int left = count(in); left > 0; left--) {
      thresholds.add(new Threshold(in.readInt(), in.readDouble()));
    }
    return new RoundBounds(partSizes, clipNorms, zeroAbove, thresholds);
  }

  private static int count(DataInput in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MOST_PARTS) {
      throw new IllegalArgumentException("those are no bounds of a round");
    }
    return count;
  }
}
