package org.dpfed.kernel;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The AES-256-CTR keystream of a {@link NoiseKey}, from the JDK's provider: block i is AES(key, i)
 * with i a 128-bit big-endian counter from 0 (NIST SP 800-38A, section 6.5). Different blocks of
 * one key are never equal, because AES is a permutation.
 *
 * <p>Not thread-safe: each thread opens its own keystream, at any block.
 */
public final class Keystream {
  /** Length of one cipher block in bytes. */
  static final int BLOCK_BYTES = 16;

  private final Cipher cipher;
  private byte[] zeros = new byte[0];

  /**
   * The stream from its beginning.
   *
   * @param key used up
   */
  public Keystream(NoiseKey key) {
    this(key.take(), 0);
  }

  /**
   * @param key the bytes of a key that was taken; unchanged
   * @param firstBlock index of the block that the first {@link #next} begins with, at least 0
   */
  Keystream(byte[] key, long firstBlock) {
    if (firstBlock < 0) {
      throw new IllegalArgumentException("firstBlock must be at least 0, not " + firstBlock);
    }
    byte[] counter = ByteBuffer.allocate(BLOCK_BYTES).putLong(Long.BYTES, firstBlock).array();
    try {
      cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(counter));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "this JVM offers no AES-256 in counter mode; secure noise needs it", e);
    }
  }

  /**
   * Fills {@code bytes} with the next bytes of the stream.
   *
   * @param bytes overwritten; its length is a multiple of {@link #BLOCK_BYTES}
   */
  public void next(byte[] bytes) {
    if (zeros.length != bytes.length) {
      zeros = new byte[bytes.length];
    }
    try {
      int written = cipher.update(zeros, 0, zeros.length, bytes, 0);
      if (written != bytes.length) {
        throw new IllegalStateException("the cipher gave " + written + " bytes of " + bytes.length);
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES in counter mode failed", e);
    }
  }
}
