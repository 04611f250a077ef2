package org.dpfed.kernel;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The validated size of one call's arrays: {@code rows} deltas of {@code length} floats each. */
public record Layout(int rows, long length) {

  /** The layout of a block of deltas of shape {@code [k, d]}, or {@code [d]} for a single one. */
  public static Layout ofBlock(INDArray deltas) {
    requireDenseFloats("deltas", deltas);
    if (deltas.rank() == 1) {
      return new Layout(1, deltas.length());
    }
    if (deltas.rank() != 2) {
      throw new IllegalArgumentException(
          "deltas has shape " + Arrays.toString(deltas.shape()) + ", not [k, d] or [d]");
    }
    return new Layout(Math.toIntExact(deltas.size(0)), deltas.size(1));
  }

  /** The layout of {@code sum += Σ scales · deltas}. */
  public static Layout ofScaledSum(INDArray sum, INDArray deltas, float[] scales) {
    Layout layout = ofBlock(deltas);
    requireFlat("sum", sum, layout.length);
    if (scales.length != layout.rows) {
      throw new IllegalArgumentException(
          "scales has " + scales.length + " entries for " + layout.rows + " deltas");
    }
    for (float scale : scales) {
      requireFinite("scale", scale);
    }
    return layout;
  }

  /** The layout of {@code sum += delta · factor} in integers. */
  public static Layout ofIntegerSum(long[] sum, INDArray delta, double factor) {
    Layout layout = ofBlock(delta);
    if (layout.rows != 1 || layout.length != sum.length) {
      throw new IllegalArgumentException(
          "delta has %d rows of %d, not 1 of %d".formatted(layout.rows, layout.length, sum.length));
    }
    requireFinite("factor", factor);
    return layout;
  }

  /** The layout of {@code out = (sum + stddev · N) · factor}. */
  public static Layout ofPerturbation(INDArray sum, INDArray out, double stddev, double factor) {
    requireFlat("sum", sum, sum.length());
    requireFlat("out", out, sum.length());
    requireFinite("stddev", stddev);
    requireFinite("factor", factor);
    if (stddev < 0) {
      throw new IllegalArgumentException("stddev must be at least 0, not " + stddev);
    }
    return new Layout(1, sum.length());
  }

  private static void requireFlat(String name, INDArray array, long length) {
    requireDenseFloats(name, array);
    if (array.rank() != 1 || array.length() != length) {
      throw new IllegalArgumentException(
          name + " has shape " + Arrays.toString(array.shape()) + ", not [" + length + "]");
    }
  }

  private static void requireDenseFloats(String name, INDArray array) {
    if (array.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          name + " holds " + array.dataType() + ", not FLOAT; use castTo(DataType.FLOAT)");
    }
    if (array.isEmpty()) {
      throw new IllegalArgumentException(name + " is empty; at least one element is needed");
    }
    if (!isDense(array)) {
      throw new IllegalArgumentException(
          name + " is not dense in 'c' order; use dup('c') to make it so");
    }
  }

  /**
   * Whether the elements lie side by side in 'c' order; the stride of a dimension of 1 is never
   * used.
   */
  private static boolean isDense(INDArray array) {
    long expected = 1;
    for (int i = array.rank() - 1; i >= 0; i--) {
      if (array.size(i) != 1 && array.stride(i) != expected) {
        return false;
      }
      expected *= array.size(i);
    }
    return true;
  }

  private static void requireFinite(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(name + " must be finite, not " + value);
    }
  }
}
