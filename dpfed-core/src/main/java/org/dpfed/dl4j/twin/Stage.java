package org.dpfed.dl4j.twin;

/**
 * The arithmetic of one layer, on Java arrays. Rows of features are {@code [n, features]}; images
 * are {@code [c, h, w, n]}: with the examples innermost, whatever is done to a row of pixels is
 * done to one long run of floats.
 *
 * <p>Arrays may be longer than what they hold, and those that a stage returns are its own, valid
 * until it is asked again. A stage has one thread at a time.
 */
interface Stage extends AutoCloseable {
  /**
   * @throws IllegalArgumentException when the layer does not take such a batch
   */
  Extent outputOf(Extent input);

  /**
   * @param input kept until {@link #backward}, not changed
   */
  float[] forward(float[] input, Extent shape);

  /**
   * Goes back over the last {@link #forward}, and overwrites the layer's part of the network's
   * gradient.
   *
   * @param gradient at the output; may be changed
   * @return gradient at the input; empty when nobody uses it
   */
  float[] backward(float[] gradient);

  /** Frees memory outside the heap; the stage takes no batch afterwards. */
  @Override
  default void close() {}
}
