package org.dpfed.imaging.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The numbers of a frame, in the bytes that were allocated for them. */
final class Numbers {
  private final byte[] bytes;
  private final int firstBit;
  private final ByteBuffer buffer;

  /**
   * @param bytes not copied
   * @param firstBit where a frame of single bits starts, 0 to 7
   */
  Numbers(byte[] bytes, int firstBit, boolean bigEndian) {
    this.bytes = bytes;
    this.firstBit = firstBit;
    this.buffer =
        ByteBuffer.wrap(bytes).order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
  }

  /** A number of 1, 8, 16 or 32 bits, as unsigned; of single bits the lowest comes first. */
  long integer(int index, int bits) {
    return switch (bits) {
      case 1 -> bytes[(firstBit + index) >>> 3] >>> ((firstBit + index) & 7) & 1;
      case 8 -> Byte.toUnsignedLong(bytes[index]);
      case 16 -> Short.toUnsignedLong(buffer.getShort(2 * index));
      default -> Integer.toUnsignedLong(buffer.getInt(4 * index));
    };
  }

  /** A float, or a double when it has 64 bits. */
  double floating(int index, int bits) {
    return bits == 64 ? buffer.getDouble(8 * index) : buffer.getFloat(4 * index);
  }
}
