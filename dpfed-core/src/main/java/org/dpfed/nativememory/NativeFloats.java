package org.dpfed.nativememory;

import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.common.util.ArrayUtil;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Reads and writes the floats of ND4J arrays in place. An address or a window does not keep its
 * array alive: the caller must keep the array reachable.
 *
 * <p>Positions follow the order in memory, from the array's first element, so arrays must have no
 * gaps unless a method says otherwise.
 */
public final class NativeFloats {
  /** Floats copied at a time: few enough to stay in the first-level cache, beside what is done. */
  private static final int BLOCK = 1 << 12;

  private NativeFloats() {}

  /** Work on a part of an array. */
  public interface BlockTask {
    /**
     * Does the work.
     *
     * @param block the part's floats, then what is left of others
     * @param count how many they are
     * @param from index of the first in the array
     */
    void run(float[] block, int count, int from);
  }

  /**
   * Copies an array to the heap, one block after another.
   *
   * @param array float, without gaps, on any backend, of fewer than 2³¹ floats
   */
  public static void forEachBlock(INDArray array, BlockTask task) {
    int length = Math.toIntExact(array.length());
    boolean isInMainMemory = Nd4j.getEnvironment().isCPU();
    FloatBuffer floats = isInMainMemory ? window(array, 0, length) : FloatBuffer.allocate(0);
    float[] block = new float[Math.min(BLOCK, length)];
    for (int from = 0; from < length; from += block.length) {
      int count = Math.min(block.length, length - from);
      if (isInMainMemory) {
        floats.get(from, block, 0, count);
      } else {
        read(array, from, block, count);
      }
      task.run(block, count, from);
    }
    Reference.reachabilityFence(array);
  }

  /**
   * Floats {@code from} to {@code from + length} in place: what is put into the buffer is in the
   * array.
   *
   * @param array float, without gaps, in main memory
   * @throws IndexOutOfBoundsException when they are not all in the array
   */
  public static FloatBuffer window(INDArray array, long from, int length) {
    Objects.checkFromIndexSize(from, length, array.length());
    return new Region(address(array) + from * Float.BYTES, (long) length * Float.BYTES)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /**
   * Copies floats {@code from} to {@code from + length} to the start of {@code target}.
   *
   * @param array float, without gaps, on any backend
   * @throws IndexOutOfBoundsException when they are not all in the array, or {@code target} is
   *     shorter
   */
  public static void read(INDArray array, long from, float[] target, int length) {
    if (Nd4j.getEnvironment().isCPU()) {
      try {
        window(array, from, length).get(0, target, 0, length);
      } finally {
        Reference.reachabilityFence(array);
      }
    } else {
      Objects.checkFromIndexSize(from, length, array.length());
      INDArray flat = array.reshape(array.length());
      float[] copy = flat.get(NDArrayIndex.interval(from, from + length)).toFloatVector();
      System.arraycopy(copy, 0, target, 0, length);
    }
  }

  /**
   * Copies all elements in 'c' order, whatever the array's own order and type, gaps or none.
   *
   * @param array in main memory
   * @throws IndexOutOfBoundsException when {@code target} is shorter than the array
   */
  public static void readAll(INDArray array, float[] target) {
    INDArray floats = array.castTo(DataType.FLOAT);
    INDArray dense =
        floats.ordering() == 'c' && Shape.hasDefaultStridesForShape(floats)
            ? floats
            : floats.dup('c');
    int length = Math.toIntExact(dense.length());
    read(dense, 0, target, length);
  }

  /**
   * A new array of these values: as {@code Nd4j.create}, which makes one call for each value, in
   * one copy.
   *
   * @param shape of the array, of as many elements
   * @return in 'c' order, owned by the caller
   */
  public static INDArray array(float[] values, long... shape) {
    return array(FloatBuffer.wrap(values), shape);
  }

  /**
   * As the other.
   *
   * @param values from position to limit, in 'c' order; copied, and the position moved
   */
  public static INDArray array(FloatBuffer values, long... shape) {
    int length = values.remaining();
    if (ArrayUtil.prodLong(shape) != length) {
      throw new IllegalArgumentException(
          "%d values do not fill an array of shape %s".formatted(length, Arrays.toString(shape)));
    }
    if (length == 0) {
      return Nd4j.create(DataType.FLOAT, shape);
    }
    if (!Nd4j.getEnvironment().isCPU()) {
      float[] copy = new float[length];
      values.get(copy);
      return Nd4j.create(copy, shape, Nd4j.getStrides(shape, 'c'), 'c', DataType.FLOAT);
    }
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    window(array, 0, length).put(values);
    return array;
  }

  /**
   * Overwrites all elements with the start of {@code source}.
   *
   * @param array float, without gaps, in 'c' order, in main memory; changed in place
   * @throws IndexOutOfBoundsException when {@code source} is shorter than the array
   */
  public static void writeAll(float[] source, INDArray array) {
    int length = Math.toIntExact(array.length());
    try {
      window(array, 0, length).put(0, source, 0, length);
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  /** Address of the first element of an array in main memory. */
  public static long address(INDArray array) {
    // Not data().address(), which leaves out the offset of a view.
    return array.data().addressPointer().address();
  }

  /** Memory that somebody else owns. */
  private static final class Region extends Pointer {
    Region(long address, long bytes) {
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }

    /** Limits are in bytes; JavaCPP would count a subclass that it does not know in words. */
    @Override
    public int sizeof() {
      return 1;
    }
  }

  /**
   * A pointer for native code that can be moved, so that a loop makes one and not one for each
   * turn. It checks nothing and owns nothing.
   */
  public static final class Cursor extends FloatPointer {
    /** Points nowhere until {@link #at}. */
    public Cursor() {
      super((Pointer) null);
    }

    /** Moves to {@code newAddress}; returns itself. */
    public Cursor at(long newAddress) {
      this.address = newAddress;
      return this;
    }
  }
}
