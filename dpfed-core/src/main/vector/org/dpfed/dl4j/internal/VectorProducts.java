package org.dpfed.dl4j.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of small matrices in Java arrays, in registers of 4 rows by 3 vectors or fewer, and of 8
 * rows where there is one vector.
 *
 * <p>No method here takes or returns a vector: where the compiler does not inline such a call, each
 * vector becomes an object, and products take six times as long. For the same reason, vectors that
 * a loop has changed pass through one more operation before they are stored: the compiler knows the
 * class of its result, but of such a vector only what other code in this JVM has used.
 */
final class VectorProducts {
  private static final VectorSpecies<Float> WIDE = VectorTileTransforms.WIDE;
  private static final int LANES = WIDE.length();

  private static final VectorMask<Float> EIGHTS = withBit(8);
  private static final VectorMask<Float> FOURS = withBit(4);
  private static final VectorMask<Float> TWOS = withBit(2);
  private static final VectorMask<Float> ONES = withBit(1);
  private static final VectorShuffle<Float> OVER_EIGHT = swap(8);
  private static final VectorShuffle<Float> OVER_FOUR = swap(4);
  private static final VectorShuffle<Float> OVER_TWO = swap(2);
  private static final VectorShuffle<Float> OVER_ONE = swap(1);

  /** The sums of 4 by 3 products, lane by lane, then zeros up to 16 vectors. */
  private final float[] lanes = new float[16 * LANES];

  /**
   * A matrix in an array: element (i, j) is at {@code from + rows[i] + columns[j]}. Where vectors
   * are read or written, columns are those of their first floats.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Matrix(float[] floats, int from, int[] rows, int[] columns) {}

  /** So many numbers from 0 on, each a step greater than the one before. */
  static int[] steps(int count, int step) {
    int[] steps = new int[count];
    for (int i = 1; i < count; i++) {
      steps[i] = steps[i - 1] + step;
    }
    return steps;
  }

  /**
   * Where vectors begin that cover lines of floats.
   *
   * @param step from line to line
   * @param width of a line, at least {@link VectorTileTransforms#LANES}
   */
  static int[] vectors(int lines, int step, int width) {
    int each = (width + LANES - 1) / LANES;
    int[] vectors = new int[lines * each];
    for (int i = 0; i < vectors.length; i++) {
      // At the end some floats once more, instead of fewer.
      vectors[i] = i / each * step + Math.min(i % each * LANES, width - LANES);
    }
    return vectors;
  }

  /** {@code product = left · right}, where the product has at least 4 rows. */
  static void multiply(Matrix left, Matrix right, Matrix product) {
    int rows = product.rows().length;
    int count = product.columns().length;
    if (count == 1 && rows >= 8) {
      for (int row = 0; row < rows; row += 8) {
        multiplyOne(left, right, product, Math.min(row, rows - 8));
      }
      return;
    }
    // At the end some rows and vectors once more, instead of fewer.
    int i = 0;
    while (i < count) {
      boolean three = count - i >= 3 && count - i != 4;
      for (int row = 0; row < rows; row += 4) {
        int first = Math.min(row, rows - 4);
        if (three) {
          multiplyThree(left, right, product, first, i);
        } else {
          multiplyTwo(left, right, product, first, i, Math.min(i + 1, count - 1));
        }
      }
      i += three ? 3 : 2;
    }
  }

