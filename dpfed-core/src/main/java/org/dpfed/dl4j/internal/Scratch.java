package org.dpfed.dl4j.internal;

import java.nio.FloatBuffer;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Working memory of one layer for BLAS. It is reused from step to step and grows for larger
 * batches; at the start of a step it contains arbitrary values.
 */
final class Scratch implements AutoCloseable {
  private @Nullable INDArray memory;
  private FloatBuffer floats = FloatBuffer.allocate(0);
  private long address;

  /** Makes room for {@code length} floats. */
  Scratch ofLength(int length) {
    if (floats.capacity() < length) {
      if (memory != null) {
        memory.close();
      }
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        memory = Nd4j.createUninitialized(DataType.FLOAT, length);
      }
      address = NativeFloats.address(memory);
      floats = NativeFloats.window(memory, 0, length);
    }
    return this;
  }

  /** Address of float 0; other after {@link #ofLength} had to grow. */
  long address() {
    return address;
  }

  /** Address of float {@code index}. */
  long address(int index) {
    return address + (long) index * Float.BYTES;
  }

  /** The memory itself. */
  FloatBuffer floats() {
    return floats;
  }

  /** Overwrites the first floats. */
  void write(float[] source, int length) {
    floats.put(0, source, 0, length);
  }

  @Override
  public void close() {
    if (memory != null) {
      memory.close();
    }
  }

  /** Copies the first floats. */
  void read(float[] target, int length) {
    floats.get(0, target, 0, length);
  }
}
