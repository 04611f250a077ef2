package org.dpfed.dl4j.internal;

/** Growable float arrays, and their transposes. */
final class Floats {
  private static final int TILE = 16;

  private Floats() {}

  /** The array, or one in its place that is long enough. */
  static float[] ofLength(float[] array, int length) {
    return array.length >= length ? array : new float[length];
  }

  /** Adds {@code length} floats to others. */
  static void add(float[] summands, float[] sums, int length) {
    for (int i = 0; i < length; i++) {
      sums[i] += summands[i];
    }
  }

  /** Turns {@code [rows, columns]} into {@code [columns, rows]}, a tile at a time for the cache. */
  static void transpose(float[] matrix, int rows, int columns, float[] transposed) {
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
