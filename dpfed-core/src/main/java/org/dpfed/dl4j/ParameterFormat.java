package org.dpfed.dl4j;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The format in which {@code Nd4j.write} stores an array: a shape and the values, each after the
 * name of the allocation mode, a 64-bit length and the name of the data type; big-endian.
 *
 * <p>{@code Nd4j.read} allocates whatever length the header claims, and interprets a shape that may
 * exceed the values. Here a length must be that of the bytes which follow.
 */
final class ParameterFormat {
  /** Rank, two sizes, two strides, options, element-wise stride and order of a row vector. */
  private static final int LONGEST_SHAPE = 8;

  private ParameterFormat() {}

  /**
   * The values of a vector, whatever its shape says.
   *
   * @throws IOException when the bytes are not those of an array of floats; the message says why
   */
  static float[] read(byte[] bytes) throws IOException {
    ByteArrayInputStream stream = new ByteArrayInputStream(bytes);
    DataInputStream in = new DataInputStream(stream);
    long shape = header(in, "LONG");
    if (shape < 0 || shape > LONGEST_SHAPE) {
      throw new IOException(
          "the shape must have at most %d numbers, has %d".formatted(LONGEST_SHAPE, shape));
    }
    in.skipNBytes(shape * Long.BYTES);
    long length = header(in, "FLOAT");
    if (length < 1 || length != stream.available() / (double) Float.BYTES) {
      throw new IOException(
          "%d floats are announced, %d bytes follow".formatted(length, stream.available()));
    }
    float[] values = new float[(int) length];
    ByteBuffer.wrap(bytes, bytes.length - stream.available(), stream.available())
        .asFloatBuffer()
        .get(values);
    return values;
  }

  /** Returns the length. */
  private static long header(DataInputStream in, String type) throws IOException {
    String mode = in.readUTF();
    if (!mode.equals("MIXED_DATA_TYPES")) {
      throw new IOException("the array is in a format of before DL4J 1.0.0-beta4, or damaged");
    }
    long length = in.readLong();
    String found = in.readUTF();
    if (!found.equals(type)) {
      throw new IOException("the array must be of type " + type + ", is of another");
    }
    return length;
  }
}
