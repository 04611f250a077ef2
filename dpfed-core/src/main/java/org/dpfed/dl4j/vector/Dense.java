package org.dpfed.dl4j.vector;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;

/**
 * What the twins ask of an array before they work on its memory. A window or an address does not
 * keep its array alive: whoever takes one of an array that nothing else holds ends with a
 * reachability fence.
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

  static OffHeapFloats window(INDArray array) {
    return OffHeapFloats.window(array, 0, array.length());
  }

  /** Where the array's first element is; its offset as a view is counted in. */
  static long address(INDArray array) {
    return array.data().addressPointer().address();
  }
}
