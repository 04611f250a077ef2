package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one more draw of a round costs, against every way to take part. */
final class RoundAgainTest {
  private static final double Z = 2;

  /**
   * By the definition: of all participations that the rule allows, the largest move of one row of
   * C·x, with signs that add up.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void roundAgain_matrix_coversEveryRowAndParticipation(long seed) {
    Random random = new Random(seed);
    int rounds = 2 + random.nextInt(9);
    double[] coefficients = new double[1 + random.nextInt(rounds)];
    coefficients[0] = 1;
    for (int i = 1; i < coefficients.length; i++) {
      coefficients[i] = random.nextDouble() * 2 - 1;
    }
    Participation participation =
        new Participation(rounds, 1 + random.nextInt(4), 1 + random.nextInt(4));
    MatrixMechanism run = new MatrixMechanism(Z, ToeplitzStrategy.of(coefficients), participation);
    double covered = Z / run.roundAgain().noiseMultiplier();
    double worst = 0;
    for (List<Integer> joined : patterns(participation)) {
      for (int row = 0; row < rounds; row++) {
        double moved = 0;
        for (int round : joined) {
          int lag = row - round;
          moved += lag >= 0 && lag < coefficients.length ? Math.abs(coefficients[lag]) : 0;
        }
        worst = Math.max(worst, moved);
      }
    }
    assertThat(covered).as("seed %d, %s", seed, run).isGreaterThanOrEqualTo(worst);
  }

  /** Of the nodes that a round completes, every one, with all participations below it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void roundAgain_tree_coversEveryRoundAndParticipation(long seed) {
    Random random = new Random(seed);
    int rounds = 2 + random.nextInt(11);
    Participation participation =
        new Participation(rounds, 1 + random.nextInt(4), 1 + random.nextInt(4));
    double covered = Z / new TreeAggregation(Z, participation).roundAgain().noiseMultiplier();
    double restarted =
        Z
            / new RestartedTreeAggregation(
                    Z,
                    List.of(rounds),
                    participation.maxParticipations(),
                    participation.minSeparation())
                .roundAgain()
                .noiseMultiplier();
    double worst = 0;
    for (List<Integer> joined : patterns(participation)) {
      for (int round = 0; round < rounds; round++) {
        double squares = 0;
        for (int size = 1; (round + 1) % size == 0; size *= 2) {
          int first = round + 1 - size;
          int last = round;
          double below = joined.stream().filter(r -> r >= first && r <= last).count();
          squares += below * below;
        }
        worst = Math.max(worst, Math.sqrt(squares));
      }
    }
    assertThat(covered).isGreaterThanOrEqualTo(worst);
    assertThat(restarted).isGreaterThanOrEqualTo(worst);
  }

  private static List<List<Integer>> patterns(Participation participation) {
    List<List<Integer>> patterns = new ArrayList<>();
    for (int bits = 0; bits < 1 << participation.rounds(); bits++) {
      List<Integer> joined = new ArrayList<>();
      boolean isAllowed = Integer.bitCount(bits) <= participation.maxParticipations();
      for (int round = 0; round < participation.rounds(); round++) {
        if ((bits >>> round & 1) == 1) {
          int last =
              joined.isEmpty() ? -participation.minSeparation() : joined.get(joined.size() - 1);
          isAllowed &= round - last >= participation.minSeparation();
          joined.add(round);
        }
      }
      if (isAllowed) {
        patterns.add(joined);
      }
    }
    return patterns;
  }

  @Test
  void roundAgain_onceInTheRun_isOneGaussianOfThePlansNoise() {
    ToeplitzStrategy decaying = ToeplitzStrategy.of(1, 0.5, 0.25);
    assertThat(
            new MatrixMechanism(Z, decaying, Participation.once(9)).roundAgain().noiseMultiplier())
        .isCloseTo(Z, within(1e-12))
        .isLessThanOrEqualTo(Z);
    AmplifiedBandedMechanism banded = new AmplifiedBandedMechanism(Z, 2, 0.1, 9, 3);
    assertThat(banded.roundAgain().noiseMultiplier())
        .isCloseTo(1, within(1e-12))
        .isLessThanOrEqualTo(1);
  }

  /** A round with a cost of its own costs it again. */
  @Test
  void cost_roundsChargedAgain_composesRunAndRepetitions() {
    DpEvent round = new DpEvent.PoissonSampled(0.1, new DpEvent.Gaussian(Z));
    assertThat(planned(round).cost(new ChargedRounds(5, 2)))
        .isEqualTo(new DpEvent.SelfComposed(round, 7));
    MatrixMechanism run =
        new MatrixMechanism(Z, ToeplitzStrategy.of(1, 0.5), Participation.once(8));
    assertThat(planned(new DpEvent.RoundOf(run, 0)).cost(new ChargedRounds(5, 2)))
        .isEqualTo(
            new DpEvent.Composed(
                List.of(run.firstRounds(5), new DpEvent.SelfComposed(run.roundAgain(), 2))));
  }

  private static PlannedRun planned(DpEvent round) {
    return new PlannedRun("patient", 100, 8, NeighbouringRelation.ZERO_OUT, 1e-5, round);
  }

  @Test
  void and_roundsChargedBefore_countAgain() {
    ChargedRounds none = ChargedRounds.first(0);
    assertThat(none.and(0, 3)).isEqualTo(new ChargedRounds(3, 0));
    assertThat(none.and(0, 3).and(1, 2)).isEqualTo(new ChargedRounds(3, 1));
    assertThat(none.and(0, 3).and(1, 5)).isEqualTo(new ChargedRounds(5, 2));
    assertThat(none.and(0, 3).and(1, 5).total()).isEqualTo(7);
  }
}
