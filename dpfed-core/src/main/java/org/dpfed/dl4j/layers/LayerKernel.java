package org.dpfed.dl4j.layers;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of one layer, or of a sum or the like of several layers, on Java arrays. Rows of
 * features have shape {@code [n, features]}, images {@code [c, h, w, n]}: with the examples
 * innermost, an operation on a row of pixels is an operation on one contiguous run of floats.
 *
 * <p>Arrays may be longer than their content. They belong to the caller, who may use them for other
 * values as soon as nobody needs them. A kernel is used by one thread at a time, and goes back at
 * most once over each batch.
 */
public interface LayerKernel extends AutoCloseable {
  /**
   * Prepares for batches of these shapes.
   *
   * @param inputs one for each input
   * @return the shape of the output
   * @throws IllegalArgumentException when the layer does not take such batches
   */
  BatchShape prepare(List<BatchShape> inputs);

  /**
   * Computes the output for a batch of the shapes prepared for.
   *
   * @param inputs one for each input, unchanged
   * @param output overwritten
   */
  void forward(float[][] inputs, float[] output);

  /**
   * Goes back over the last {@link #forward}, and overwrites the layer's part of the network's
   * gradient, a sum over the examples.
   *
   * @param inputs those of {@code forward}, if {@link #usesInputs}; unchanged
   * @param output that of {@code forward}, if {@link #usesOutput}; unchanged
   * @param gradient at the output; may be changed
   * @param inputGradients overwritten, each by the gradient at an input; null where nobody uses it
   */
  void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients);

  /** Whether {@link #backward} reads the inputs. */
  default boolean usesInputs() {
    return true;
  }

  /** Whether {@link #backward} reads the output. */
  default boolean usesOutput() {
    return true;
  }

  /**
   * Whether the first {@code inputGradients} that is not null may be {@code gradient} itself, which
   * has the same length then.
   */
  default boolean goesBackInPlace() {
    return false;
  }

  /** Frees memory outside the heap; the kernel takes no batch afterwards. */
  @Override
  default void close() {}
}
