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

  /** The sum of a run of floats: four side by side, since one would wait for each addition. */
  static float sum(float[] values, int from, int length) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int i = from;
    for (; i < from + length - 3; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < from + length; i++) {
      a += values[i];
    }
    return (a + b) + (c + d);
  }

  /**
   * Turns {@code [rows, columns]} into {@code [columns, rows]}, some rows at a time for the cache.
   */
  static void transpose(float[] matrix, int rows, int columns, float[] transposed) {
    for (int top = 0; top < rows; top += TILE) {
      int bottom = Math.min(top + TILE, rows);
      for (int column = 0; column < columns; column++) {
        int from = top * columns + column;
        int end = column * rows + bottom;
        for (int to = column * rows + top; to < end; to++) {
          transposed[to] = matrix[from];
          from += columns;
        }
      }
    }
  }
}
