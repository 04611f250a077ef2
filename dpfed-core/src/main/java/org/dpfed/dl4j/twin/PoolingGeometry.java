package org.dpfed.dl4j.twin;

import java.util.Arrays;

/**
 * Windows over images {@code [c, h, w, n]} and their maxima {@code [c, outHeight, outWidth, n]},
 * visited run by run: the values at one place under windows that lie side by side are neighbours,
 * for all examples, and with a stride of 1 for a whole output row.
 */
record PoolingGeometry(
    int examples,
    int channels,
    int height,
    int width,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int outHeight,
    int outWidth) {

  /** Floats of all images. */
  int length() {
    return channels * height * width * examples;
  }

  /** Floats of all maxima. */
  int outLength() {
    return channels * outHeight * outWidth * examples;
  }

  /** Fills {@code maxima}. */
  void pool(float[] images, float[] maxima) {
    Arrays.fill(maxima, 0, outLength(), Float.NEGATIVE_INFINITY);
    forEachRun((from, to, length) -> raise(images, from, maxima, to, length));
  }

  private static void raise(float[] images, int from, float[] maxima, int to, int length) {
    for (int i = 0; i < length; i++) {
      maxima[to + i] = Math.max(maxima[to + i], images[from + i]);
    }
  }

  /**
   * Adds the gradient at each maximum where it came from, the first of equals.
   *
   * @param gradient at the maxima; used up
   * @param sums receives the gradient at the images
   */
  void route(float[] images, float[] maxima, float[] gradient, float[] sums) {
    Arrays.fill(sums, 0, length(), 0);
    forEachRun((from, to, length) -> route(images, maxima, gradient, sums, from, to, length));
  }

  private static void route(
      float[] images,
      float[] maxima,
      float[] gradient,
      float[] sums,
      int from,
      int to,
      int length) {
    for (int i = 0; i < length; i++) {
      // 1 where the two are equal, 0 where they differ by the smallest float or more: arithmetic,
      // since nobody could predict a branch here.
      float behind = (maxima[to + i] - images[from + i]) * 0x1p127f * 0x1p127f;
      float part = Math.max(0, 1 - behind) * gradient[to + i];
      sums[from + i] += part;
      gradient[to + i] -= part;
    }
  }

  /** A run of {@code length} images' values, and of the maxima of the windows that hold them. */
  private interface Run {
    void at(int from, int to, int length);
  }

  /** Every place under every window; for each window from the top left, row by row. */
  private void forEachRun(Run visitor) {
    boolean wholeRows = strideWidth == 1;
    int runs = wholeRows ? 1 : outWidth;
    int length = wholeRows ? outWidth * examples : examples;
    for (int row = 0; row < channels * outHeight; row++) {
      int top = row / outHeight * height + row % outHeight * strideHeight;
      for (int corner = 0; corner < kernelHeight * kernelWidth; corner++) {
        int y = top + corner / kernelWidth;
        int from = (y * width + corner % kernelWidth) * examples;
        int to = row * outWidth * examples;
        for (int run = 0; run < runs; run++) {
          visitor.at(from, to, length);
          from += strideWidth * examples;
          to += length;
        }
      }
    }
  }
}
