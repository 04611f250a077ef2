package org.dpfed.dl4j.twin;

import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/**
 * Float arrays without gaps, and the way between them and Java's arrays. An address does not keep
 * its array alive: whoever takes one of an array that nothing else holds ends with a reachability
 * fence.
 */
final class Dense {
  private Dense() {}

  /** The array itself when it is float and dense in 'c' order, otherwise a copy that is. */
  static INDArray of(INDArray array) {
    INDArray floats = array.castTo(DataType.FLOAT);
    return floats.ordering() == 'c' && Shape.hasDefaultStridesForShape(floats)
        ? floats
        : floats.dup('c');
  }

  /** Where the first element is. */
  static long address(INDArray array) {
    // Not data().address(), which leaves out the offset of a view.
    return array.data().addressPointer().address();
  }

  /** Copies all elements, in the order in which they lie in memory. */
  static void read(INDArray array, float[] target) {
    int length = (int) array.length();
    window(address(array), length).get(0, target, 0, length);
    Reference.reachabilityFence(array);
  }

  /** Overwrites all elements, in the order in which they lie in memory. */
  static void write(float[] source, INDArray array) {
    int length = (int) array.length();
    window(address(array), length).put(0, source, 0, length);
    Reference.reachabilityFence(array);
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
  }
}
