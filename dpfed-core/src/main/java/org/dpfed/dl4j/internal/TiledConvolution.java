package org.dpfed.dl4j.internal;

/**
 * Convolutions of images {@code [c, h, w, n]} with 3×3 weights and stride 1, in tiles of 2×2 output
 * pixels with 16 multiplications where 36 would be needed otherwise: F(2×2, 3×3) of Lavin and Gray,
 * <i>Fast Algorithms for Convolutional Neural Networks</i> (CVPR 2016, section 4.1). Sizes of the
 * transformed weights and their gradients are {@code [16, out, in]}.
 *
 * <p>Public for {@link java.util.ServiceLoader} only.
 */
public interface TiledConvolution {
  /** Fewest examples of a batch that the loops are made for. */
  int LEAST_EXAMPLES = 8;

  /**
   * Where the output of a convolution lies on its input.
   *
   * @param top rows of zeros above the input, from 0 to 2
   * @param left columns of zeros left of the input, from 0 to 2
   */
  record Shape(
      int examples,
      int inChannels,
      int inHeight,
      int inWidth,
      int top,
      int left,
      int outChannels,
      int outHeight,
      int outWidth) {
    int tileRows() {
      return (outHeight + 1) / 2;
    }

    int tileColumns() {
      return (outWidth + 1) / 2;
    }

    /** The convolution of the gradient at the output that gives the one at the input. */
    Shape back() {
      return new Shape(
          examples,
          outChannels,
          outHeight,
          outWidth,
          2 - top,
          2 - left,
          inChannels,
          inHeight,
          inWidth);
    }
  }

  /**
   * Overwrites the first 16 · pairs floats of {@code transformed} by G w Gᵀ of the 3×3 weights w of
   * each pair of channels.
   *
   * @param weights {@code [pairs, 3, 3]}
   */
  void transform(int pairs, float[] weights, float[] transformed);

  /**
   * Overwrites the first 9 · pairs floats of {@code weights} by Gᵀ u G of the gradient u of each
   * pair's transformed weights.
   */
  void transformBack(int pairs, float[] transformed, float[] weights);

  /**
   * Overwrites {@code output} by the convolution.
   *
   * @param weights transformed
   */
  void convolve(Shape shape, float[] input, float[] weights, float[] output);

  /**
   * Overwrites the gradient at the input.
   *
   * @param gradient at the output
   * @param weights transformed
   */
  void convolveBack(Shape shape, float[] gradient, float[] weights, float[] inputGradient);

  /**
   * Overwrites the gradient of the transformed weights.
   *
   * @param gradient at the output
   */
  void weightGradient(Shape shape, float[] input, float[] gradient, float[] weightGradient);
}
