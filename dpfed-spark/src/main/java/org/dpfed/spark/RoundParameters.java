package org.dpfed.spark;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import org.dpfed.nativememory.NativeFloats;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The global parameters of a round on the heap. Written as blocks of bytes: Java writes an array of
 * floats one by one.
 */
final class RoundParameters implements Serializable {
  private static final long serialVersionUID = 1;
  private static final int BLOCK = 1 << 14;

  private transient float[] values;

  /** A copy of an array of shape {@code [d]}. */
  RoundParameters(INDArray parameters) {
    values = new float[Math.toIntExact(parameters.length())];
    // ND4J's toFloatVector makes one call for each value.
    NativeFloats.read(parameters, 0, values, values.length);
  }

  /** Themselves, not to be changed. */
  float[] values() {
    return values;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    out.writeInt(values.length);
    ByteBuffer block = ByteBuffer.allocate(BLOCK * Float.BYTES);
    for (int from = 0; from < values.length; from += BLOCK) {
      int count = Math.min(BLOCK, values.length - from);
      block.asFloatBuffer().put(values, from, count);
      out.write(block.array(), 0, count * Float.BYTES);
    }
  }

  private void readObject(ObjectInputStream in) throws IOException {
    values = new float[in.readInt()];
    ByteBuffer block = ByteBuffer.allocate(BLOCK * Float.BYTES);
    for (int from = 0; from < values.length; from += BLOCK) {
      int count = Math.min(BLOCK, values.length - from);
      in.readFully(block.array(), 0, count * Float.BYTES);
      block.asFloatBuffer().get(values, from, count);
    }
  }
}
