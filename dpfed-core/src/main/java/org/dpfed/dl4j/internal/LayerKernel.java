package org.dpfed.dl4j.internal;

/**
 * The arithmetic of one layer, on Java arrays. Rows of features are {@code [n, features]}; images
 * are {@code [c, h, w, n]}: with the examples innermost, whatever is done to a row of pixels is
 * done to one long run of floats.
 *
 * <p>Arrays may be longer than what they hold, and those that a kernel returns are its own, valid
 * until it is asked again. A kernel has one thread at a time.
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
