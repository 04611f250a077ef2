package org.dpfed.dl4j.internal;

import java.util.Arrays;

/**
 * Pooling windows over images {@code [c, h, w, n]} and their maxima {@code [c, outHeight, outWidth,
 * n]}, processed in contiguous runs: the values at one position in neighbouring windows are
 * adjacent in memory, for all examples, and with a stride of 1 for a whole output row.
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
    int length = runLength();
    for (int row = 0; row < channels * outHeight; row++) {
      for (int place = 0; place < kernelHeight * kernelWidth; place++) {
        int from = source(row, place);
        int end = (row + 1) * rowLength();
        for (int to = row * rowLength(); to < end; to += length) {
          raise(images, from, maxima, to, length);
          from += strideWidth * examples;
        }
      }
    }
  }

  static void raise(float[] images, int from, float[] maxima, int to, int length) {
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
    int length = runLength();
    for (int row = 0; row < channels * outHeight; row++) {
      for (int place = 0; place < kernelHeight * kernelWidth; place++) {
        int from = source(row, place);
        int end = (row + 1) * rowLength();
        for (int to = row * rowLength(); to < end; to += length) {
          route(images, sums, from, maxima, gradient, to, length);
          from += strideWidth * examples;
        }
      }
    }
  }

  static void route(
      float[] images,
      float[] sums,
      int from,
      float[] maxima,
      float[] gradient,
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

  /** Maxima of one output row. */
  private int rowLength() {
    return outWidth * examples;
  }

  /** Maxima that lie side by side as the values at one place under their windows do. */
  private int runLength() {
    return strideWidth == 1 ? rowLength() : examples;
  }

  /** Where the values at a place under the windows of an output row begin. */
  private int source(int row, int place) {
    int y = row / outHeight * height + row % outHeight * strideHeight + place / kernelWidth;
    return (y * width + place % kernelWidth) * examples;
  }
}
