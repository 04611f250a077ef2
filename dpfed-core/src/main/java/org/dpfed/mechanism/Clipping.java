package org.dpfed.mechanism;

import org.dpfed.kernel.DeltaKernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Bounds one client's delta before it is summed.
 *
 * <p>The bound applies to the L2 norm of the whole delta, so it limits the contribution of one
 * client, not of one gradient (McMahan et al. 2018, "Learning Differentially Private Recurrent
 * Language Models", §2.2).
 */
public sealed interface Clipping {

  /**
   * The L2 norm that no clipped delta exceeds: the sensitivity of the sum to one client. Infinite
   * when nothing is clipped.
   */
  double clipNorm();

  /**
   * The factor for a delta: 1 when its norm is at most {@link #clipNorm}, 0 when the norm is not
   * finite, otherwise rounded down so far that the scaled delta stays within the bound in exact
   * arithmetic.
   *
   * @param norm the L2 norm of {@code delta} as the kernel measured it
   * @param delta shape {@code [1, d]} or {@code [d]}; read only when the measured norm is too close
   *     to the bound for its rounding error to be ignored
   */
  float scale(double norm, INDArray delta);

  /**
   * The same bound for every client and every round.
   *
   * @param clipNorm positive and finite
   */
  record Fixed(double clipNorm) implements Clipping {
    /** Covers the error of the measured norm and of each product; see {@link DeltaKernel}. */
    private static final double ROUND_DOWN =
        1 - 4 * (DeltaKernel.NORM_RELATIVE_ERROR + DeltaKernel.PRODUCT_RELATIVE_ERROR);

    public Fixed {
      if (!(clipNorm > 0 && clipNorm <= Float.MAX_VALUE)) {
        throw new IllegalArgumentException(
            "clipNorm must be positive and finite as a float, was " + clipNorm);
      }
    }

    @Override
    public float scale(double norm, INDArray delta) {
      if (!Double.isFinite(norm)) {
        return 0;
      }
      double margin = clipNorm * DeltaKernel.NORM_RELATIVE_ERROR;
      if (norm <= clipNorm - margin) {
        return 1;
      }
      if (norm <= clipNorm + margin && !ExactNorm.exceeds(delta, clipNorm)) {
        return 1;
      }
      return roundedDown(clipNorm / norm);
    }

    private static float roundedDown(double quotient) {
      double lowered = quotient * ROUND_DOWN;
      float scale = (float) lowered;
      return scale > lowered ? Math.nextDown(scale) : scale;
    }
  }

  /**
   * No bound at all, for the baseline without privacy; only deltas that are not finite are dropped.
   */
  record None() implements Clipping {
    @Override
    public double clipNorm() {
      return Double.POSITIVE_INFINITY;
    }

    @Override
    public float scale(double norm, INDArray delta) {
      return Double.isFinite(norm) ? 1 : 0;
    }
  }
}
