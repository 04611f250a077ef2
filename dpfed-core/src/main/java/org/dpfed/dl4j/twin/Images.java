package org.dpfed.dl4j.twin;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A batch of images on its way between ND4J and a layer's Java arrays. The arrays hold it as {@code
 * [c, h, w, n]}: with the examples innermost, whatever is done to a row of pixels is done to one
 * long run of floats. ND4J's side has shape {@code [n, c, h, w]}; its memory is in that order too,
 * or, between two twins, in the order of the Java arrays, so that nothing is rearranged there.
 */
final class Images {
  private static final int TILE = 16;

  private float[] values = {};
  private float[] examplesFirst = {};

  /** An array of shape {@code [n, c, h, w]}, uninitialised. */
  static INDArray create(
      ArrayType use, long[] shape, boolean examplesLast, LayerWorkspaceMgr workspaceMgr) {
    if (!examplesLast) {
      return workspaceMgr.createUninitialized(use, DataType.FLOAT, shape, 'c');
    }
    long[] inMemory = {shape[1], shape[2], shape[3], shape[0]};
    return workspaceMgr.createUninitialized(use, DataType.FLOAT, inMemory, 'c').permute(3, 0, 1, 2);
  }

  /** Whether the memory of {@code [n, c, h, w]} is in the order {@code [c, h, w, n]}. */
  static boolean areExamplesLast(INDArray images) {
    long stride = 1;
    for (int dimension : new int[] {0, 3, 2, 1}) {
      if (images.size(dimension) > 1 && images.stride(dimension) != stride) {
        return false;
      }
      stride *= images.size(dimension);
    }
    return images.dataType() == DataType.FLOAT;
  }

  /**
   * The images as {@code [c, h, w, n]}.
   *
   * @param images {@code [n, c, h, w]}, in any order
   * @return at least as long as they are; valid until the next call, and the caller's to change
   */
  float[] read(INDArray images) {
    int length = (int) images.length();
    values = ofLength(values, length);
    if (areExamplesLast(images)) {
      Dense.read(images, values);
    } else {
      examplesFirst = ofLength(examplesFirst, length);
      Dense.read(Dense.of(images), examplesFirst);
      int examples = (int) images.size(0);
      transpose(examplesFirst, examples, length / examples, values);
    }
    return values;
  }

  /**
   * Overwrites {@code images}.
   *
   * @param source {@code [c, h, w, n]}
   * @param images {@code [n, c, h, w]}, from {@link #create}
   */
  void write(float[] source, INDArray images) {
    if (areExamplesLast(images)) {
      Dense.write(source, images);
    } else {
      int length = (int) images.length();
      examplesFirst = ofLength(examplesFirst, length);
      int examples = (int) images.size(0);
      transpose(source, length / examples, examples, examplesFirst);
      Dense.write(examplesFirst, images);
    }
  }

  static float[] ofLength(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }

  /** Turns {@code [rows, columns]} into {@code [columns, rows]}, a tile at a time for the cache. */
  private static void transpose(float[] matrix, int rows, int columns, float[] transposed) {
    for (int top = 0; top < rows; top += TILE) {
      int bottom = Math.min(top + TILE, rows);
      for (int left = 0; left < columns; left += TILE) {
        int right = Math.min(left + TILE, columns);
        for (int row = top; row < bottom; row++) {
          for (int column = left; column < right; column++) {
            transposed[column * rows + row] = matrix[row * columns + column];
          }
        }
      }
    }
  }
}
