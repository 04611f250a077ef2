package org.dpfed.dl4j.internal;

import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/**
 * Float arrays of ND4J without gaps. An address or a window does not keep its array alive: whoever
 * has one keeps the array reachable.
 */
final class NativeFloats {
  private NativeFloats() {}

  /** Copies all elements in 'c' order, whatever the array's own order and type. */
  static void read(INDArray array, float[] target) {
    INDArray floats = array.castTo(DataType.FLOAT);
    INDArray dense =
        floats.ordering() == 'c' && Shape.hasDefaultStridesForShape(floats)
            ? floats
            : floats.dup('c');
    int length = (int) dense.length();
    window(address(dense), length).get(0, target, 0, length);
    Reference.reachabilityFence(dense);
  }

  /** Overwrites all elements of a float array that is dense in 'c' order. */
  static void write(float[] source, INDArray array) {
    int length = (int) array.length();
    window(address(array), length).put(0, source, 0, length);
    Reference.reachabilityFence(array);
  }

  /** Where the first element is. */
  static long address(INDArray array) {
    // Not data().address(), which leaves out the offset of a view.
    return array.data().addressPointer().address();
  }

  /** Floats outside the heap, in place. */
  static FloatBuffer window(long address, int length) {
    return new Region(address, (long) length * Float.BYTES)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
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
}