  private static void multiplyThree(
      Matrix leftMatrix, Matrix rightMatrix, Matrix product, int row, int column) {
    float[] left = leftMatrix.floats();
    float[] right = rightMatrix.floats();
    int[] leftColumns = leftMatrix.columns();
    int[] rightRows = rightMatrix.rows();
    int first = leftMatrix.from() + leftMatrix.rows()[row];
    int second = leftMatrix.from() + leftMatrix.rows()[row + 1];
    int third = leftMatrix.from() + leftMatrix.rows()[row + 2];
    int fourth = leftMatrix.from() + leftMatrix.rows()[row + 3];
    int p = rightMatrix.from() + rightMatrix.columns()[column];
    int q = rightMatrix.from() + rightMatrix.columns()[column + 1];
    int r = rightMatrix.from() + rightMatrix.columns()[column + 2];
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector a0 = zero;
    FloatVector a1 = zero;
    FloatVector a2 = zero;
    FloatVector b0 = zero;
    FloatVector b1 = zero;
    FloatVector b2 = zero;
    FloatVector c0 = zero;
    FloatVector c1 = zero;
    FloatVector c2 = zero;
    FloatVector d0 = zero;
    FloatVector d1 = zero;
    FloatVector d2 = zero;
    for (int k = 0; k < rightRows.length; k++) {
      int x = rightRows[k];
      int y = leftColumns[k];
      FloatVector x0 = FloatVector.fromArray(WIDE, right, p + x);
      FloatVector x1 = FloatVector.fromArray(WIDE, right, q + x);
      FloatVector x2 = FloatVector.fromArray(WIDE, right, r + x);
      FloatVector weight = FloatVector.broadcast(WIDE, left[first + y]);
      a0 = x0.fma(weight, a0);
      a1 = x1.fma(weight, a1);
      a2 = x2.fma(weight, a2);
      weight = FloatVector.broadcast(WIDE, left[second + y]);
      b0 = x0.fma(weight, b0);
      b1 = x1.fma(weight, b1);
      b2 = x2.fma(weight, b2);
      weight = FloatVector.broadcast(WIDE, left[third + y]);
      c0 = x0.fma(weight, c0);
      c1 = x1.fma(weight, c1);
      c2 = x2.fma(weight, c2);
      weight = FloatVector.broadcast(WIDE, left[fourth + y]);
      d0 = x0.fma(weight, d0);
      d1 = x1.fma(weight, d1);
      d2 = x2.fma(weight, d2);
    }
    float[] target = product.floats();
    int u = product.from() + product.columns()[column];
    int v = product.from() + product.columns()[column + 1];
    int w = product.from() + product.columns()[column + 2];
    int to = product.rows()[row];
    zero.add(a0).intoArray(target, to + u);
    zero.add(a1).intoArray(target, to + v);
    zero.add(a2).intoArray(target, to + w);
    to = product.rows()[row + 1];
    zero.add(b0).intoArray(target, to + u);
    zero.add(b1).intoArray(target, to + v);
    zero.add(b2).intoArray(target, to + w);
    to = product.rows()[row + 2];
    zero.add(c0).intoArray(target, to + u);
    zero.add(c1).intoArray(target, to + v);
    zero.add(c2).intoArray(target, to + w);
    to = product.rows()[row + 3];
    zero.add(d0).intoArray(target, to + u);
    zero.add(d1).intoArray(target, to + v);
    zero.add(d2).intoArray(target, to + w);
  }

  /** Eight rows of a product that has one vector of columns. */
  private static void multiplyOne(Matrix leftMatrix, Matrix rightMatrix, Matrix product, int row) {
    float[] left = leftMatrix.floats();
    float[] right = rightMatrix.floats();
    int[] leftColumns = leftMatrix.columns();
    int[] rightRows = rightMatrix.rows();
    int first = leftMatrix.from() + leftMatrix.rows()[row];
    int second = leftMatrix.from() + leftMatrix.rows()[row + 1];
    int third = leftMatrix.from() + leftMatrix.rows()[row + 2];
    int fourth = leftMatrix.from() + leftMatrix.rows()[row + 3];
    int fifth = leftMatrix.from() + leftMatrix.rows()[row + 4];
    int sixth = leftMatrix.from() + leftMatrix.rows()[row + 5];
    int seventh = leftMatrix.from() + leftMatrix.rows()[row + 6];
    int eighth = leftMatrix.from() + leftMatrix.rows()[row + 7];
    int p = rightMatrix.from() + rightMatrix.columns()[0];
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector a = zero;
    FloatVector b = zero;
    FloatVector c = zero;
    FloatVector d = zero;
    FloatVector e = zero;
    FloatVector f = zero;
    FloatVector g = zero;
    FloatVector h = zero;
    for (int k = 0; k < rightRows.length; k++) {
      int y = leftColumns[k];
      FloatVector x = FloatVector.fromArray(WIDE, right, p + rightRows[k]);
      a = x.fma(FloatVector.broadcast(WIDE, left[first + y]), a);
      b = x.fma(FloatVector.broadcast(WIDE, left[second + y]), b);
      c = x.fma(FloatVector.broadcast(WIDE, left[third + y]), c);
      d = x.fma(FloatVector.broadcast(WIDE, left[fourth + y]), d);
      e = x.fma(FloatVector.broadcast(WIDE, left[fifth + y]), e);
      f = x.fma(FloatVector.broadcast(WIDE, left[sixth + y]), f);
      g = x.fma(FloatVector.broadcast(WIDE, left[seventh + y]), g);
      h = x.fma(FloatVector.broadcast(WIDE, left[eighth + y]), h);
    }
    float[] target = product.floats();
    int to = product.from() + product.columns()[0];
    zero.add(a).intoArray(target, to + product.rows()[row]);
    zero.add(b).intoArray(target, to + product.rows()[row + 1]);
    zero.add(c).intoArray(target, to + product.rows()[row + 2]);
    zero.add(d).intoArray(target, to + product.rows()[row + 3]);
    zero.add(e).intoArray(target, to + product.rows()[row + 4]);
    zero.add(f).intoArray(target, to + product.rows()[row + 5]);
    zero.add(g).intoArray(target, to + product.rows()[row + 6]);
    zero.add(h).intoArray(target, to + product.rows()[row + 7]);
  }

