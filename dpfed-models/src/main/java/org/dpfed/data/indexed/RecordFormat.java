package org.dpfed.data.indexed;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The record of one client: its checksum, then its number, then features, labels and their masks.
 * An array is its kind, its shape and its values: floats as they are, or, where that is shorter and
 * there are at most 256 different ones, those and a byte for each value. Both give the same bits
 * back.
 */
final class RecordFormat {
  private static final int HEAD = 2 * Integer.BYTES;
  private static final byte ABSENT = 0;
  private static final byte FLOATS = 1;
  private static final byte PALETTE = 2;
  private static final int MOST_BYTES = Integer.MAX_VALUE - 64;
  private static final int MOST_AXES = 6;
  private static final int MOST_COLOURS = 256;

  private RecordFormat() {}

  static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Writes a record.
   *
   * @param id of the index
   * @param examples unchanged
   * @throws IllegalArgumentException when the client is larger than a record can be
   */
  static ByteBuffer encode(long id, int client, DataSet examples) {
    @Nullable INDArray[] arrays = {
      examples.getFeatures(),
      examples.getLabels(),
      examples.getFeaturesMaskArray(),
      examples.getLabelsMaskArray()
    };
    long most = HEAD;
    for (INDArray array : arrays) {
      most += array == null ? 1 : 2L + array.rank() * 4L + array.length() * 4L;
    }
    if (most > MOST_BYTES) {
      throw new IllegalArgumentException(
          "a client must fit into 2 GiB, one has %d bytes".formatted(most));
    }
    ByteBuffer out = littleEndian((int) most).putInt(0).putInt(client);
    for (INDArray array : arrays) {
      put(array, out);
    }
    out.flip();
    return out.putInt(0, checksum(id, out));
  }

  private static void put(@Nullable INDArray array, ByteBuffer out) {
    if (array == null) {
      out.put(ABSENT);
      return;
    }
    float[] values = array.length() == 0 ? new float[0] : values(array);
    Map<Integer, Byte> palette = palette(values);
    boolean isShorter =
        palette.size() <= MOST_COLOURS
            && 1L + 4L * palette.size() + values.length < 4L * values.length;
    out.put(isShorter ? PALETTE : FLOATS).put((byte) array.rank());
    for (long size : array.shape()) {
      out.putInt(Math.toIntExact(size));
    }
    if (!isShorter) {
      out.asFloatBuffer().put(values);
      out.position(out.position() + values.length * Float.BYTES);
      return;
    }
    out.put((byte) (palette.size() - 1));
    palette.forEach((bits, number) -> out.putInt(bits(out, number), bits));
    out.position(out.position() + palette.size() * Float.BYTES);
    for (float value : values) {
      out.put(palette.getOrDefault(Float.floatToRawIntBits(value), (byte) 0));
    }
  }

  private static int bits(ByteBuffer out, byte number) {
    return out.position() + Byte.toUnsignedInt(number) * Float.BYTES;
  }

  private static float[] values(INDArray array) {
    return array.ordering() == 'c' && !array.isView()
        ? array.data().asFloat()
        : array.dup('c').data().asFloat();
  }

  /** Numbers of the different values; one more than there may be when there are too many. */
  private static Map<Integer, Byte> palette(float[] values) {
    Map<Integer, Byte> numbers = new HashMap<>();
    for (float value : values) {
      numbers.putIfAbsent(Float.floatToRawIntBits(value), (byte) numbers.size());
      if (numbers.size() > MOST_COLOURS) {
        break;
      }
    }
    return numbers;
  }

  /**
   * Reads a record.
   *
   * @param record whole, little-endian; its position may change
   * @return the caller's own; null when it is not what {@link #encode} gave for that index and
   *     client
   */
  static @Nullable DataSet decode(long id, int client, ByteBuffer record) {
    if (record.remaining() < HEAD
        || record.getInt(0) != checksum(id, record)
        || record.getInt(Integer.BYTES) != client) {
      return null;
    }
    record.position(HEAD);
    try {
      INDArray features = array(record);
      INDArray labels = array(record);
      return new DataSet(features, labels, array(record), array(record));
    } catch (BufferUnderflowException | IndexOutOfBoundsException | ArithmeticException e) {
      // A checksum is no seal: whoever changes a record can compute it anew.
      return null;
    }
  }

  private static @Nullable INDArray array(ByteBuffer in) {
    byte kind = in.get();
    if (kind == ABSENT) {
      return null;
    }
    long[] shape = new long[Objects.checkIndex(in.get(), MOST_AXES + 1)];
    int length = 1;
    for (int axis = 0; axis < shape.length; axis++) {
      int size = Objects.checkIndex(in.getInt(), Integer.MAX_VALUE);
      shape[axis] = size;
      length = Math.multiplyExact(length, size);
    }
    if (length == 0) {
      return Nd4j.create(DataType.FLOAT, shape);
    }
    int bytes = kind == PALETTE ? length : Math.multiplyExact(length, Float.BYTES);
    Objects.checkFromIndexSize(in.position(), bytes, in.limit());
    if (kind == PALETTE) {
      return NativeFloats.array(fromPalette(in, length), shape);
    }
    ByteBuffer floats = in.slice(in.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + bytes);
    return NativeFloats.array(floats.asFloatBuffer(), shape);
  }

  private static FloatBuffer fromPalette(ByteBuffer in, int length) {
    float[] palette = new float[Byte.toUnsignedInt(in.get()) + 1];
    for (int number = 0; number < palette.length; number++) {
      palette[number] = in.getFloat();
    }
    byte[] numbers = new byte[length];
    in.get(numbers);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = palette[Byte.toUnsignedInt(numbers[i])];
    }
    return FloatBuffer.wrap(values);
  }

  /** CRC-32C of the index's id and of all that follows the checksum. */
  private static int checksum(long id, ByteBuffer record) {
    CRC32C crc = new CRC32C();
    crc.update(littleEndian(Long.BYTES).putLong(0, id));
    crc.update(record.slice(Integer.BYTES, record.limit() - Integer.BYTES));
    return (int) crc.getValue();
  }
}
