package org.dpfed.kernel;

import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The floats of a dense array, where they lie. Whoever holds a window or a pointer keeps the array
 * reachable.
 */
final class HostFloats {
  /** Floats copied at a time: few enough to stay in cache. */
  private static final int BLOCK = 1 << 14;

  private HostFloats() {}

  /**
   * Floats {@code from} to {@code from + length} in place, of an array in main memory: what is put
   * into the buffer is in the array.
   */
  static FloatBuffer window(INDArray array, long from, int length) {
    return new Region(address(array, from), (long) length * Float.BYTES)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** Work on {@code count} floats that begin at index {@code from} of an array. */
  interface BlockTask {
    void run(float[] block, int count, int from);
  }

  /**
   * Copies an array on any backend, of at most 2³¹ floats, to the heap, one block after another.
   */
  static void forEachBlock(INDArray array, BlockTask task) {
    int length = Math.toIntExact(array.length());
    float[] block = new float[Math.min(BLOCK, length)];
    try {
      for (int from = 0; from < length; from += block.length) {
        int count = Math.min(block.length, length - from);
        read(array, from, block, count);
        task.run(block, count, from);
      }
    } finally {
      Reference.reachabilityFence(array);
    }
  }

  /** Copies floats {@code from} to {@code from + length} of an array on any backend. */
  private static void read(INDArray array, long from, float[] target, int length) {
    if (Nd4j.getEnvironment().isCPU()) {
      window(array, from, length).get(0, target, 0, length);
    } else {
      INDArray flat = array.reshape(array.length());
      float[] copy = flat.get(NDArrayIndex.interval(from, from + length)).toFloatVector();
      System.arraycopy(copy, 0, target, 0, length);
    }
  }

  /** Where float {@code index} of an array in main memory lies. */
  static long address(INDArray array, long index) {
    // Not data().address(), which leaves out the offset of a view.
    return array.data().addressPointer().address() + index * Float.BYTES;
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

  /** A pointer for native code that can be moved, so that loops make one and not one each turn. */
  static final class Cursor extends FloatPointer {
    Cursor() {
      super((Pointer) null);
    }

    Cursor at(long newAddress) {
      this.address = newAddress;
      return this;
    }
  }
}
