package org.dpfed.dl4j.internal;

/**
 * The arithmetic of one layer, on Java arrays. Rows of features have shape {@code [n, features]},
 * images {@code [c, h, w, n]}: with the examples innermost, an operation on a row of pixels is an
 * operation on one contiguous run of floats.
 *
 * <p>Arrays may be longer than their content. An array that a kernel returns belongs to the kernel
 * and is valid until the next call. A kernel is used by one thread at a time.
 */
interface LayerKernel extends AutoCloseable {
  /**
   * The shape of the layer's output for a batch.
   *
   * @throws IllegalArgumentException when the layer does not take such a batch
   */
  BatchShape outputOf(BatchShape input);

  /**
   * The layer's output for a batch.
   *
   * @param input kept until {@link #backward}, not changed
   */
  float[] forward(float[] input, BatchShape shape);

  /**
   * Goes back over the last {@link #forward}, and overwrites the layer's part of the network's
   * gradient.
   *
   * @param gradient at the output; may be changed
   * @return gradient at the input; empty when nobody uses it
   */
  float[] backward(float[] gradient);

  /** Frees memory outside the heap; the kernel takes no batch afterwards. */
  @Override
  default void close() {}
}
