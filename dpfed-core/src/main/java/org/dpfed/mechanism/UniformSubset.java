package org.dpfed.mechanism;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.dpfed.kernel.Keystream;
import org.dpfed.kernel.NoiseKey;

/**
 * Uniformly random subsets and orders, by the shuffle of Fisher and Yates with an AES keystream.
 * Words that would favour some outcomes are drawn again, so that all are exactly equally likely.
 */
final class UniformSubset {
  private static final int BLOCK_BYTES = 1024;

  private final Keystream keystream;
  private final byte[] bytes = new byte[BLOCK_BYTES];
  private ByteBuffer words = ByteBuffer.wrap(bytes, 0, 0);

  /**
   * @param key used up
   */
  UniformSubset(NoiseKey key) {
    this.keystream = new Keystream(key);
  }

  /** 0, 1, …, count − 1. */
  static int[] firstIntegers(int count) {
    return IntStream.range(0, count).toArray();
  }

  /**
   * A uniformly random part of {@code clients}, ascending.
   *
   * @param clients ascending; unchanged
   * @param size at most their number
   */
  int[] of(int[] clients, int size) {
    int[] chosen = shuffled(clients, size);
    Arrays.sort(chosen);
    return chosen;
  }

  /** 0 to population − 1 in uniformly random order. */
  int[] ordered(int population) {
    return shuffled(firstIntegers(population), population);
  }

  /** The clients whose turn it is when {@code order} is gone through again and again; ascending. */
  static int[] turn(int[] order, int size, int round) {
    int[] cohort = new int[size];
    for (int i = 0; i < size; i++) {
      cohort[i] = order[(int) (((long) round * size + i) % order.length)];
    }
    Arrays.sort(cohort);
    return cohort;
  }

  private int[] shuffled(int[] values, int size) {
    int[] all = values.clone();
    for (int i = 0; i < size; i++) {
      int other = i + below(all.length - i);
      int kept = all[other];
      all[other] = all[i];
      all[i] = kept;
    }
    return Arrays.copyOf(all, size);
  }

  /** A uniformly random number from 0 to bound − 1. */
  private int below(int bound) {
    long unbiased = (1L << 32) / bound * bound;
    while (true) {
      long word = nextWord();
      if (word < unbiased) {
        return (int) (word % bound);
      }
    }
  }

  private long nextWord() {
    if (!words.hasRemaining()) {
      keystream.next(bytes);
      words = ByteBuffer.wrap(bytes);
    }
    return Integer.toUnsignedLong(words.getInt());
  }
}
