package org.dpfed.federated;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A copy of an array that other code has too, such as the global parameters that are lent to it.
 * Whatever that code does to its array, even closing it, this side's does not change, and the next
 * borrower receives it intact.
 */
final class LentCopy implements AutoCloseable {
  private @Nullable INDArray copy;

  /** A copy of {@code original}, shape {@code [d]}, valid until the next call. */
  INDArray of(INDArray original) {
    INDArray lent = copy;
    if (lent == null
        || lent.wasClosed()
        || lent.dataType() != DataType.FLOAT
        || !Arrays.equals(lent.shape(), original.shape())) {
      lent = Nd4j.createUninitializedDetached(DataType.FLOAT, original.shape());
      copy = lent;
    }
    return lent.assign(original);
  }

  @Override
  public void close() {
    if (copy != null) {
      copy.close();
    }
  }
}
