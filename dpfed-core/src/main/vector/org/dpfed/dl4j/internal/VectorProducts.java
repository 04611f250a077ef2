package org.dpfed.dl4j.internal;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of small matrices in Java arrays, in registers of 4 rows by 3 vectors.
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

  /** A matrix in an array: element (i, j) is at {@code from + i * rowStep + j * columnStep}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Matrix(float[] floats, int from, int rowStep, int columnStep) {}

  /**
   * {@code product[rows, width] = left[rows, inner] · right[inner, width]}.
   *
   * @param rows at least 4
   * @param right its columns, and those of the product, are adjacent
   * @param width a multiple of {@link VectorTileTransforms#LANES}
   */
  static void multiply(Matrix left, int rows, int inner, Matrix right, Matrix product, int width) {
    int column = 0;
    for (; column <= width - 3 * LANES; column += 3 * LANES) {
      for (int row = 0; row < rows; row += 4) {
        // At the end some rows once more, instead of fewer.
        multiplyThree(left, Math.min(row, rows - 4), inner, right, column, product);
      }
    }
    for (; column < width; column += LANES) {
      for (int row = 0; row < rows; row += 4) {
        multiplyOne(left, Math.min(row, rows - 4), inner, right, column, product);
      }
    }
  }

  private static void multiplyThree(
      Matrix leftMatrix, int row, int inner, Matrix rightMatrix, int column, Matrix product) {
    float[] left = leftMatrix.floats();
    float[] right = rightMatrix.floats();
    int next = leftMatrix.rowStep();
    int first = leftMatrix.from() + row * next;
    int at = rightMatrix.from() + column;
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
    for (int k = 0; k < inner; k++) {
      FloatVector x0 = FloatVector.fromArray(WIDE, right, at);
      FloatVector x1 = FloatVector.fromArray(WIDE, right, at + LANES);
      FloatVector x2 = FloatVector.fromArray(WIDE, right, at + 2 * LANES);
      FloatVector w = FloatVector.broadcast(WIDE, left[first]);
      a0 = x0.fma(w, a0);
      a1 = x1.fma(w, a1);
      a2 = x2.fma(w, a2);
      w = FloatVector.broadcast(WIDE, left[first + next]);
      b0 = x0.fma(w, b0);
      b1 = x1.fma(w, b1);
      b2 = x2.fma(w, b2);
      w = FloatVector.broadcast(WIDE, left[first + 2 * next]);
      c0 = x0.fma(w, c0);
      c1 = x1.fma(w, c1);
      c2 = x2.fma(w, c2);
      w = FloatVector.broadcast(WIDE, left[first + 3 * next]);
      d0 = x0.fma(w, d0);
      d1 = x1.fma(w, d1);
      d2 = x2.fma(w, d2);
      first += leftMatrix.columnStep();
      at += rightMatrix.rowStep();
    }
    float[] target = product.floats();
    int to = product.from() + row * product.rowStep() + column;
    zero.add(a0).intoArray(target, to);
    zero.add(a1).intoArray(target, to + LANES);
    zero.add(a2).intoArray(target, to + 2 * LANES);
    to += product.rowStep();
    zero.add(b0).intoArray(target, to);
    zero.add(b1).intoArray(target, to + LANES);
    zero.add(b2).intoArray(target, to + 2 * LANES);
    to += product.rowStep();
    zero.add(c0).intoArray(target, to);
    zero.add(c1).intoArray(target, to + LANES);
    zero.add(c2).intoArray(target, to + 2 * LANES);
    to += product.rowStep();
    zero.add(d0).intoArray(target, to);
    zero.add(d1).intoArray(target, to + LANES);
    zero.add(d2).intoArray(target, to + 2 * LANES);
  }

  private static void multiplyOne(
      Matrix leftMatrix, int row, int inner, Matrix rightMatrix, int column, Matrix product) {
    float[] left = leftMatrix.floats();
    float[] right = rightMatrix.floats();
    int next = leftMatrix.rowStep();
    int first = leftMatrix.from() + row * next;
    int at = rightMatrix.from() + column;
    FloatVector zero = FloatVector.zero(WIDE);
    FloatVector a = zero;
    FloatVector b = zero;
    FloatVector c = zero;
    FloatVector d = zero;
    for (int k = 0; k < inner; k++) {
      FloatVector x = FloatVector.fromArray(WIDE, right, at);
      a = x.fma(FloatVector.broadcast(WIDE, left[first]), a);
      b = x.fma(FloatVector.broadcast(WIDE, left[first + next]), b);
      c = x.fma(FloatVector.broadcast(WIDE, left[first + 2 * next]), c);
      d = x.fma(FloatVector.broadcast(WIDE, left[first + 3 * next]), d);
      first += leftMatrix.columnStep();
      at += rightMatrix.rowStep();
    }
    float[] target = product.floats();
    int to = product.from() + row * product.rowStep() + column;
    zero.add(a).intoArray(target, to);
    zero.add(b).intoArray(target, to + product.rowStep());
    zero.add(c).intoArray(target, to + 2 * product.rowStep());
    zero.add(d).intoArray(target, to + 3 * product.rowStep());
  }

  /**
   * {@code sum[rows, columns] += left[rows, width] · right[columns, width]ᵀ}, for at least 4 rows
   * and 3 columns.
   *
   * @param width a multiple of {@link VectorTileTransforms#LANES}
   */
  void addProductOfRows(
      Matrix left, int rows, Matrix right, int columns, int width, float[] sum, int sumFrom) {
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
    int leftStep = leftMatrix.rowStep();
    int rightStep = rightMatrix.rowStep();
    int first = leftMatrix.from() + row * leftStep;
    int other = rightMatrix.from() + column * rightStep;
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
      FloatVector x0 = FloatVector.fromArray(WIDE, right, other + k);
      FloatVector x1 = FloatVector.fromArray(WIDE, right, other + rightStep + k);
      FloatVector x2 = FloatVector.fromArray(WIDE, right, other + 2 * rightStep + k);
      FloatVector w = FloatVector.fromArray(WIDE, left, first + k);
      a0 = x0.fma(w, a0);
      a1 = x1.fma(w, a1);
      a2 = x2.fma(w, a2);
      w = FloatVector.fromArray(WIDE, left, first + leftStep + k);
      b0 = x0.fma(w, b0);
      b1 = x1.fma(w, b1);
      b2 = x2.fma(w, b2);
      w = FloatVector.fromArray(WIDE, left, first + 2 * leftStep + k);
      c0 = x0.fma(w, c0);
      c1 = x1.fma(w, c1);
      c2 = x2.fma(w, c2);
      w = FloatVector.fromArray(WIDE, left, first + 3 * leftStep + k);
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
