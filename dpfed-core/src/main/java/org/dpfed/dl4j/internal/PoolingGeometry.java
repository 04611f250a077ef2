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
    float[] values = new float[rowLength()];
    float[] highest = new float[rowLength()];
    for (int row = 0; row < channels * outHeight; row++) {
      Arrays.fill(highest, Float.NEGATIVE_INFINITY);
      for (int place = 0; place < kernelHeight * kernelWidth; place++) {
        gather(images, source(row, place), values);
        raise(highest, values, values.length);
      }
      System.arraycopy(highest, 0, maxima, row * rowLength(), rowLength());
    }
  }

  /**
   * Adds the gradient at each maximum where it came from, the first of equals.
   *
   * @param gradient at the maxima
   * @param sums receives the gradient at the images
   */
  void route(float[] images, float[] maxima, float[] gradient, float[] sums) {
    Arrays.fill(sums, 0, length(), 0);
    int length = rowLength();
    float[] values = new float[length];
    float[] highest = new float[length];
    float[] left = new float[length];
    float[] target = new float[length];
    for (int row = 0; row < channels * outHeight; row++) {
      System.arraycopy(maxima, row * length, highest, 0, length);
      System.arraycopy(gradient, row * length, left, 0, length);
      for (int place = 0; place < kernelHeight * kernelWidth; place++) {
        int from = source(row, place);
        gather(images, from, values);
        gather(sums, from, target);
        route(values, highest, left, target, length);
        scatter(target, sums, from);
      }
    }
  }

  /**
   * Raises maxima to values. All arrays begin at 0, here and below, since the JIT compiler makes
   * vectors of loops alone that have one index.
   */
  static void raise(float[] maxima, float[] values, int length) {
    for (int i = 0; i < length; i++) {
      maxima[i] = Math.max(maxima[i], values[i]);
    }
  }

  /**
   * Moves what is left of the gradient at maxima to the sums at values that are equal to them.
   *
   * @param left changed in place
   * @param sums changed in place
   */
  static void route(float[] values, float[] maxima, float[] left, float[] sums, int length) {
    for (int i = 0; i < length; i++) {
      // 1 where the two are equal, 0 where they differ by the smallest float or more: arithmetic,
      // since nobody could predict a branch here.
      float behind = (maxima[i] - values[i]) * 0x1p127f * 0x1p127f;
      float part = Math.max(0, 1 - behind) * left[i];
      sums[i] += part;
      left[i] -= part;
    }
  }

  /** Copies the values at one place under the windows of a row, which begin at {@code from}. */
  private void gather(float[] images, int from, float[] row) {
    int length = runLength();
    for (int to = 0; to < row.length; to += length) {
      System.arraycopy(images, from, row, to, length);
      from += strideWidth * examples;
    }
  }

  /** Puts back what {@link #gather} copied. */
  private void scatter(float[] row, float[] images, int to) {
    int length = runLength();
    for (int from = 0; from < row.length; from += length) {
      System.arraycopy(row, from, images, to, length);
      to += strideWidth * examples;
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
