package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

final class PoissonSamplerTest {
  @Test
  void threshold_roundsDown_soTheProbabilityNeverExceedsQ() {
    assertThat(PoissonSampler.threshold(0.5)).isEqualTo(1L << 63);
    assertThat(PoissonSampler.threshold(0x1p-64)).isEqualTo(1);
    assertThat(PoissonSampler.threshold(0x1p-65)).isZero();
    assertThat(Long.toUnsignedString(PoissonSampler.threshold(Math.nextDown(1.0))))
        .isEqualTo("18446744073709549568");
  }

  @Test
  void cohort_everyoneSampled_isThePopulation() {
    assertThat(sampler(5, 1).cohort(0)).containsExactly(0, 1, 2, 3, 4);
  }

  /**
   * 10⁶ coins of q = 0.01: the count has standard deviation √(10⁴ · 0.99) ≈ 99.5. Six of them fail
   * once in 5 · 10⁸ runs, while q wrong by 10 % would be off by ten.
   */
  @Test
  void cohort_size_isBinomial() {
    int count = sampler(1_000_000, 0.01).cohort(3).length;
    assertThat((double) count).isCloseTo(10_000, within(6 * 99.5));
  }

  /**
   * Sizes must vary as the accountant assumes: a sampler of fixed-size cohorts has variance 0. Over
   * 2,000 rounds the sample variance has relative standard error √(2/2000) ≈ 3.2 %, so ±20 % is six
   * of them.
   */
  @Test
  void cohort_sizeVariance_isThatOfIndependentCoins() {
    PoissonSampler sampler = sampler(1000, 0.3);
    double sum = 0;
    double squares = 0;
    int rounds = 2000;
    for (int round = 0; round < rounds; round++) {
      int size = sampler.cohort(round).length;
      sum += size;
      squares += (double) size * size;
    }
    double mean = sum / rounds;
    double variance = squares / rounds - mean * mean;
    assertThat(variance).isCloseTo(1000 * 0.3 * 0.7, within(0.2 * 1000 * 0.3 * 0.7));
  }

  /**
   * Each of 50 clients over 4,000 rounds at q = 0.25: standard deviation 27.4, bound six of them.
   */
  @Test
  void cohort_everyClient_hasTheSameChance() {
    PoissonSampler sampler = sampler(50, 0.25);
    int[] times = new int[50];
    for (int round = 0; round < 4000; round++) {
      for (int client : sampler.cohort(round)) {
        times[client]++;
      }
    }
    for (int count : times) {
      assertThat((double) count).isCloseTo(1000, within(6 * 27.4));
    }
  }

  @Test
  void cohort_sameSeed_repeatsAndRoundsDiffer() {
    assertThat(sampler(1000, 0.5).cohort(1)).isEqualTo(sampler(1000, 0.5).cohort(1));
    assertThat(sampler(1000, 0.5).cohort(1)).isNotEqualTo(sampler(1000, 0.5).cohort(2));
  }

  private static PoissonSampler sampler(int population, double q) {
    return new PoissonSampler(population, q, Randomness.seeded(11));
  }
}
