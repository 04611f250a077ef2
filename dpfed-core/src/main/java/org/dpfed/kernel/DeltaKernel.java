package org.dpfed.kernel;

import org.dpfed.nativememory.NativeFloats;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arithmetic on flat deltas. All arrays are dense {@code float} arrays in 'c' order; views are
 * allowed if their elements are contiguous. A block of deltas has shape {@code [k, d]}, or {@code
 * [d]} for a single one; a sum or an output has shape {@code [d]}. Any other array is refused with
 * an {@link IllegalArgumentException}. No method keeps a reference to an argument. NaN and
 * infinities are allowed: they appear in the norms, and the caller decides what to do.
 *
 * <p>A kernel is stateless and thread-safe: any number of threads may call it at once, on different
 * arrays.
 */
public interface DeltaKernel {
  /**
   * Bound on the relative error of a norm from {@link #rowNorms}: |norm − ‖x‖₂| ≤ 2⁻³⁰ · ‖x‖₂ for
   * every finite row.
   *
   * <p>Squares of floats are exact in double, so only the summation causes an error: a value that
   * passes through n additions gets a relative error of at most n·2⁻⁵³ (to first order); the square
   * root halves it and adds one rounding. Kernels sum in blocks so that no value passes through
   * more than 2²² additions.
   */
  double NORM_RELATIVE_ERROR = 0x1p-30;

  /**
   * Bound on the relative error of one product {@code scale · x} in {@link #addScaled}, before it
   * is added: one rounding to {@code float}, or none on kernels that fuse multiply and add.
   * (Products below 2⁻¹²⁶ are subnormal and may be off by 2⁻¹⁵⁰ in absolute terms.)
   *
   * <p>A caller that needs ‖scale · x‖ ≤ bound in exact arithmetic therefore uses the largest
   * {@code float} scale with {@code scale · norm · (1 + 2·NORM_RELATIVE_ERROR) · (1 +
   * PRODUCT_RELATIVE_ERROR) ≤ bound}.
   */
  double PRODUCT_RELATIVE_ERROR = 0x1p-24;

  /** The name that selects this kernel and under which reports list it. */
  String name();

  /**
   * This kernel with at most {@code threads} threads to a call, the caller's among them: all cores
   * when nothing else runs, one when several workers call it. Changes only the speed, not a single
   * bit of any result. Kernels without threads of their own return themselves.
   *
   * @param threads at least 1
   */
  default DeltaKernel withThreads(int threads) {
    return this;
  }

  /**
   * The L2 norm of every row, accumulated in double: no finite {@code float} row overflows or
   * underflows, and the error is at most {@link #NORM_RELATIVE_ERROR}.
   *
   * @param deltas shape {@code [k, d]} or {@code [d]}; unchanged
   * @return {@code k} norms; NaN where the row holds a NaN, otherwise infinite where it holds an
   *     infinity, otherwise finite
   */
  double[] rowNorms(INDArray deltas);

  /**
   * {@code sum += Σₖ scales[k] · deltas[k]}, row after row in {@code float}. A row whose scale is 0
   * is not read, so that nothing in it can reach the sum.
   *
   * @param sum shape {@code [d]}; changed in place
   * @param deltas shape {@code [k, d]} or {@code [d]}; unchanged
   * @param scales {@code k} finite factors
   */
  void addScaled(INDArray sum, INDArray deltas, float[] scales);

  /**
   * {@code out = (sum + stddev · N(0, I)) · factor}, the noise drawn from the stream that {@code
   * key} names. With {@code stddev} 0 no noise is drawn and the key is not used.
   *
   * @param sum shape {@code [d]}; unchanged unless it is {@code out}
   * @param out shape {@code [d]}; may be {@code sum} itself
   * @param key names one stream, and is used up unless {@code stddev} is 0; keys of the same bytes
   *     give the same noise on the same kernel
   * @param stddev finite, at least 0
   * @param factor finite
   */
  void perturb(INDArray sum, INDArray out, NoiseKey key, double stddev, double factor);

  /**
   * Standard normal draws from the stream that {@code key} names, for callers that round them
   * themselves. On kernels that work in main memory they are what {@link #perturb} adds, before
   * scaling.
   *
   * @param key used up
   */
  default NormalDraws draws(NoiseKey key) {
    return new SecureGaussian(key.take(), 0);
  }

  /**
   * {@code sum[i] += delta[i] · factor}, cut towards zero, on the host.
   *
   * @param delta shape {@code [d]} or {@code [1, d]}, finite, each coordinate times the factor
   *     below 2⁵⁰ in absolute value; unchanged
   * @param factor finite, a float divided by a power of two, so that products are exact
   * @param sum of length {@code d}; changed in place
   */
  default void addCut(INDArray delta, double factor, long[] sum) {
    Layout.ofIntegerSum(sum, delta, factor);
    NativeFloats.forEachBlock(
        delta,
        (block, count, from) -> {
          for (int i = 0; i < count; i++) {
            sum[from + i] += (long) (block[i] * factor);
          }
        });
  }
}
