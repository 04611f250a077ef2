package org.dpfed.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;

/**
 * Pairs of neighbouring floats, by which some numbers are recognized among bytes. Another pair of
 * 64 bits is taken for one of a million with a probability of 10⁻¹³.
 */
final class FloatPattern {
  private final Set<Long> pairs = new HashSet<>();

  /** Adds the pairs of those floats, as they lie in memory in either order of bytes. */
  void add(float[] values) {
    for (int i = 0; i + 1 < values.length; i++) {
      // Zeros and ones are in everything.
      if (values[i] != Math.rint(values[i]) && values[i + 1] != Math.rint(values[i + 1])) {
        long first = Integer.toUnsignedLong(Float.floatToRawIntBits(values[i]));
        long second = Integer.toUnsignedLong(Float.floatToRawIntBits(values[i + 1]));
        pairs.add(first << Integer.SIZE | second);
        pairs.add(Long.reverseBytes(second << Integer.SIZE | first));
      }
    }
  }

  /** How many pairs of these are to be recognized. */
  int size() {
    return pairs.size();
  }

  /** How often one of the pairs is among the bytes, at any place. */
  long count(byte[] bytes) {
    ByteBuffer longs = ByteBuffer.wrap(bytes).order(ByteOrder.BIG_ENDIAN);
    long found = 0;
    for (int i = 0; i + Long.BYTES <= bytes.length; i++) {
      found += pairs.contains(longs.getLong(i)) ? 1 : 0;
    }
    return found;
  }
}
