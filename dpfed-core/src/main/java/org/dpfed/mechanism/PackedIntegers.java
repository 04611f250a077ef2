package org.dpfed.mechanism;

import java.nio.ByteBuffer;

/**
 * Integers in as few bytes each as hold all of them: one byte that says how many, then their low
 * bytes, the highest first. On a public grid most sums need three or four of eight.
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
    for (long value : values) {
      for (int shift = (width - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
        out.put((byte) (value >> shift));
      }
    }
  }

  /**
   * @throws IllegalArgumentException when they are not what {@link #write} writes
   * @throws java.nio.BufferUnderflowException when there are too few
   */
  static void read(ByteBuffer in, long[] values) {
    int width = in.get();
    if (width < 1 || width > Long.BYTES) {
      throw new IllegalArgumentException(
          "the sum of a share must have 1 to 8 bytes for each integer, had " + width);
    }
    for (int i = 0; i < values.length; i++) {
      long value = in.get();
      for (int left = width - 1; left > 0; left--) {
        value = value << Byte.SIZE | (in.get() & 0xff);
      }
      values[i] = value;
    }
  }
}
