package org.dpfed.dl4j.vector;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Working memory of one layer, kept from step to step and grown when a larger batch comes. What it
 * holds at the start of a step is left over from another one.
 */
final class Scratch {
  /** Room behind the end for one whole vector, read or written. */
  private static final int SLACK = 16;

  private @Nullable INDArray memory;
  private @Nullable OffHeapFloats floats;

  /** At least {@code length} floats, and room for a vector that begins at the last one. */
  OffHeapFloats ofLength(int length) {
    if (memory == null || floats == null || memory.length() < length + SLACK) {
      try (MemoryWorkspace outside = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        memory = Nd4j.zeros(DataType.FLOAT, length + SLACK);
      }
      floats = OffHeapFloats.window(memory, 0, memory.length());
    }
    return floats;
  }
}
