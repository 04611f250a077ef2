package org.dpfed.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Standard normal draws from the keystream of a {@link NoiseKey} by the Box–Muller transform (1958)
 * in double. The radius uses 64 bits, so the largest possible draw is beyond 9σ and every smaller
 * draw has the right probability.
 *
 * <p>Draws come in chunks of {@value #CHUNK}. Chunk c uses {@value #CHUNK_BYTES} bytes of
 * keystream, starting at block c·{@value #CHUNK_BLOCKS}, as little-endian words: first {@value
 * #PAIRS} for radii, then {@value #PAIRS} for angles. Pair i becomes draws i and {@value #PAIRS} +
 * i of the chunk. So draw n of a key does not depend on who computes it, in which order, or on how
 * many threads.
 *
 * <p>This is the readable scalar version; {@code VectorGaussian} computes the same draws faster.
 */
final class SecureGaussian implements NormalDraws {
  /** Pairs of draws in one chunk. */
  static final int PAIRS = CHUNK / 2;

  /** Keystream behind one chunk, in bytes. */
  static final int CHUNK_BYTES = PAIRS * 2 * Long.BYTES;

  /** Keystream behind one chunk, in cipher blocks. */
  static final int CHUNK_BLOCKS = CHUNK_BYTES / Keystream.BLOCK_BYTES;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Keystream keystream;
  private final byte[] bytes = new byte[CHUNK_BYTES];

  /**
   * @param key the bytes of a key that was taken; unchanged
   * @param firstChunk index of the chunk that the first {@link #nextChunk} gives, at least 0
   */
  SecureGaussian(byte[] key, long firstChunk) {
    keystream = new Keystream(key, Math.multiplyExact(firstChunk, (long) CHUNK_BLOCKS));
  }

  @Override
  public void nextChunk(double[] draws) {
    keystream.next(bytes);
    for (int i = 0; i < PAIRS; i++) {
      double radius = radius((long) LONG.get(bytes, i * Long.BYTES));
      double angle = angle((long) LONG.get(bytes, (PAIRS + i) * Long.BYTES));
      draws[i] = radius * Math.cos(angle);
      draws[PAIRS + i] = radius * Math.sin(angle);
    }
  }

  /**
   * The Rayleigh-distributed length √(−2 ln u) with u = (bits + ½)·2⁻⁶⁴, bits read as unsigned. The
   * least u is 2⁻⁶⁵, so the greatest radius is √(130 ln 2) ≈ 9.49.
   */
  static double radius(long bits) {
    // Top 52 and low 12 bits apart: each is exact in double, and where u is small so is their sum.
    double high = (bits >>> 12) * 0x1p-52;
    double low = ((bits & 0xFFF) + 0.5) * 0x1p-64;
    return Math.sqrt(-2 * Math.log(high + low));
  }

  /**
   * The angle in [−π/2, 3π/2): top bit for the half of the circle, the next 52 for the place in it.
   */
  static double angle(long bits) {
    double place = ((bits << 1) >>> 12) * 0x1p-52 - 0.5;
    return Math.PI * (bits < 0 ? place + 1 : place);
  }
}
