package org.dpfed.federated;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.dpfed.mechanism.Randomness;

/**
 * Draws each round's cohort: every client independently with the same probability, which is what the
 * accountant assumes of {@link org.dpfed.accounting.DpEvent.PoissonSampled}.
 *
 * <p>A client takes part when 64 random bits, read as an unsigned number, are below ⌊q · 2⁶⁴⌋, so the
 * true probability never exceeds q. The bits come from AES-256 in counter mode: the amplification by
 * sampling holds only against someone who cannot predict the cohort.
 */
final class PoissonSampler {
  private static final int BLOCK_CLIENTS = 1024;

  private final int population;
  private final double samplingProbability;
  private final Randomness randomness;

  PoissonSampler(int population, double samplingProbability, Randomness randomness) {
    this.population = population;
    this.samplingProbability = samplingProbability;
    this.randomness = randomness;
  }

  /**
   * The clients of one round, ascending; may be empty.
   *
   * @param round counts from 0
   */
  int[] cohort(int round) {
    if (samplingProbability == 1) {
      return IntStream.range(0, population).toArray();
    }
    byte[] key = randomness.key(Randomness.Purpose.SAMPLING, round).bytes();
    try {
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[16]));
      return draw(cipher);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/CTR/NoPadding", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private int[] draw(Cipher cipher) {
    long threshold = threshold(samplingProbability);
    byte[] zeros = new byte[BLOCK_CLIENTS * Long.BYTES];
    IntStream.Builder cohort = IntStream.builder();
    for (int first = 0; first < population; first += BLOCK_CLIENTS) {
      var words = java.nio.ByteBuffer.wrap(cipher.update(zeros)).asLongBuffer();
      int last = Math.min(first + BLOCK_CLIENTS, population);
      for (int client = first; client < last; client++) {
        if (Long.compareUnsigned(words.get(), threshold) < 0) {
          cohort.add(client);
        }
      }
    }
    return cohort.build().toArray();
  }

  /** ⌊q · 2⁶⁴⌋ as an unsigned number, exactly, for q in (0, 1). */
  static long threshold(double q) {
    return new java.math.BigDecimal(q)
        .multiply(new java.math.BigDecimal(java.math.BigInteger.ONE.shiftLeft(64)))
        .toBigInteger()
        .longValue();
  }
}
