package org.dpfed.mechanism;

import java.util.stream.IntStream;
import org.dpfed.kernel.DeltaKernel;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * One round's bounds: the parts of a delta that are clipped apart, each with its clip norm, and the
 * norm above which the whole contributes nothing. Thread-safe.
 */
final class RoundParts {
  private final DeltaKernel kernel;
  private final int[] sizes;
  private final ClipBound[] bounds;
  private final double zeroAbove;

  /**
   * @param sizes of the parts, in the order of the delta
   * @param clipNorms one for each part
   */
  RoundParts(DeltaKernel kernel, int[] sizes, double[] clipNorms, double zeroAbove) {
    this.kernel = kernel;
    this.sizes = sizes.clone();
    this.bounds =
        IntStream.range(0, sizes.length)
            .mapToObj(part -> new ClipBound(clipNorms[part]))
            .toArray(ClipBound[]::new);
    this.zeroAbove = zeroAbove;
  }

  int count() {
    return sizes.length;
  }

  /** The norms of a delta's parts. */
  Norms norms(INDArray delta) {
    double[] norms = new double[sizes.length];
    double squares = 0;
    for (int part = 0, from = 0; part < sizes.length; from += sizes[part++]) {
      norms[part] = kernel.rowNorms(part(delta, part, from))[0];
      squares += norms[part] * norms[part];
    }
    return new Norms(norms, sizes.length == 1 ? norms[0] : Math.sqrt(squares));
  }

  /**
   * Adds a delta's parts to the sums, each within its bound.
   *
   * @return the smallest factor that was applied: 1 unclipped, 0 dropped
   */
  float add(INDArray delta, Norms norms, RunningSum[] sums) {
    if (!isCounted(norms)) {
      return 0;
    }
    float least = 1;
    for (int part = 0, from = 0; part < sizes.length; from += sizes[part++]) {
      INDArray view = part(delta, part, from);
      float scale = bounds[part].scale(norms.parts[part], view);
      sums[part].add(view, scale);
      least = Math.min(least, scale);
    }
    return least;
  }

  /** Whether a delta contributes at all: finite, and not above the threshold of zeroing. */
  boolean isCounted(Norms norms) {
    return Double.isFinite(norms.whole) && norms.whole <= zeroAbove;
  }

  private INDArray part(INDArray delta, int part, int from) {
    return sizes.length == 1
        ? delta
        : delta.get(NDArrayIndex.interval(from, (long) from + sizes[part]));
  }

  /** L2 norms of a delta as the kernel measured them; NaN or infinite where a coordinate is. */
  static final class Norms {
    private final double[] parts;
    private final double whole;

    private Norms(double[] parts, double whole) {
      this.parts = parts;
      this.whole = whole;
    }

    /** Of all of it. */
    double whole() {
      return whole;
    }

    /** Of a part, or of {@link RoundBounds.Threshold#WHOLE}. */
    double of(int part) {
      return part == RoundBounds.Threshold.WHOLE ? whole : parts[part];
    }
  }
}
