package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SensitivityTest {
  static Stream<GoldenCase> trees() {
    return GoldenCase.ofGroup("tree_aggregation");
  }

  @ParameterizedTest
  @MethodSource("trees")
  void squaredSensitivity_goldenTree_isExact(GoldenCase golden) {
    DpEvent event = golden.event();
    long squared =
        event instanceof TreeAggregation tree
            ? tree.squaredSensitivity()
            : ((RestartedTreeAggregation) event).squaredSensitivity();

    assertThat((double) squared).isEqualTo(golden.number("sensitivity_squared"));
  }

  static Stream<GoldenCase> matrices() {
    return GoldenCase.ofGroup("matrix_factorization")
        .filter(golden -> golden.has("expected_sensitivity"));
  }

  @ParameterizedTest
  @MethodSource("matrices")
  void sensitivity_goldenMatrix_isExact(GoldenCase golden) {
    // Sums of at most a few hundred rounded products.
    assertThat(((MatrixMechanism) golden.event(1)).sensitivity())
        .isCloseTo(golden.number("expected_sensitivity"), within(1e-12));
  }

  @Test
  void squaredSensitivity_everySmallTree_equalsBruteForce() {
    for (int rounds = 1; rounds <= 14; rounds++) {
      for (int most = 1; most <= 14; most += most < 4 ? 1 : 5) {
        for (int separation = 1; separation <= 5; separation++) {
          Participation participation = new Participation(rounds, most, separation);
          assertThat(new TreeAggregation(1, participation).squaredSensitivity())
              .as(participation.toString())
              .isEqualTo(bruteForce(participation));
        }
      }
    }
  }

  /** One more than the largest int once made the sensitivity 0, and with it epsilon. */
  @Test
  void squaredSensitivity_tooManyParticipations_isRefused() {
    int most = Integer.MAX_VALUE;
    TreeAggregation tree = new TreeAggregation(1, new Participation(most, most, 1));
    assertThatThrownBy(tree::squaredSensitivity)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("at most 1000000 participations of one client, was 2147483647");
    // Where the separation leaves room for few, any number may be named: 3 leaves far apart.
    TreeAggregation few = new TreeAggregation(1, new Participation(1 << 20, most, 1 << 19));
    assertThat(few.squaredSensitivity()).isEqualTo(2 * 20 + 4);
  }

  @ParameterizedTest
  @CsvSource({"40, 20, 2, 544", "63, 18, 3, 321", "64, 22, 3, 988", "64, 17, 3, 653"})
  void squaredSensitivity_manyParticipationsFarApart_isExact(
      int rounds, int most, int separation, long exact) {
    // By a table over every (participations, first, last), which no choice is dropped from.
    assertThat(
            new TreeAggregation(1, new Participation(rounds, most, separation))
                .squaredSensitivity())
        .isEqualTo(exact);
  }

  @ParameterizedTest
  @CsvSource({"1000000, 5000, 1", "1000000, 1000000, 1", "100000, 50000, 2"})
  void squaredSensitivity_tooManyWaysToTakePart_isBoundedOnBothSides(
      int rounds, int most, int separation) {
    long squared =
        new TreeAggregation(1, new Participation(rounds, most, separation)).squaredSensitivity();
    // One way to take part: the first rounds, as close as allowed, node by node.
    double reached = 0;
    double cap = 0;
    for (long size = 1; size <= rounds; size *= 2) {
      for (long start = 0; start + size <= rounds; start += size) {
        long count =
            Math.min(most, (start + size - 1) / separation + 1)
                - Math.min(most, (start + separation - 1) / separation);
        reached += (double) count * count;
      }
      cap += (double) most * Math.min(most, (size - 1) / separation + 1);
    }

    assertThat((double) squared).isBetween(reached, cap);
  }

  @ParameterizedTest
  @CsvSource({"20000, 20000, 1", "100000, 10, 100"})
  void sensitivity_tooLongForASearch_isAnUpperBoundCloseToOnePattern(
      int rounds, int most, int separation) {
    ToeplitzStrategy strategy = ToeplitzStrategy.of(1, -0.5, 0.25);
    double sensitivity = strategy.sensitivity(new Participation(rounds, most, separation));
    // Contributions of alternating signs, or apart from each other: columns add up in each row.
    double perRow = separation == 1 ? 1.75 * 1.75 : 1 + 0.25 + 0.0625;
    double pattern = Math.sqrt((most - 2) * perRow);

    // Three columns share a row at most: Cauchy–Schwarz costs up to a factor 3 of the square.
    assertThat(sensitivity).isBetween(pattern, pattern * Math.sqrt(3));
  }

  @Test
  void earliestByWindows_anyParticipation_isTheSumOverColumns() {
    for (int rounds = 1; rounds <= 40; rounds += 3) {
      for (int most = 1; most <= 12; most++) {
        for (int separation = 1; separation <= 9; separation += 2) {
          for (int bands : new int[] {1, 5, 40}) {
            double[] coefficients = new double[bands];
            for (int i = 0; i < bands; i++) {
              coefficients[i] = 1 / Math.sqrt(1.0 + i);
            }
            ToeplitzSensitivity sensitivity =
                new ToeplitzSensitivity(
                    ToeplitzStrategy.of(coefficients), new Participation(rounds, most, separation));
            double columns = sensitivity.earliest();
            // Sums of at most 12 and of at most 40 positive terms.
            assertThat(sensitivity.earliestByWindows())
                .as("%d rounds, %d most, %d apart, %d bands", rounds, most, separation, bands)
                .isCloseTo(columns, within(1e-13 * columns));
          }
        }
      }
    }
  }

  /** All of many rounds, where a bound would be as many times too large as columns overlap. */
  @Test
  void sensitivity_manyOverlappingColumns_isExact() {
    int rounds = 100_000;
    double[] coefficients = new double[rounds];
    Arrays.fill(coefficients, 1);
    double squared = rounds * (rounds + 1.0) * (2.0 * rounds + 1) / 6;
    assertThat(ToeplitzStrategy.of(coefficients).sensitivity(new Participation(rounds, rounds, 1)))
        .isCloseTo(Math.sqrt(squared), within(1e-10 * Math.sqrt(squared)));
  }

  @Test
  void guarantee_treeAndMatrix_stateTheParticipationTheyRestOn() {
    Participation participation = Participation.withRoundsBetween(2000, 6, 313);
    PrivacyAccountant accountant =
        new TightestAccountant(NeighbouringRelation.ZERO_OUT)
            .compose(new TreeAggregation(7, participation));

    assertThat(accountant.guarantee(1e-10, "phone").assumptions())
        .contains("no client joins more than 6 rounds, whose indices differ by at least 314");
  }

  @Test
  void squaredSensitivity_restartedTree_isTheGoldenValue() {
    // Golden values of correlated noise, n = 2000, k = 6, b = 313: "tree restarted every 313
    // rounds" has sens2 54, a client in 6 of 7 trees once each with 9 nodes per leaf.
    List<Integer> trees = List.of(313, 313, 313, 313, 313, 313, 122);

    assertThat(RestartedTreeAggregation.oncePerTree(1, trees, 6).squaredSensitivity())
        .isEqualTo(54);
    assertThat(new RestartedTreeAggregation(1, trees, 6, 313).squaredSensitivity()).isEqualTo(54);
    assertThat(new RestartedTreeAggregation(1, trees).squaredSensitivity()).isEqualTo(54 + 7);
    // Two in each of three trees: both below the node of 256 rounds, in 8 smaller ones each.
    assertThat(new RestartedTreeAggregation(1, trees, 6, 250).squaredSensitivity())
        .isEqualTo(3 * (8 + 8 + 4));
  }

  @Test
  void squaredSensitivity_smallRestartedTrees_equalBruteForce() {
    for (List<Integer> trees :
        List.of(List.of(5, 8), List.of(1, 1, 4, 7), List.of(13), List.of(4, 4, 4), List.of(2, 9))) {
      for (int most : new int[] {1, 2, 3, 4, 7, 100}) {
        for (int separation : new int[] {1, 2, 3, 5, 20}) {
          assertThat(new RestartedTreeAggregation(1, trees, most, separation).squaredSensitivity())
              .as("%s %s %s", trees, most, separation)
              .isEqualTo(bruteForce(trees, most, separation));
        }
      }
    }
  }

  @Test
  void squaredSensitivity_restartedTreesWithManyParticipations_isBoundedFromAbove() {
    List<Integer> trees = List.of(4096, 4096);
    // All participations in the first rounds of one tree: the nodes hold 64, 32, 16 and so on.
    long reached = new TreeAggregation(1, new Participation(4096, 64, 1)).squaredSensitivity();

    assertThat(new RestartedTreeAggregation(1, trees, 64, 1).squaredSensitivity())
        .isBetween(reached, 64L * 64 * 13);
    assertThatThrownBy(
            () -> new RestartedTreeAggregation(1, List.of(5_000_000), 2_000_000, 1).sensitivity())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("at most 1000000 participations of one client, was 2000000");
  }

  @Test
  void participationRule_restartedTree_saysWhatTheSensitivityRestsOn() {
    List<Integer> trees = List.of(8, 8, 8);

    assertThat(new RestartedTreeAggregation(1, trees).participationRule())
        .isEqualTo("no client joins more than one round of each tree");
    assertThat(RestartedTreeAggregation.oncePerTree(1, trees, 2).participationRule())
        .isEqualTo("no client joins more than one round of each tree, nor more than 2 rounds");
    assertThat(RestartedTreeAggregation.oncePerTree(1, trees, 1).participationRule())
        .isEqualTo("no client joins more than one round");
    assertThat(new RestartedTreeAggregation(1, trees, 100, 4).participationRule())
        .isEqualTo(
            "no client joins more than 6 rounds, whose indices differ by at least 4 within a tree");
  }

  /** All patterns, all complete nodes. */
  private static long bruteForce(Participation participation) {
    return bruteForce(
        List.of(participation.rounds()),
        participation.maxParticipations(),
        participation.minSeparation());
  }

  /** The same over several trees, with the separation within each. */
  private static long bruteForce(List<Integer> trees, int most, int separation) {
    int rounds = trees.stream().mapToInt(Integer::intValue).sum();
    long best = 0;
    for (int pattern = 1; pattern < 1 << rounds; pattern++) {
      if (Integer.bitCount(pattern) <= most) {
        best = Math.max(best, nodes(pattern, trees, separation));
      }
    }
    return best;
  }

  /** The sum over all complete nodes, 0 where two rounds of a tree are too close. */
  private static long nodes(int pattern, List<Integer> trees, int separation) {
    long sum = 0;
    int first = 0;
    for (int rounds : trees) {
      int tree = pattern >> first & ((1 << rounds) - 1);
      if (!allowed(tree, separation)) {
        return 0;
      }
      for (int size = 1; size <= rounds; size *= 2) {
        for (int start = 0; start + size <= rounds; start += size) {
          long count = Integer.bitCount(tree >> start & ((1 << size) - 1));
          sum += count * count;
        }
      }
      first += rounds;
    }
    return sum;
  }

  private static boolean allowed(int pattern, int separation) {
    for (int gap = 1; gap < Math.min(separation, Integer.SIZE); gap++) {
      if ((pattern & pattern >> gap) != 0) {
        return false;
      }
    }
    return true;
  }
}
