package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.numerics.BinomialTail;
import org.dpfed.accounting.numerics.CappedBinomial;
import org.dpfed.accounting.numerics.Normal;
import org.dpfed.accounting.pld.PrivacyLossComposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Capped Poisson sampling against attacks whose success is summed directly. */
class CappedPoissonTest {
  private static final double[] ANGLES = {0, 60, 90, 105, 150, 180};

  private static DpEvent capped(double q, long population, long cap, double z) {
    return new DpEvent.TruncatedPoissonSampled(q, population, cap, new DpEvent.Gaussian(z));
  }

  private static PrivacyLossComposition bound(
      CappedAttack attack, long population, NeighbouringRelation relation, Term.View view, int n) {
    return new PrivacyLossComposition(
        List.of(
            new PrivacyLossComposition.Step(
                new Term.TruncatedPoissonSample(attack.q(), population, attack.cap(), attack.z())
                    .profile(relation, view)
                    .orElseThrow(),
                n)));
  }

  /** A cell's masses are right to some 1e-14, and a test's success adds up a few thousand. */
  private static void holds(
      List<CappedAttack> attacks, long population, NeighbouringRelation relation) {
    List<CappedAttack.Outcomes> outcomes =
        attacks.stream().map(attack -> attack.outcomes(relation)).toList();
    for (Term.View view : Term.View.values()) {
      PrivacyLossComposition bound = bound(attacks.get(0), population, relation, view, 1);
      for (double epsilon : new double[] {0, 0.5, 1, 3, 40, 130}) {
        double most = bound.deltaAbove(epsilon);
        for (int i = 0; i < attacks.size(); i++) {
          CappedAttack.Outcomes seen =
              view == Term.View.WITH_CLIENT ? outcomes.get(i) : outcomes.get(i).swapped();
          assertThat(seen.delta(epsilon))
              .as("%s %s %s ε %s", attacks.get(i), relation, view, epsilon)
              .isLessThanOrEqualTo(most + 1e-11);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.3, 11, 4, 1",
    "0.5, 5, 1, 0.7",
    "0.2, 39, 8, 0.5",
    "0.2, 39, 8, 2",
    "0.05, 39, 3, 0.2",
    "0.9, 9, 5, 1",
    "1, 7, 3, 1",
    "0.01, 99, 1, 1",
    "0.4, 19, 12, 0.3",
    "0.3, 7, 2, 0.06"
  })
  void delta_oneRound_isAboveEveryAttack(double q, int others, int cap, double z) {
    List<CappedAttack> attacks = new ArrayList<>();
    for (double angle : ANGLES) {
      attacks.add(new CappedAttack(q, others, cap, z, angle, 0));
    }
    attacks.add(new CappedAttack(q, others, cap, z, 0, others / 2));
    attacks.add(new CappedAttack(q, others, cap, z, 0, others - 1));
    for (NeighbouringRelation relation : NeighbouringRelation.values()) {
      holds(attacks, others + 1, relation);
    }
  }

  @ParameterizedTest
  @CsvSource({"0.3, 20, 4, 1", "0.1, 60, 3, 0.5", "0.6, 12, 2, 1"})
  void delta_smallerPopulations_areCoveredByTheLargest(double q, int most, int cap, double z) {
    List<CappedAttack> attacks = new ArrayList<>();
    for (int others = 0; others < most; others += others < cap + 3 ? 1 : 4) {
      for (double angle : new double[] {0, 90, 180}) {
        attacks.add(new CappedAttack(q, others, cap, z, angle, 0));
      }
    }
    holds(attacks, most, NeighbouringRelation.ADD_OR_REMOVE_ONE);
  }

  @ParameterizedTest
  @EnumSource(NeighbouringRelation.class)
  void delta_eightRounds_isAboveTheComposedAttack(NeighbouringRelation relation) {
    for (double angle : new double[] {0, 90, 180}) {
      CappedAttack attack = new CappedAttack(0.2, 39, 10, 1, angle, 0);
      CappedAttack.Outcomes outcomes = attack.outcomes(relation);
      for (Term.View view : Term.View.values()) {
        CappedAttack.Outcomes seen = view == Term.View.WITH_CLIENT ? outcomes : outcomes.swapped();
        CappedAttack.Outcomes composed = seen.byLoss(0.02, 500).twice().twice().twice();
        PrivacyLossComposition bound = bound(attack, 40, relation, view, 8);
        for (double epsilon : new double[] {0, 1, 2, 4, 6}) {
          assertThat(composed.delta(epsilon))
              .as("%s %s ε %s", attack, view, epsilon)
              .isLessThanOrEqualTo(bound.deltaAbove(epsilon) + 1e-11);
        }
      }
    }
  }

  @Test
  void delta_alwaysCut_isReachedByAnAttack() {
    // All 30 of 40 others or more are drawn, nearly always: then the pair is that of one dataset,
    // in
    // which all others oppose the client. Cells an eighth of a deviation wide lose up to 0.2 %.
    CappedAttack attack = new CappedAttack(1, 39, 8, 1, 180, 0);
    for (NeighbouringRelation relation :
        List.of(NeighbouringRelation.ZERO_OUT, NeighbouringRelation.REPLACE_ONE)) {
      double reached = attack.outcomes(relation).delta(1);

      assertThat(bound(attack, 40, relation, Term.View.WITH_CLIENT, 1).deltaAbove(1))
          .isBetween(reached, reached * 1.005);
    }
  }

  @ParameterizedTest
  @CsvSource({"ZERO_OUT, 1.17", "ADD_OR_REMOVE_ONE, 1.28", "REPLACE_ONE, 1.14"})
  void epsilon_capNearTheMean_isWithinAFactorOfTheBestAttack(
      NeighbouringRelation relation, double factor) {
    // 1,000 clients, 60 at most of 50 expected, 200 rounds: others at a right angle are the
    // attacker's best, by FFT of its cells 4.8327, 4.8790 and 7.1965.
    double attacked =
        switch (relation) {
          case ZERO_OUT -> 4.8327;
          case ADD_OR_REMOVE_ONE -> 4.8790;
          case REPLACE_ONE -> 7.1965;
        };

    assertThat(
            new TightestAccountant(relation).compose(capped(0.05, 1000, 60, 1), 200).epsilon(1e-5))
        .isBetween(attacked, factor * attacked);
  }

  @ParameterizedTest
  @EnumSource(NeighbouringRelation.class)
  void epsilon_improbableCut_isThatOfPoissonToTheMassOfTheCut(NeighbouringRelation relation) {
    double cut = BinomialTail.atLeast(999, 0.05, 100);
    PrivacyAccountant poisson =
        new PldAccountant(relation)
            .compose(new DpEvent.PoissonSampled(0.05, new DpEvent.Gaussian(1)), 200);

    // A cut of 8.4e-11 a round. Two lattices differ by the 4e-5 of ε that each aims at.
    assertThat(new PldAccountant(relation).compose(capped(0.05, 1000, 100, 1), 200).epsilon(1e-5))
        .isBetween(
            poisson.epsilon(1e-5) * (1 - 1e-4), poisson.epsilon(1e-5 - 200 * cut) * (1 + 1e-4));
  }

  @ParameterizedTest
  @EnumSource(NeighbouringRelation.class)
  void delta_anyCap_isAtMostThatOfPoissonAndTheCut(NeighbouringRelation relation) {
    DpEvent poisson = new DpEvent.PoissonSampled(0.05, new DpEvent.Gaussian(1));
    for (int cap : new int[] {40, 55, 70, 85}) {
      double cut = CappedBinomial.of(0.05, 999, cap).cutHigh();
      for (double epsilon : new double[] {0.2, 1, 3}) {
        double plain = new PldAccountant(relation).compose(poisson, 1).delta(epsilon);

        // Again the two lattices.
        assertThat(
                new PldAccountant(relation).compose(capped(0.05, 1000, cap, 1), 1).delta(epsilon))
            .isLessThanOrEqualTo((plain + cut) * 1.001);
      }
    }
  }

  /** Also of the population that has one client more under add-or-remove-one. */
  @ParameterizedTest
  @EnumSource(NeighbouringRelation.class)
  void epsilon_capOfTheWholePopulation_isThatOfPoisson(NeighbouringRelation relation) {
    DpEvent poisson = new DpEvent.PoissonSampled(0.3, new DpEvent.Gaussian(2));

    assertThat(new TightestAccountant(relation).compose(capped(0.3, 50, 51, 2), 7).epsilon(1e-6))
        .isEqualTo(new TightestAccountant(relation).compose(poisson, 7).epsilon(1e-6));
    assertThat(new TightestAccountant(relation).compose(capped(1, 50, 51, 2), 7).epsilon(1e-6))
        .isEqualTo(
            new TightestAccountant(relation).compose(new DpEvent.Gaussian(2), 7).epsilon(1e-6));
  }

  @ParameterizedTest
  @EnumSource(NeighbouringRelation.class)
  void epsilon_byRenyiDivergences_isAboveThatByLosses(NeighbouringRelation relation) {
    DpEvent event = capped(0.05, 1000, 60, 1);
    double byLosses = new PldAccountant(relation).compose(event, 200).epsilon(1e-5);

    // The conversion of RDP costs this run some 14 %; twice that would be a wrong divergence.
    assertThat(
            new RdpAccountant(relation, RdpAccountant.defaultOrders())
                .compose(event, 200)
                .epsilon(1e-5))
        .isBetween(byLosses, 1.28 * byLosses);
  }

  @ParameterizedTest
  @CsvSource({"0.05, 999, 60", "0.05, 999, 50", "0.05, 999, 20", "0.7, 30, 25", "0.7, 30, 30"})
  void cappedBinomial_directSums_lieBetweenItsBounds(double q, int others, int cap) {
    double[] drawn = CappedAttack.binomial(others, q);
    double cut = 0;
    double taken = 0;
    for (int k = cap; k <= others; k++) {
      cut += drawn[k];
      taken += q * drawn[k] * cap / (k + 1);
    }
    CappedBinomial bounds = CappedBinomial.of(q, others, cap);

    // 1e-12 covers the direct sums' own round-off; 1e-8 what the bounds may lie apart.
    assertThat(cut).isBetween(bounds.cutLow() - 1e-12, bounds.cutHigh() + 1e-12);
    assertThat(taken).isBetween(bounds.takenLow() - 1e-12, bounds.takenHigh() + 1e-12);
    assertThat(bounds.cutHigh()).isCloseTo(bounds.cutLow(), within(1e-8));
    assertThat(bounds.last()).isCloseTo(drawn[cap - 1], withinPercentage(1e-6));
    assertThat(bounds.last()).isLessThanOrEqualTo(drawn[cap - 1] * (1 + 1e-12));
    assertThat(bounds.below() + bounds.last() + bounds.cutLow()).isGreaterThanOrEqualTo(1 - 1e-15);
  }

  @ParameterizedTest
  @CsvSource({
    // 40 digits, by summing the series.
    "1000000000, 0.5, 500100000, 1.270074179877283387e-10",
    "1000000000, 1e-6, 1200, 4.684108424588167172e-10",
    "1000, 0.05, 100, 8.410251084877327893e-11"
  })
  void binomialTail_manyTrials_isJustAboveTheTruth(long n, double p, long k, double truth) {
    assertThat(BinomialTail.atLeast(n, p, k))
        .isBetween(truth, truth * (1 + BinomialTail.RELATIVE_ERROR));
  }

  /**
   * The neighbour with one client more: 9 clients of which 8 are kept, the others opposed, so that
   * the sum is 2 clip norms off with chance 8/9. The best half-line by scanning.
   */
  @Test
  void delta_addOrRemoveOne_coversThePopulationWithOneClientMore() {
    double attack = 0;
    for (double t = -5; t < 5; t += 0.001) {
      double p = 8 / 9.0 * Normal.upperTail(t - 2) + 1 / 9.0 * Normal.upperTail(t);
      attack = Math.max(attack, p - Math.E * Normal.upperTail(t));
    }
    DpEvent event = new DpEvent.TruncatedPoissonSampled(1, 8, 8, new DpEvent.Gaussian(1));
    assertThat(attack).isGreaterThan(0.4);
    assertThat(new PldAccountant(NeighbouringRelation.ADD_OR_REMOVE_ONE).compose(event).delta(1))
        .isGreaterThanOrEqualTo(attack);
  }
}
