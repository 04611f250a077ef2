package org.dpfed.kernel;

import java.util.Arrays;

/**
 * A 256-bit key that names one stream of random numbers. Never printed: {@link #toString} hides the
 * bytes.
 */
public final class NoiseKey {
  /** Length of a key in bytes. */
  public static final int BYTES = 32;

  private final byte[] bytes;

  /**
   * @param bytes 32 bytes, copied
   */
  public NoiseKey(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a key has " + BYTES + " bytes, not " + bytes.length);
    }
    this.bytes = bytes.clone();
  }

  /** A copy of the key, for the cipher of a kernel and nothing else. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoiseKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "NoiseKey[hidden]";
  }
}
