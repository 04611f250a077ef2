package org.dpfed.dl4j.internal;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.dpfed.dl4j.layers.BatchShape;

/**
 * The memory layout of the patches under a convolution's kernel. Images {@code [c, h, w, n]} are
 * first copied with their padding into planes whose rows contain the columns 0, s, 2s … and then 1,
 * s + 1 … for stride s. Every row of a patch matrix then consists of contiguous runs, for any
 * stride.
 *
 * <p>The patch matrix has a row for each (channel, kernel row, kernel column) and a column for each
 * (output row, output column, example).
 */
record PatchGeometry(
    int examples,
    int channels,
    int height,
    int width,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int dilationHeight,
    int dilationWidth,
    int padTop,
    int padLeft,
    int outHeight,
    int outWidth) {

  /** The patches of images under windows. */
  static PatchGeometry of(BatchShape images, WindowAxis down, WindowAxis across) {
    return new PatchGeometry(
        images.examples(),
        images.channels(),
        images.height(),
        images.width(),
        down.kernel(),
        across.kernel(),
        down.stride(),
        across.stride(),
        down.dilation(),
        across.dilation(),
        down.before(images.height()),
        across.before(images.width()),
        down.windows(images.height()),
        across.windows(images.width()));
  }

  /** Whether these are the patches of images of that shape. */
  boolean isOf(BatchShape images) {
    return examples == images.examples()
        && channels == images.channels()
        && height == images.height()
        && width == images.width();
  }

  /** Rows of the patch matrix. */
  int rows() {
    return channels * places();
  }

  /** Places under a window, row by row. */
  int places() {
    return kernelHeight * kernelWidth;
  }

  /** Rows of pixels from the first under a window to that of a place. */
  int rowOf(int place) {
    return place / kernelWidth * dilationHeight;
  }

  /** Columns of pixels from the first under a window to that of a place. */
  int columnOf(int place) {
    return place % kernelWidth * dilationWidth;
  }

  /** Columns of the patch matrix that belong to one output row. */
  int run() {
    return outWidth * examples;
  }

  /** Columns of the patch matrix. */
  int columns() {
    return outHeight * run();
  }

  /** Floats of all images. */
  int length() {
    return channels * height * width * examples;
  }

  /** Floats of all padded planes. */
  int paddedLength() {
    return channels * planeLength();
  }

  private int planeLength() {
    return paddedHeight() * rowLength();
  }

  private int paddedHeight() {
    return (outHeight - 1) * strideHeight + (kernelHeight - 1) * dilationHeight + 1;
  }

  private int rowLength() {
    return strideWidth * phaseLength();
  }

  private int phaseLength() {
    return (outWidth + (kernelWidth - 1) * dilationWidth / strideWidth) * examples;
  }

  /** Copies the images into padded planes. */
  void pad(float[] images, float[] planes) {
    Arrays.fill(planes, 0, paddedLength(), 0);
    forEachPixelRow(
        (image, plane, length) -> System.arraycopy(images, image, planes, plane, length));
  }

  /** The reverse of {@link #pad}: what lies in the padding is dropped. */
  void unpad(float[] planes, float[] images) {
    Arrays.fill(images, 0, length(), 0);
    forEachPixelRow(
        (image, plane, length) -> System.arraycopy(planes, plane, images, image, length));
  }

  private interface PixelRow {
    void at(int image, int plane, int length);
  }

  /** Visits every run of pixels that lies side by side in the images and in the planes. */
  private void forEachPixelRow(PixelRow visitor) {
    // Rows and columns behind the last patch are not part of any.
    int lastRow = Math.min(height, paddedHeight() - padTop);
    int lastColumn = Math.min(width, strideWidth * (phaseLength() / examples) - padLeft);
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < lastRow; y++) {
        int image = (channel * height + y) * width * examples;
        int plane = channel * planeLength() + (y + padTop) * rowLength();
        if (strideWidth == 1) {
          visitor.at(image, plane + padLeft * examples, lastColumn * examples);
          continue;
        }
        for (int x = 0; x < lastColumn; x++) {
          int column = x + padLeft;
          int phase = column % strideWidth * phaseLength();
          visitor.at(
              image + x * examples, plane + phase + column / strideWidth * examples, examples);
        }
      }
    }
  }

  /**
   * Fills the part of the patch matrix that belongs to some output rows.
   *
   * @param firstRow the first of them
   * @param rows how many they are
   * @param patches receives {@code [rows(), rows * run()]}
   */
  void gather(float[] planes, int firstRow, int rows, FloatBuffer patches) {
    int run = run();
    int step = strideHeight * rowLength();
    int target = 0;
    for (int row = 0; row < rows(); row++) {
      int source = firstOfRow(row) + firstRow * step;
      for (int y = 0; y < rows; y++) {
        patches.put(target, planes, source, run);
        target += run;
        source += step;
      }
    }
  }

  /** Whether a patch is one pixel, so that the planes and the matrix are the images. */
  boolean isOfPixels() {
    return kernelHeight * kernelWidth * strideHeight * strideWidth == 1
        && outHeight == height
        && outWidth == width;
  }

  /** Adds every element of such a part to the place in the planes that it came from. */
  void scatterAdd(float[] patches, int firstRow, int rows, float[] planes) {
    int run = run();
    int step = strideHeight * rowLength();
    int source = 0;
    for (int row = 0; row < rows(); row++) {
      int target = firstOfRow(row) + firstRow * step;
      for (int y = 0; y < rows; y++) {
        add(patches, source, planes, target, run);
        source += run;
        target += step;
      }
    }
  }

  private static void add(float[] source, int from, float[] target, int to, int length) {
    for (int i = 0; i < length; i++) {
      target[to + i] += source[from + i];
    }
  }

  /** Where in the planes the run begins that a row of the matrix takes from an output row. */
  int start(int row, int outRow) {
    return firstOfRow(row) + outRow * strideHeight * rowLength();
  }

  private int firstOfRow(int row) {
    int place = row % places();
    int column = columnOf(place);
    return row / places() * planeLength()
        + rowOf(place) * rowLength()
        + column % strideWidth * phaseLength()
        + column / strideWidth * examples;
  }
}
