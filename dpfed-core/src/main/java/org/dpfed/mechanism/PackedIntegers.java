package org.dpfed.mechanism;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Integers in as few bytes each as hold all of them: one byte that says how many, then their low
 * bytes, the highest first. On a public grid most sums need three or four of eight.
 *
 * <p>Buffers are big-endian. All but the last few integers are written and read as whole longs,
 * each over the end of the one before.
 */
final class PackedIntegers {
  private PackedIntegers() {}

  /** How many bytes those are packed. */
  static long length(long[] values) {
    return 1 + (long) width(values) * values.length;
  }

  private static int width(long[] values) {
    long bits = 0;
    for (long value : values) {
      bits |= value ^ value >> (Long.SIZE - 1);
    }
    // One bit more for the sign.
    return (Long.SIZE - Long.numberOfLeadingZeros(bits)) / Byte.SIZE + 1;
  }

  static void write(long[] values, ByteBuffer out) {
    int width = width(values);
    out.put((byte) width);
    int from = out.position();
    int unused = unusedBits(width);
    int whole = whole(values.length, width);
    for (int i = 0; i < whole; i++) {
      out.putLong(from + i * width, values[i] << unused);
    }
    out.position(from + whole * width);
    for (int i = whole; i < values.length; i++) {
      for (int shift = (width - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        out.put((byte) (values[i] >> shift));
      }
    }
  }

  /**
   * Adds what {@link #write} wrote to as many integers.
   *
   * @throws IllegalArgumentException when it did not write that
   * @throws BufferUnderflowException when there are too few
   */
  static void addTo(long[] sum, ByteBuffer in) {
    int width = readWidth(in, sum.length);
    int from = in.position();
    int unused = unusedBits(width);
    int whole = whole(sum.length, width);
    for (int i = 0; i < whole; i++) {
      sum[i] += in.getLong(from + i * width) >> unused;
    }
    in.position(from + whole * width);
    for (int i = whole; i < sum.length; i++) {
      sum[i] += readOne(in, width);
    }
  }

  /**
   * The sum of the squares of so many integers, in double; passes over them.
   *
   * @throws IllegalArgumentException when {@link #write} did not write that
   * @throws BufferUnderflowException when there are too few
   */
  static double squares(ByteBuffer in, int count) {
    int width = readWidth(in, count);
    int from = in.position();
    int unused = unusedBits(width);
    int whole = whole(count, width);
    double squares = 0;
    for (int i = 0; i < whole; i++) {
      double value = in.getLong(from + i * width) >> unused;
      squares += value * value;
    }
    in.position(from + whole * width);
    for (int i = whole; i < count; i++) {
      double value = readOne(in, width);
      squares += value * value;
    }
    return squares;
  }

  private static int readWidth(ByteBuffer in, int count) {
    int width = in.get();
    if (width < 1 || width > Long.BYTES) {
      throw new IllegalArgumentException(
          "the sum of a share must have 1 to 8 bytes for each integer, had " + width);
    }
    if (in.remaining() < (long) width * count) {
      throw new BufferUnderflowException();
    }
    return width;
  }

  /** How many of the integers begin at least a long before the end of the last. */
  private static int whole(int count, int width) {
    return Math.max(0, count - (Long.BYTES - 1) / width);
  }

  private static int unusedBits(int width) {
    return Long.SIZE - width * Byte.SIZE;
  }

  private static long readOne(ByteBuffer in, int width) {
    long value = in.get();
    for (int left = width - 1; left > 0; left--) {
      value = value << Byte.SIZE | (in.get() & 0xff);
    }
    return value;
  }
}
