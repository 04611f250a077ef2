package org.dpfed.dl4j.internal;

import org.jspecify.annotations.Nullable;

/**
 * Convolutions of images {@code [c, h, w, n]} without a matrix of patches: what the weights are
 * multiplied by is read where it lies. Each layer has one of its own, which keeps a copy of the
 * images for the way back.
 *
 * <p>Public for {@link java.util.ServiceLoader} only.
 */
public interface DirectConvolution {
  /**
   * Prepares for images of one shape.
   *
   * @param channels of the output
   * @return whether it takes them, and otherwise nothing else may be called
   */
  boolean prepare(PatchGeometry shape, int channels);

  /**
   * Overwrites {@code output} by the convolution.
   *
   * @param weights {@code [channels, c, kh, kw]}
   */
  void forward(float[] input, float[] weights, float[] output);

  /**
   * Goes back over the last {@link #forward}.
   *
   * @param gradient at the output
   * @param weights those of {@code forward}
   * @param weightGradient overwritten
   * @param inputGradient overwritten; null where nobody uses it
   */
  void backward(
      float[] gradient, float[] weights, float[] weightGradient, float @Nullable [] inputGradient);
}
