package org.dpfed.dl4j.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * How the patches under a convolution's kernel are laid out. Images {@code [c, h, w]} are first
 * copied with their padding into planes whose rows hold the columns 0, s, 2s … and then 1, s + 1 …
 * of a stride s: every row of a patch matrix is then made of runs that lie side by side, whatever
 * the stride.
 *
 * <p>The patch matrix of m images has a row for each (channel, kernel row, kernel column) and m ·
 * outHeight · outWidth columns.
 */
record PatchGeometry(
    int channels,
    int height,
    int width,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int padTop,
    int padLeft,
    int outHeight,
    int outWidth) {

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;
  private static final int LANES = SPECIES.length();

  /** Rows of the patch matrix. */
  int rows() {
    return channels * kernelHeight * kernelWidth;
  }

  /** Columns of the patch matrix for one image. */
  int columns() {
    return outHeight * outWidth;
  }

  /** Floats of one image's padded planes. */
  int paddedLength() {
    return channels * planeLength();
  }

  /** Floats of one image. */
  int imageLength() {
    return channels * height * width;
  }

  private int paddedHeight() {
    return (outHeight - 1) * strideHeight + kernelHeight;
  }

  private int phaseWidth() {
    return outWidth + (kernelWidth - 1) / strideWidth;
  }

  private int rowLength() {
    return strideWidth * phaseWidth();
  }

  private int planeLength() {
    return paddedHeight() * rowLength();
  }

  /** Length of an array that holds {@code count} images' planes, with room for a last vector. */
  int paddedArrayLength(int count) {
    return count * paddedLength() + LANES;
  }

  /** Length of an array that holds {@code count} images' patch matrix, with room as above. */
  int patchArrayLength(int count) {
    return rows() * count * columns() + LANES;
  }

  /** Copies {@code count} images into padded planes, whose padding is already zero. */
  void pad(float[] images, int count, float[] padded) {
    int phase = phaseWidth();
    for (int plane = 0; plane < count * channels; plane++) {
      for (int y = 0; y < lastRow(); y++) {
        int source = (plane * height + y) * width;
        int target = plane * planeLength() + (y + padTop) * rowLength();
        for (int start = 0; start < strideWidth; start++) {
          int at = target + start * phase;
          for (int x = firstColumn(start); x < lastColumn(); x += strideWidth) {
            padded[at + (x + padLeft) / strideWidth] = images[source + x];
          }
        }
      }
    }
  }

  /** The reverse of {@link #pad}: what lies in the padding is dropped. */
  void unpad(float[] padded, float[] images, int count) {
    Arrays.fill(images, 0, count * imageLength(), 0);
    int phase = phaseWidth();
    for (int plane = 0; plane < count * channels; plane++) {
      for (int y = 0; y < lastRow(); y++) {
        int target = (plane * height + y) * width;
        int source = plane * planeLength() + (y + padTop) * rowLength();
        for (int start = 0; start < strideWidth; start++) {
          int at = source + start * phase;
          for (int x = firstColumn(start); x < lastColumn(); x += strideWidth) {
            images[target + x] = padded[at + (x + padLeft) / strideWidth];
          }
        }
      }
    }
  }

  /** Rows below the last patch are not part of any. */
  private int lastRow() {
    return Math.min(height, paddedHeight() - padTop);
  }

  /** The first column of an image that lies in phase {@code start} of its padded row. */
  private int firstColumn(int start) {
    return Math.floorMod(start - padLeft, strideWidth);
  }

  private int lastColumn() {
    return Math.min(width, rowLength() - padLeft);
  }

  /**
   * Fills the patch matrix of {@code count} images.
   *
   * <p>Runs are copied by whole vectors. What a vector writes beyond its run belongs to later runs,
   * which overwrite it.
   */
  void gather(float[] padded, int count, float[] patches) {
    int run = outWidth;
    int rowStep = strideHeight * rowLength();
    int imageStep = paddedLength();
    int target = 0;
    for (int row = 0; row < rows(); row++) {
      int first = firstOfRow(row);
      for (int image = 0; image < count; image++) {
        int source = first + image * imageStep;
        for (int y = 0; y < outHeight; y++) {
          for (int x = 0; x < run; x += LANES) {
            FloatVector.fromArray(SPECIES, padded, source + x).intoArray(patches, target + x);
          }
          target += run;
          source += rowStep;
        }
      }
    }
  }

  /** Adds every element of the patch matrix to the place in the planes that it came from. */
  void scatterAdd(float[] patches, int count, float[] padded) {
    int run = outWidth;
    int whole = run - run % LANES;
    VectorMask<Float> rest = SPECIES.indexInRange(0, run - whole);
    int rowStep = strideHeight * rowLength();
    int imageStep = paddedLength();
    int source = 0;
    for (int row = 0; row < rows(); row++) {
      int first = firstOfRow(row);
      for (int image = 0; image < count; image++) {
        int target = first + image * imageStep;
        for (int y = 0; y < outHeight; y++) {
          for (int x = 0; x < whole; x += LANES) {
            FloatVector before = FloatVector.fromArray(SPECIES, padded, target + x);
            before
                .add(FloatVector.fromArray(SPECIES, patches, source + x))
                .intoArray(padded, target + x);
          }
          if (whole < run) {
            FloatVector before = FloatVector.fromArray(SPECIES, padded, target + whole);
            FloatVector sum = before.add(FloatVector.fromArray(SPECIES, patches, source + whole));
            before.blend(sum, rest).intoArray(padded, target + whole);
          }
          source += run;
          target += rowStep;
        }
      }
    }
  }

  private int firstOfRow(int row) {
    int column = row % kernelWidth;
    int kernelRow = row / kernelWidth % kernelHeight;
    int channel = row / (kernelWidth * kernelHeight);
    return channel * planeLength()
        + kernelRow * rowLength()
        + column % strideWidth * phaseWidth()
        + column / strideWidth;
  }
}
