package org.dpfed.accounting.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import org.dpfed.accounting.Participation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class TreeDecoderTest {
  /** Sums of at most 300 · 9 variances of order 1. */
  private static final double ROUNDING = 1e-9;

  @Test
  void variance_honaker_isTheGoldenOne() {
    JsonNode golden = GoldenStrategies.section("honakerVariance").get("values");
    for (int level = 0; level < golden.size(); level++) {
      assertThat(TreeDecoder.HONAKER.variance(level))
          .isCloseTo(golden.get(level).asDouble(), within(1e-15));
    }
  }

  @ParameterizedTest
  @EnumSource(TreeDecoder.class)
  void prefixVariances_everyNumberOfRounds_areThoseAddedOneByOne(TreeDecoder decoder) {
    double sum = 0;
    double largest = 0;
    for (int rounds = 1; rounds <= 300; rounds++) {
      double variance = 0;
      int level = 0;
      for (int left = rounds; left > 0; left /= 2) {
        variance += left % 2 * decoder.variance(level++);
      }
      sum += variance;
      largest = Math.max(largest, variance);
      assertThat(decoder.prefixVariance(rounds)).isCloseTo(variance, within(ROUNDING));
      assertThat(decoder.sumOfPrefixVariances(rounds)).isCloseTo(sum, within(ROUNDING));
      assertThat(decoder.largestPrefixVariance(rounds)).isCloseTo(largest, within(ROUNDING));
    }
    // Bits do not run out.
    assertThat(decoder.largestPrefixVariance(Integer.MAX_VALUE)).isBetween(15.0, 31.0);
  }

  @ParameterizedTest
  @CsvSource({"100, 7", "100, 8", "96, 8", "5, 8", "17, 1"})
  void restartedTrees_anyRounds_areThoseAddedOneByOne(int rounds, int treeRounds) {
    for (TreeDecoder decoder : TreeDecoder.values()) {
      for (boolean completed : new boolean[] {false, true}) {
        int top = 0;
        while (1 << top < treeRounds) {
          top++;
        }
        double ended = completed ? decoder.variance(top) : decoder.prefixVariance(treeRounds);
        double sum = 0;
        double largest = 0;
        for (int t = 1; t <= rounds; t++) {
          int before = (t - 1) / treeRounds;
          double variance = before * ended + decoder.prefixVariance(t - before * treeRounds);
          sum += variance;
          largest = Math.max(largest, variance);
        }
        Participation participation = new Participation(rounds, 2, 8);
        StrategyError error =
            completed
                ? StrategyError.completedTrees(participation, treeRounds, decoder)
                : StrategyError.restartedTrees(participation, treeRounds, decoder);
        assertThat(error.meanSquaredError()).isCloseTo(sum / rounds, within(ROUNDING));
        assertThat(error.maxSquaredError()).isCloseTo(largest, within(ROUNDING));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Three leaves of full trees of 8: 4 nodes each.
    "32, 3, 8, 8, false, 12",
    // A power of two is complete as it is.
    "32, 3, 8, 8, true, 12",
    // Two full trees of 7 and the rest of 2: 3 + 3 + 2, or 4 + 4 + 2.
    "16, 3, 7, 7, false, 8",
    "16, 3, 7, 7, true, 10",
    // All in one tree, which nothing follows.
    "7, 3, 7, 7, true, 3",
  })
  void restartedTrees_squaredSensitivity_addsTheLargestTrees(
      int rounds, int most, int separation, int treeRounds, boolean completed, double squared) {
    Participation participation = new Participation(rounds, most, separation);
    StrategyError error =
        completed
            ? StrategyError.completedTrees(participation, treeRounds, TreeDecoder.HONAKER)
            : StrategyError.restartedTrees(participation, treeRounds, TreeDecoder.HONAKER);
    assertThat(error.squaredSensitivity()).isEqualTo(squared);
  }

  /** A client in both halves of each tree of 8: 2·3 nodes below the root, 2² for the root. */
  @Test
  void restartedTrees_longerThanTheSeparation_countAllParticipationsInOne() {
    assertThat(
            StrategyError.restartedTrees(new Participation(16, 4, 4), 8, TreeDecoder.HONAKER)
                .squaredSensitivity())
        .isEqualTo(2 * (2 * 3 + 4));
  }

  @Test
  void restartedTrees_noRounds_areRefused() {
    assertThatThrownBy(
            () -> StrategyError.restartedTrees(Participation.once(9), 0, TreeDecoder.HONAKER))
        .hasMessageContaining("treeRounds must be at least 1, was 0");
  }

  @Test
  void completedTrees_longerThanTheSeparation_areRefused() {
    assertThatThrownBy(
            () ->
                StrategyError.completedTrees(
                    new Participation(100, 2, 10), 11, TreeDecoder.HONAKER))
        .hasMessageContaining("must be at most the separation of participations, 10, was 11");
  }
}
