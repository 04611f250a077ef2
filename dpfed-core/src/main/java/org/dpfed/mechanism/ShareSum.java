package org.dpfed.mechanism;

import java.nio.ByteBuffer;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.mechanism.DeltaAggregator.Contribution;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The clipped deltas of some clients of a round, summed where those clients are trained, for {@link
 * DeltaAggregator#accumulate(int[], int, byte[])} where the round is. Integers on the grid of the
 * round's bounds, so that shares of a cohort add up to the same sum in any order.
 *
 * <p><b>Not private:</b> it has no noise yet, and goes to the server alone, which is trusted. Used
 * by one thread at a time.
 */
public final class ShareSum {
  private final PartialSum sum;

  /**
   * An empty sum.
   *
   * @throws IllegalArgumentException when the round clips nothing: sums of floats depend on their
   *     order
   */
  public ShareSum(RoundBounds bounds, KernelSelection kernels) {
    if (!bounds.areFinite()) {
      throw new IllegalArgumentException(
          "shares of a cohort are summed on the grid of a clip norm, and this round has none; choose a clipNorm");
    }
    this.sum = PartialSum.empty(bounds, kernels.kernel().withThreads(1));
  }

  /**
   * Adds one client's delta, clipped; nothing where a coordinate is not finite.
   *
   * @param delta shape {@code [d]}, float; neither changed nor kept
   */
  public Contribution add(INDArray delta) {
    return sum.add(delta);
  }

  /** Counts and integers, as few bytes for each as hold all of its part. */
  public byte[] toBytes() {
    ByteBuffer out = ByteBuffer.allocate(sum.encodedLength());
    sum.write(out);
    return out.array();
  }

  /**
   * What became of the deltas of a share.
   *
   * @param deltas that were added
   * @param nonFinite of them, those with NaN or infinity, which contributed zero
   * @param clipped of them, those longer than the clip norm
   */
  public record Fates(int deltas, int nonFinite, int clipped) {}
}
