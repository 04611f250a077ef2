package org.dpfed.mechanism;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import org.dpfed.kernel.NoiseKey;

/**
 * The source of the keys for noise and sampling. Only this package can draw a key. Each use draws
 * its own, so no two releases share a stream.
 */
public abstract sealed class Randomness {

  /** The purpose of a key; keys for different purposes select unrelated streams. */
  enum Purpose {
    NOISE,
    SAMPLING,
    SUBSET,
    ORDER,
    COUNT,
    LOCAL
  }

  private Randomness() {}

  /**
   * A key for one use.
   *
   * @param round counts from 0
   */
  final NoiseKey key(Purpose purpose, int round) {
    return key(purpose, round, 0);
  }

  /**
   * A key for one of several uses of the same purpose in one round.
   *
   * @param part which of them, from 0
   */
  abstract NoiseKey key(Purpose purpose, int round, int part);

  /** Whether the keys are unpredictable. A guarantee made with keys that are not is void. */
  public abstract boolean isSecure();

  /** Keys of 256 bits from the platform's {@link SecureRandom}, never logged or stored. */
  public static Randomness secure() {
    return new Secure();
  }

  /**
   * Keys derived from {@code seed}, for tests and reproducible experiments. Anyone who knows the
   * seed can subtract the noise: every report made with it says that there is no privacy.
   */
  public static Randomness seeded(long seed) {
    return new Seeded(seed);
  }

  /** A fresh key at every call. */
  private static final class Secure extends Randomness {
    private final SecureRandom random = new SecureRandom();

    @Override
    NoiseKey key(Purpose purpose, int round, int part) {
      byte[] bytes = new byte[NoiseKey.BYTES];
      random.nextBytes(bytes);
      return new NoiseKey(bytes);
    }

    @Override
    public boolean isSecure() {
      return true;
    }

    @Override
    public String toString() {
      return "secure";
    }
  }

  /** SHA-256 of (seed, purpose, round, part). */
  private static final class Seeded extends Randomness {
    private final long seed;

    Seeded(long seed) {
      this.seed = seed;
    }

    @Override
    NoiseKey key(Purpose purpose, int round, int part) {
      byte[] name = purpose.name().getBytes(StandardCharsets.US_ASCII);
      ByteBuffer input = ByteBuffer.allocate(Long.BYTES + 2 * Integer.BYTES + name.length);
      input.putLong(seed).putInt(round).putInt(part).put(name);
      try {
        return new NoiseKey(MessageDigest.getInstance("SHA-256").digest(input.array()));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    @Override
    public boolean isSecure() {
      return false;
    }

    @Override
    public String toString() {
      return "seeded with " + seed;
    }
  }
}
