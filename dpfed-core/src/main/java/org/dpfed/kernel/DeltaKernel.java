package org.dpfed.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arithmetic on flat deltas. All arrays are dense {@code float} in 'c' order: a block of deltas has
 * shape {@code [k, d]}, a sum or an output has shape {@code [d]}. No method keeps a reference to an
 * argument. NaN and infinities are ordinary values here: they show up in the norms, and the caller
 * decides.
 */
public interface DeltaKernel {
  /** The name by which this kernel can be forced and under which reports list it. */
  String name();

  /**
   * The L2 norm of every row, accumulated in double, so that no finite {@code float} row overflows
   * and the relative error is far below that of one {@code float} rounding.
   *
   * @param deltas shape {@code [k, d]}; unchanged
   * @return {@code k} norms; NaN or infinite where the row holds such a value
   */
  double[] rowNorms(INDArray deltas);

  /**
   * {@code sum += Σₖ scales[k] · deltas[k]}. A row whose scale is 0 is not read, so that nothing in
   * it can reach the sum.
   *
   * @param sum shape {@code [d]}; changed in place
   * @param deltas shape {@code [k, d]}; unchanged
   * @param scales {@code k} finite factors
   */
  void addScaled(INDArray sum, INDArray deltas, float[] scales);

  /**
   * {@code out = (sum + stddev · N(0, I)) · factor}, the noise drawn from the stream that {@code
   * key} names. With {@code stddev} 0 no noise is drawn and the key is not used.
   *
   * @param sum shape {@code [d]}; unchanged unless it is {@code out}
   * @param out shape {@code [d]}; may be {@code sum} itself
   * @param key names one stream; the same key gives the same noise on the same kernel
   * @param stddev finite, at least 0
   * @param factor finite
   */
  void perturb(INDArray sum, INDArray out, NoiseKey key, double stddev, double factor);
}
