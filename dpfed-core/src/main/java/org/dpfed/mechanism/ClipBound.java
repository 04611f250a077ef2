package org.dpfed.mechanism;

import org.dpfed.kernel.DeltaKernel;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One L2 bound, applied to a delta or to one layer of it.
 *
 * @param clipNorm positive; infinite when nothing is clipped
 */
record ClipBound(double clipNorm) {
  /** Covers the error of the measured norm and of each product; see {@link DeltaKernel}. */
  private static final double ROUND_DOWN =
      1 - 4 * (DeltaKernel.NORM_RELATIVE_ERROR + DeltaKernel.PRODUCT_RELATIVE_ERROR);

  /** Clip norms that adapt stay in here. */
  private static final double LEAST = Float.MIN_NORMAL;

  static void require(String name, double norm) {
    if (!(norm > 0 && norm <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          name + " must be positive and finite as a float, was " + norm);
    }
  }

  /** The nearest clip norm that sums can be computed with. */
  static double within(double norm) {
    return Math.min(Float.MAX_VALUE, Math.max(LEAST, norm));
  }

  /**
   * The factor for a delta: 1 when its norm is at most the bound, 0 when the norm is not finite,
   * otherwise rounded down so far that the scaled delta stays within the bound in exact arithmetic.
   *
   * @param norm the L2 norm of {@code delta} as the kernel measured it
   * @param delta shape {@code [1, d]} or {@code [d]}; read only when the measured norm is too close
   *     to the bound for its rounding error to be ignored
   */
  float scale(double norm, INDArray delta) {
    if (!Double.isFinite(norm)) {
      return 0;
    }
    if (Double.isInfinite(clipNorm)) {
      return 1;
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
