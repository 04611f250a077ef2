package org.dpfed.dl4j.twin;

import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Working memory of one layer for BLAS, kept from step to step and grown when a larger batch comes.
 * What it holds at the start of a step is left over from another one.
 */
final class Scratch {
  private @Nullable INDArray memory;
  private FloatBuffer floats = FloatBuffer.allocate(0);

  /** Makes room for {@code length} floats; returns their address. */
  long ofLength(int length) {
    INDArray room = memory;
    if (room == null || room.length() < length) {
      if (room != null) {
        room.close();
      }
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        room = Nd4j.createUninitialized(DataType.FLOAT, length);
      }
      memory = room;
      floats = Dense.window(Dense.address(room), length);
    }
    return Dense.address(room);
  }

  /** The memory itself, as large as it was last made. */
  FloatBuffer floats() {
    return floats;
  }
}