  private static void multiplyTwo(
      Matrix leftMatrix, Matrix rightMatrix, Matrix product, int row, int column, int other) {
    float[] left = leftMatrix.floats();
    float[] right = rightMatrix.floats();
    int[] leftColumns = leftMatrix.columns();
    int[] rightRows = rightMatrix.rows();
    int first = leftMatrix.from() + leftMatrix.rows()[row];
    int second = leftMatrix.from() + leftMatrix.rows()[row + 1];
    int third = leftMatrix.from() + leftMatrix.rows()[row + 2];
    int fourth = leftMatrix.from() + leftMatrix.rows()[row + 3];
    int p = rightMatrix.from() + rightMatrix.columns()[column];
    int q = rightMatrix.from() + rightMatrix.columns()[other];
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector a0 = zero;
    FloatVector a1 = zero;
    FloatVector b0 = zero;
    FloatVector b1 = zero;
    FloatVector c0 = zero;
    FloatVector c1 = zero;
    FloatVector d0 = zero;
    FloatVector d1 = zero;
    for (int k = 0; k < rightRows.length; k++) {
      int y = leftColumns[k];
      FloatVector x0 = FloatVector.fromArray(WIDE, right, p + rightRows[k]);
      FloatVector x1 = FloatVector.fromArray(WIDE, right, q + rightRows[k]);
      FloatVector weight = FloatVector.broadcast(WIDE, left[first + y]);
      a0 = x0.fma(weight, a0);
      a1 = x1.fma(weight, a1);
      weight = FloatVector.broadcast(WIDE, left[second + y]);
      b0 = x0.fma(weight, b0);
      b1 = x1.fma(weight, b1);
      weight = FloatVector.broadcast(WIDE, left[third + y]);
      c0 = x0.fma(weight, c0);
      c1 = x1.fma(weight, c1);
      weight = FloatVector.broadcast(WIDE, left[fourth + y]);
      d0 = x0.fma(weight, d0);
      d1 = x1.fma(weight, d1);
    }
    float[] target = product.floats();
    int u = product.from() + product.columns()[column];
    int v = product.from() + product.columns()[other];
    int to = product.rows()[row];
    zero.add(a0).intoArray(target, to + u);
    zero.add(a1).intoArray(target, to + v);
    to = product.rows()[row + 1];
    zero.add(b0).intoArray(target, to + u);
    zero.add(b1).intoArray(target, to + v);
    to = product.rows()[row + 2];
    zero.add(c0).intoArray(target, to + u);
    zero.add(c1).intoArray(target, to + v);
    to = product.rows()[row + 3];
    zero.add(d0).intoArray(target, to + u);
    zero.add(d1).intoArray(target, to + v);
  }

  /**
   * {@code sum[rows, columns] += left · rightᵀ}, for at least 4 rows of left and 3 rows of right,
   * which are {@code width} adjacent floats each.
   *
   * @param width a multiple of {@link VectorTileTransforms#LANES}
   */
  void addProductOfRows(Matrix left, Matrix right, int width, float[] sum, int sumFrom) {
    int rows = left.rows().length;
    int columns = right.rows().length;
    for (int row = 0; row < rows; row += 4) {
      // At the end some rows and columns once more, instead of fewer.
      int r = Math.min(row, rows - 4);
      for (int column = 0; column < columns; column += 3) {
        int c = Math.min(column, columns - 3);
        multiplyRows(left, r, right, c, width, lanes);
        addLanes(lanes);
        for (int i = row - r; i < 4; i++) {
          for (int j = column - c; j < 3; j++) {
            int vector = 3 * i + j;
            sum[sumFrom + (r + i) * columns + c + j] +=
                lanes[vector / LANES * LANES * LANES + vector % LANES];
          }
        }
      }
    }
  }

