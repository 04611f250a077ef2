package org.dpfed.data.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.dpfed.data.LabelledData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelSkewTest {
  private static final int SIZE = 40_000;

  /**
   * Two balanced classes, two examples a client: p ~ Beta(α/2, α/2), so that both examples are of
   * one class with probability 1 − 2·E[p(1 − p)] = (α + 2) / (2(α + 1)). Over the first 10,000 of
   * 20,000 clients, before any class can run out, the share has a standard error of at most 0.5 /
   * √10,000 = 0.005; at 5 of them a right deal fails less than once in a million. An α wrong by a
   * factor of 2 moves the share by at least 0.044 (from 0.25 to 0.125, from 4 to 8), beyond the
   * 0.025 allowed.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.25, 1, 4})
  void dirichlet_pairsOfOneClass_areAsFrequentAsTheTheorySays(double alpha) {
    Partition partition = new Dirichlet(2, alpha, 11).partition(Rows.numbered(SIZE, 2), "client");

    double share = pairsOfOneClass(partition, 10_000);

    assertThat(share).isBetween(expected(alpha) - 0.025, expected(alpha) + 0.025);
    assertThat(Math.abs(expected(alpha / 2) - expected(alpha))).isGreaterThan(0.025);
    assertThat(Math.abs(expected(2 * alpha) - expected(alpha))).isGreaterThan(0.025);
  }

  /**
   * Classes of 90 and 10 %: the mean proportion is the class's share. One client's two examples
   * have a mean of variance 0.09 · (1 + 1/(1 + α)) / 2 = 0.0675 at α = 1, so that 10,000 clients
   * have a standard error of 0.0026; 5 of them are 0.013. A symmetric prior would give a half.
   */
  @Test
  void dirichlet_unbalancedClasses_areDrawnInProportion() {
    int[] labels = IntStream.range(0, SIZE).map(row -> row % 10 == 0 ? 1 : 0).toArray();
    Partition partition = new Dirichlet(2, 1, 11).partition(Rows.labelled(labels, 2), "client");

    long ofFirst =
        IntStream.range(0, 10_000)
            .flatMap(id -> Arrays.stream(partition.rows(id)))
            .filter(row -> labels[row] == 0)
            .count();

    assertThat(ofFirst / 20_000.0).isBetween(0.887, 0.913);
  }

  @Test
  void dirichlet_smallestAlpha_givesEachClientOneClass() {
    LabelledData data = Rows.numbered(SIZE, 4);
    Partition partition = new Dirichlet(10, 1e-9, 3).partition(data, "client");

    // A class of 10,000 rows is 1,000 clients: none has run out among the first 1,000.
    for (int id = 0; id < 1000; id++) {
      assertThat(Arrays.stream(partition.rows(id)).map(data::label).distinct().count())
          .isEqualTo(1);
    }
  }

  /** McMahan et al. deal 2 shards of 300: 100 clients of 600 with at most 2 labels each. */
  @Test
  void shards_mcMahansSizes_giveEachClientAtMostTwoLabels() {
    LabelledData data = Rows.numbered(60_000, 10);
    Partition partition = new Shards(600, 2, 1).partition(data, "client");

    assertThat(partition.population()).isEqualTo(100);
    for (int id = 0; id < 100; id++) {
      assertThat(partition.examples(id)).isEqualTo(600);
      assertThat(Arrays.stream(partition.rows(id)).map(data::label).distinct().count())
          .isBetween(1L, 2L);
    }
    // Dealt, not in a row: under the first deal of sorted shards every client would have one label.
    assertThat(
            IntStream.range(0, 100)
                .filter(
                    id ->
                        Arrays.stream(partition.rows(id)).map(data::label).distinct().count() == 2)
                .count())
        .isGreaterThan(50);
  }

  private static double pairsOfOneClass(Partition partition, int clients) {
    LabelledData data = partition.data();
    long same =
        IntStream.range(0, clients)
            .mapToObj(partition::rows)
            .filter(rows -> data.label(rows[0]) == data.label(rows[1]))
            .count();
    return (double) same / clients;
  }

  private static double expected(double alpha) {
    return (alpha + 2) / (2 * (alpha + 1));
  }
}
