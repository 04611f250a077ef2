package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.dpfed.dl4j.PredictionSummary.RocPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RocAucTest {
  @Test
  void metric_allScoresEqual_isOneHalfInAnyOrder() {
    RocAuc positivesFirst = new RocAuc();
    RocAuc negativesFirst = new RocAuc();
    for (int i = 0; i < 20; i++) {
      positivesFirst.add(0.7f, i < 10);
      negativesFirst.add(0.7f, i >= 10);
    }
    assertThat(positivesFirst.metric().value()).hasValue(0.5);
    assertThat(negativesFirst.metric().value()).hasValue(0.5);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 1000})
  void metric_randomScores_isTheShareOfPairsInOrder(int levels) {
    SplittableRandom random = new SplittableRandom(levels);
    int n = 300;
    float[] scores = new float[n];
    boolean[] positive = new boolean[n];
    RocAuc auc = new RocAuc();
    for (int i = 0; i < n; i++) {
      scores[i] = random.nextInt(levels) / (float) levels;
      positive[i] = random.nextInt(3) == 0;
      auc.add(scores[i], positive[i]);
    }
    double wins = 0;
    long pairs = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        if (positive[i] && !positive[j]) {
          pairs++;
          wins += scores[i] > scores[j] ? 1 : scores[i] == scores[j] ? 0.5 : 0;
        }
      }
    }
    // Both sums are exact: halves far below 2^52. Two divisions against one: a few ulps.
    assertThat(auc.metric().value().orElseThrow()).isCloseTo(wins / pairs, within(1e-15));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 100})
  void curve_randomScores_hasTheAreaOfTheMetric(int levels) {
    SplittableRandom random = new SplittableRandom(levels);
    RocAuc auc = new RocAuc();
    for (int i = 0; i < 3000; i++) {
      auc.add(random.nextInt(levels) / (float) levels, random.nextInt(3) == 0);
    }
    List<RocPoint> curve = auc.curve();
    assertThat(curve.get(0)).isEqualTo(new RocPoint(0, 0));
    assertThat(curve.get(curve.size() - 1)).isEqualTo(new RocPoint(1, 1));
    double area = 0;
    for (int i = 1; i < curve.size(); i++) {
      RocPoint from = curve.get(i - 1);
      RocPoint to = curve.get(i);
      assertThat(to.truePositiveRate()).isGreaterThanOrEqualTo(from.truePositiveRate());
      area +=
          (to.falsePositiveRate() - from.falsePositiveRate())
              * (to.truePositiveRate() + from.truePositiveRate())
              / 2;
    }
    // Some hundred terms below 1, each rounded to 2^-53.
    assertThat(area).isCloseTo(auc.metric().value().orElseThrow(), within(1e-13));
  }

  @Test
  void curve_moreScoresThanShown_isThinnedToItsEnds() {
    RocAuc auc = new RocAuc();
    for (int i = 0; i < 5000; i++) {
      auc.add(i, i % 2 == 0);
    }
    assertThat(auc.curve())
        .hasSize(201)
        .startsWith(new RocPoint(0, 0))
        .endsWith(new RocPoint(1, 1));
  }

  @Test
  void metric_oneClass_isAbsentWithTheReason() {
    RocAuc auc = new RocAuc();
    auc.add(0.1f, true);
    auc.add(0.9f, true);
    assertThat(auc.metric().value()).isEmpty();
    assertThat(auc.metric().absence()).contains("one class");
    assertThat(auc.curve()).isEmpty();
  }
}