  /** The products of four rows and three rows, lane by lane. */
  private static void multiplyRows(
      Matrix leftMatrix, int row, Matrix rightMatrix, int column, int width, float[] lanes) {
    float[] left = leftMatrix.floats();
    float[] right = rightMatrix.floats();
    int first = leftMatrix.from() + leftMatrix.rows()[row];
    int second = leftMatrix.from() + leftMatrix.rows()[row + 1];
    int third = leftMatrix.from() + leftMatrix.rows()[row + 2];
    int fourth = leftMatrix.from() + leftMatrix.rows()[row + 3];
    int p = rightMatrix.from() + rightMatrix.rows()[column];
    int q = rightMatrix.from() + rightMatrix.rows()[column + 1];
    int r = rightMatrix.from() + rightMatrix.rows()[column + 2];
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector a0 = zero;
    FloatVector a1 = zero;
    FloatVector a2 = zero;
    FloatVector b0 = zero;
    FloatVector b1 = zero;
    FloatVector b2 = zero;
    FloatVector c0 = zero;
    FloatVector c1 = zero;
    FloatVector c2 = zero;
    FloatVector d0 = zero;
    FloatVector d1 = zero;
    FloatVector d2 = zero;
    for (int k = 0; k < width; k += LANES) {
      FloatVector x0 = FloatVector.fromArray(WIDE, right, p + k);
      FloatVector x1 = FloatVector.fromArray(WIDE, right, q + k);
      FloatVector x2 = FloatVector.fromArray(WIDE, right, r + k);
      FloatVector w = FloatVector.fromArray(WIDE, left, first + k);
      a0 = x0.fma(w, a0);
      a1 = x1.fma(w, a1);
      a2 = x2.fma(w, a2);
      w = FloatVector.fromArray(WIDE, left, second + k);
      b0 = x0.fma(w, b0);
      b1 = x1.fma(w, b1);
      b2 = x2.fma(w, b2);
      w = FloatVector.fromArray(WIDE, left, third + k);
      c0 = x0.fma(w, c0);
      c1 = x1.fma(w, c1);
      c2 = x2.fma(w, c2);
      w = FloatVector.fromArray(WIDE, left, fourth + k);
      d0 = x0.fma(w, d0);
      d1 = x1.fma(w, d1);
      d2 = x2.fma(w, d2);
    }
    zero.add(a0).intoArray(lanes, 0);
    zero.add(a1).intoArray(lanes, LANES);
    zero.add(a2).intoArray(lanes, 2 * LANES);
    zero.add(b0).intoArray(lanes, 3 * LANES);
    zero.add(b1).intoArray(lanes, 4 * LANES);
    zero.add(b2).intoArray(lanes, 5 * LANES);
    zero.add(c0).intoArray(lanes, 6 * LANES);
    zero.add(c1).intoArray(lanes, 7 * LANES);
    zero.add(c2).intoArray(lanes, 8 * LANES);
    zero.add(d0).intoArray(lanes, 9 * LANES);
    zero.add(d1).intoArray(lanes, 10 * LANES);
    zero.add(d2).intoArray(lanes, 11 * LANES);
  }

  /** Puts the sum of the lanes of vector i into lane i of the first one, for each LANES vectors. */
  private static void addLanes(float[] lanes) {
    if (LANES > 8) {
      merge(lanes, 8, EIGHTS, OVER_EIGHT);
    }
    merge(lanes, 4, FOURS, OVER_FOUR);
    merge(lanes, 2, TWOS, OVER_TWO);
    merge(lanes, 1, ONES, OVER_ONE);
  }

  /**
   * Halves how many vectors there are: adds the lanes that differ in one bit of their number, those
   * of a vector into the lanes without that bit, those of the vector so many after it into those
   * with it.
   */
  private static void merge(
      float[] lanes, int bit, VectorMask<Float> high, VectorShuffle<Float> swap) {
    for (int group = 0; group < lanes.length; group += LANES * LANES) {
      for (int at = group; at < group + bit * LANES; at += LANES) {
        FloatVector one = FloatVector.fromArray(WIDE, lanes, at);
        FloatVector other = FloatVector.fromArray(WIDE, lanes, at + bit * LANES);
        one.blend(other, high).add(other.blend(one, high).rearrange(swap)).intoArray(lanes, at);
      }
    }
  }

  private static VectorMask<Float> withBit(int bit) {
    boolean[] lanes = new boolean[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = (lane & bit) != 0;
    }
    return VectorMask.fromArray(WIDE, lanes, 0);
  }

  private static VectorShuffle<Float> swap(int bit) {
    return VectorShuffle.fromOp(WIDE, lane -> (lane ^ bit) % LANES);
  }
}
