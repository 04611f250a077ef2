package org.dpfed.kernel;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A 256-bit key for one stream of random numbers, to be used once: two releases with the same noise
 * would reveal the difference of their sums. {@link #toString} hides the bytes.
 */
public final class NoiseKey {
  /** Length of a key in bytes. */
  public static final int BYTES = 32;

  private final byte[] bytes;
  private final AtomicBoolean used = new AtomicBoolean();

  /**
   * A key that has not been used.
   *
   * @param bytes 32 bytes, copied
   */
  public NoiseKey(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a key has " + BYTES + " bytes, not " + bytes.length);
    }
    this.bytes = bytes.clone();
  }

  /**
   * Uses the key.
   *
   * @return a copy of its bytes, for the cipher of a kernel and nothing else
   * @throws IllegalStateException at the second call
   */
  public byte[] take() {
    if (!used.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "this key was used before; every stream of noise needs a fresh one");
    }
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "NoiseKey[hidden]";
  }
}
