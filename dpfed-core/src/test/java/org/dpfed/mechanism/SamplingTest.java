package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dpfed.accounting.Participation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SamplingTest {
  /**
   * Cohorts are cut to the cap, and who is cut does not depend on the client: with 20 expected of
   * 50 and a cap of 20, a client takes part with chance E[min(K, 20)] ÷ 50 for K binomial. Over
   * 4,000 rounds the standard deviation of its count is below 31; six of them bound all 50 at an
   * error rate of 10⁻⁷.
   */
  @Test
  void cappedPoisson_cohorts_areCutAtRandom() {
    Sampling.Cohorts cohorts = new Sampling.CappedPoisson(20, 20).cohorts(50, Randomness.seeded(1));
    int[] times = new int[50];
    for (int round = 0; round < 4000; round++) {
      int[] cohort = cohorts.of(round);
      assertThat(cohort).hasSizeLessThanOrEqualTo(20);
      assertAscending(cohort);
      count(cohort, times);
    }
    double expected = 0;
    double probability = Math.pow(0.6, 50);
    for (int k = 0; k <= 50; k++) {
      expected += Math.min(k, 20) * probability;
      probability *= (50.0 - k) / (k + 1) * 0.4 / 0.6;
    }
    for (int count : times) {
      assertThat((double) count).isCloseTo(4000 * expected / 50, within(6 * 31.0));
    }
  }

  @Test
  void cappedPoisson_capOutOfReach_isPoisson() {
    for (int round = 0; round < 20; round++) {
      assertThat(new Sampling.CappedPoisson(10, 99).cohorts(100, Randomness.seeded(2)).of(round))
          .isEqualTo(new Sampling.Poisson(10).cohorts(100, Randomness.seeded(2)).of(round));
    }
  }

  /**
   * Each of the 10 sets of 2 out of 5 clients in 10,000 rounds: 1,000 times with standard deviation
   * 30; six of them.
   */
  @Test
  void withoutReplacement_everySet_isEquallyLikely() {
    Sampling.Cohorts cohorts = new Sampling.WithoutReplacement(2).cohorts(5, Randomness.seeded(3));
    int[] times = new int[25];
    for (int round = 0; round < 10_000; round++) {
      int[] cohort = cohorts.of(round);
      assertThat(cohort).hasSize(2);
      assertThat(cohort[0]).isLessThan(cohort[1]);
      times[5 * cohort[0] + cohort[1]]++;
    }
    assertThat(Arrays.stream(times).filter(count -> count > 0).boxed())
        .hasSize(10)
        .allSatisfy(count -> assertThat((double) count).isCloseTo(1000, within(6 * 30.0)));
  }

  /** The limits hold of every client over the whole run, whatever the sizes. */
  @ParameterizedTest
  @CsvSource({"6000, 100, 240", "10, 3, 50", "7, 7, 5", "1000, 1, 999", "101, 10, 100", "13, 4, 7"})
  void participationLimited_everyClient_keepsToTheLimits(int population, int size, int rounds) {
    Sampling.ParticipationLimited sampling = new Sampling.ParticipationLimited(size, rounds, 1);
    Participation promised = sampling.participation(population, rounds).orElseThrow();
    Sampling.Cohorts cohorts = sampling.cohorts(population, Randomness.secure());
    List<List<Integer>> joined = new ArrayList<>();
    for (int client = 0; client < population; client++) {
      joined.add(new ArrayList<>());
    }
    for (int round = 0; round < rounds; round++) {
      int[] cohort = cohorts.of(round);
      assertThat(cohort).hasSize(size);
      assertAscending(cohort);
      for (int client : cohort) {
        joined.get(client).add(round);
      }
    }
    int most = 0;
    for (List<Integer> mine : joined) {
      most = Math.max(most, mine.size());
      for (int i = 1; i < mine.size(); i++) {
        assertThat(mine.get(i) - mine.get(i - 1)).isGreaterThanOrEqualTo(promised.minSeparation());
      }
    }
    assertThat(most).isEqualTo(promised.maxParticipations());
  }

  @Test
  void participationLimited_limitsThatTheRunBreaks_areRefusedWithTheRemedy() {
    Sampling.ParticipationLimited sampling = new Sampling.ParticipationLimited(100, 4, 60);
    assertThat(sampling.refusal(6000, 240)).isEmpty();
    assertThat(sampling.refusal(6000, 241).orElseThrow())
        .contains("maxParticipations", "at most 240 rounds");
    assertThat(sampling.refusal(5900, 236).orElseThrow()).contains("minSeparation", "59", "60");
    assertThat(sampling.refusal(99, 1).orElseThrow()).contains("population of 99");
    assertThat(new Sampling.ParticipationLimited(100, 1, 1000).refusal(6000, 60)).isEmpty();
    assertThat(Sampling.ParticipationLimited.withRoundsBetween(100, 4, 59)).isEqualTo(sampling);
  }

  @Test
  void cappedPoisson_capsThatShrinkOrDoNothing_areRefused() {
    assertThatThrownBy(() -> new Sampling.CappedPoisson(20, 19))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxCohort must be at least");
    assertThat(new Sampling.CappedPoisson(20, 50).refusal(50, 1).orElseThrow())
        .contains("choose poisson");
  }

  /** Groups are fixed for the run, and each has its turn. */
  @Test
  void cyclicPoisson_everyRound_samplesItsOwnGroup() {
    Sampling.CyclicPoisson sampling = new Sampling.CyclicPoisson(100, 4);
    Sampling.Cohorts cohorts = sampling.cohorts(1002, Randomness.seeded(4));
    int total = 0;
    for (int round = 0; round < 400; round++) {
      int turn = round % 4;
      int[] cohort = cohorts.of(round);
      assertThat(Arrays.stream(cohort).allMatch(client -> client % 4 == turn)).isTrue();
      assertAscending(cohort);
      total += cohort.length;
    }
    assertThat(sampling.samplingProbability(1002)).isEqualTo(400 / 1002.0);
    // 400 · 250.5 coins of 400/1002: mean 40,000, standard deviation 155; six of them.
    assertThat((double) total).isCloseTo(40_000, within(6 * 155.0));
    assertThat(new Sampling.CyclicPoisson(251, 4).refusal(1002, 1).orElseThrow())
        .contains("population / groups = 250.5", "251");
  }

  private static void assertAscending(int[] cohort) {
    for (int i = 1; i < cohort.length; i++) {
      assertThat(cohort[i]).isGreaterThan(cohort[i - 1]);
    }
  }

  private static void count(int[] cohort, int[] times) {
    for (int client : cohort) {
      times[client]++;
    }
  }
}
