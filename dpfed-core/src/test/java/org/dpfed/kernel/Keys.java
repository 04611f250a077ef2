package org.dpfed.kernel;

import java.nio.ByteBuffer;

/** Keys that tests can repeat. */
final class Keys {
  private Keys() {}

  /** A key of its own for every seed. */
  static NoiseKey seeded(long seed) {
    return new NoiseKey(bytes(seed));
  }

  /** The bytes of {@link #seeded}. */
  static byte[] bytes(long seed) {
    return ByteBuffer.allocate(NoiseKey.BYTES).putLong(seed).array();
  }
}
