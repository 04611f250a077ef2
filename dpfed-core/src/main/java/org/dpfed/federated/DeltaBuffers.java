package org.dpfed.federated;

import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Reusable arrays for copies of deltas, made before the worker may overwrite them. */
final class DeltaBuffers implements AutoCloseable {
  private final long dimension;
  private final Queue<INDArray> all = new ConcurrentLinkedQueue<>();
  private final Queue<INDArray> free = new ConcurrentLinkedQueue<>();

  DeltaBuffers(long dimension) {
    this.dimension = dimension;
  }

  /**
   * A copy that is the caller's until {@link #giveBack}.
   *
   * @throws IllegalArgumentException when it is no delta, so that its client counts as failed
   */
  INDArray copyOf(@Nullable INDArray delta) {
    if (delta == null || delta.wasClosed()) {
      throw new IllegalArgumentException("the trainer gave no delta, or one that was closed");
    }
    if (delta.rank() != 1 || delta.length() != dimension || delta.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "a delta must be FLOAT of shape [%d], was %s of shape %s"
              .formatted(dimension, delta.dataType(), Arrays.toString(delta.shape())));
    }
    INDArray copy = free.poll();
    if (copy == null) {
      copy = Nd4j.createUninitializedDetached(DataType.FLOAT, dimension);
      all.add(copy);
    }
    return copy.assign(delta);
  }

  /** Takes back a copy after its last use. */
  void giveBack(INDArray copy) {
    free.add(copy);
  }

  /** Frees all copies. */
  @Override
  public void close() {
    all.forEach(INDArray::close);
  }
}
