package org.dpfed.mechanism;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.stream.IntStream;
import org.dpfed.kernel.Keystream;

/**
 * Draws each round's cohort: every client independently with the same probability, as {@link
 * org.dpfed.accounting.DpEvent.PoissonSampled} assumes.
 *
 * <p>A client takes part if 64 random bits, read as an unsigned number, are below ⌊q · 2⁶⁴⌋, so the
 * true probability never exceeds q. The bits come from AES-256 in counter mode: amplification by
 * sampling requires that nobody can predict the cohort.
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
    Keystream keystream = new Keystream(randomness.key(Randomness.Purpose.SAMPLING, round));
    long threshold = threshold(samplingProbability);
    byte[] bytes = new byte[BLOCK_CLIENTS * Long.BYTES];
    IntStream.Builder cohort = IntStream.builder();
    for (int first = 0; first < population; first += BLOCK_CLIENTS) {
      keystream.next(bytes);
      LongBuffer words = ByteBuffer.wrap(bytes).asLongBuffer();
      int clients = Math.min(BLOCK_CLIENTS, population - first);
      for (int i = 0; i < clients; i++) {
        if (Long.compareUnsigned(words.get(i), threshold) < 0) {
          cohort.add(first + i);
        }
      }
    }
    return cohort.build().toArray();
  }

  /** ⌊q · 2⁶⁴⌋ as an unsigned number, exactly, for q in (0, 1). */
  static long threshold(double q) {
    return new BigDecimal(q)
        .multiply(new BigDecimal(BigInteger.ONE.shiftLeft(64)))
        .toBigInteger()
        .longValue();
  }
}
