package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.accounting.pld.DirectIntegration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What must hold for every setting, over settings drawn from fixed seeds: 2,000 of them in every
 * build. The slow profile takes 100,000 where a setting costs some milliseconds; a PLD interval
 * with its neighbours costs some 50 ms, so there it takes 20,000, some ten minutes on two cores.
 */
class AccountingPropertiesTest {
  private static final int SETTINGS = 2_000;
  private static final int STRESS = 100_000;
  private static final int PLD_STRESS = 20_000;

  private static final NeighbouringRelation RELATION = NeighbouringRelation.ADD_OR_REMOVE_ONE;

  /** Rounding of sums and of one bisection, against 1 where ε is small. */
  private static double rounding(double epsilon) {
    return 1e-9 * (1 + epsilon);
  }

  /** One random run. */
  private record Setting(double q, double z, long rounds, double delta) {
    /** Sampling probability, noise, rounds and δ over all that is ordinary. */
    static Setting ordinary(SplittableRandom random) {
      return new Setting(
          Math.pow(10, -4 * random.nextDouble()),
          0.4 * Math.pow(25, random.nextDouble()),
          (long) Math.pow(10, 4 * random.nextDouble()),
          Math.pow(10, -3 - 7 * random.nextDouble()));
    }

    /** The same over all that somebody may ask for. */
    static Setting extreme(SplittableRandom random) {
      return new Setting(
          Math.pow(10, -6 * random.nextDouble()),
          0.3 * Math.pow(167, random.nextDouble()),
          (long) Math.pow(10, 5 * random.nextDouble()),
          Math.pow(10, -3 - 9 * random.nextDouble()));
    }

    Setting withQ(double other) {
      return new Setting(other, z, rounds, delta);
    }

    Setting withZ(double other) {
      return new Setting(q, other, rounds, delta);
    }

    Setting withRounds(long other) {
      return new Setting(q, z, other, delta);
    }

    Setting withDelta(double other) {
      return new Setting(q, z, rounds, other);
    }

    DpEvent round() {
      return new DpEvent.PoissonSampled(q, new DpEvent.Gaussian(z));
    }

    RdpAccountant rdp() {
      return new RdpAccountant(RELATION, RdpAccountant.defaultOrders()).compose(round(), rounds);
    }

    PldAccountant pld() {
      return new PldAccountant(RELATION).compose(round(), rounds);
    }

    double rdpEpsilon() {
      return rdp().epsilon(delta);
    }

    double pldEpsilon() {
      return pld().epsilon(delta);
    }

    /**
     * How far a PLD answer may be above the truth: 0.1 %. Where a client takes part less than once
     * or so, one rare, large loss decides, and 0.001 is added.
     */
    double looseness(double epsilon) {
      return 1e-3 * epsilon + (q * rounds > 1 ? 1e-12 : 1e-3);
    }
  }

  /** Checks a property on settings drawn in order from a seed, on all cores. */
  private static void forAll(
      long seed,
      int settings,
      Function<SplittableRandom, Setting> draw,
      Consumer<Setting> property) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Setting> drawn = Stream.generate(() -> draw.apply(random)).limit(settings).toList();
    IntStream.range(0, settings)
        .parallel()
        .forEach(
            i -> {
              try {
                property.accept(drawn.get(i));
              } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ", " + i + ": " + drawn.get(i), e);
              }
            });
  }

  @Test
  void rdp_2000Settings_risesAndFallsAsItMustAndInverts() {
    forAll(1, SETTINGS, Setting::ordinary, AccountingPropertiesTest::rdpIsMonotone);
    forAll(2, SETTINGS, Setting::extreme, AccountingPropertiesTest::rdpIsMonotone);
  }

  @Tag("slow")
  @Test
  void rdp_100000Settings_risesAndFallsAsItMustAndInverts() {
    forAll(1, STRESS, Setting::ordinary, AccountingPropertiesTest::rdpIsMonotone);
    forAll(2, STRESS, Setting::extreme, AccountingPropertiesTest::rdpIsMonotone);
  }

  private static void rdpIsMonotone(Setting s) {
    double epsilon = s.rdpEpsilon();
    double slack = rounding(epsilon);
    assertThat(s.withZ(s.z * 1.01).rdpEpsilon()).isLessThanOrEqualTo(epsilon + slack);
    assertThat(s.withQ(s.q / 1.01).rdpEpsilon()).isLessThanOrEqualTo(epsilon + slack);
    assertThat(s.withRounds(s.rounds + 1).rdpEpsilon()).isGreaterThanOrEqualTo(epsilon - slack);
    assertThat(s.withDelta(s.delta / 1.01).rdpEpsilon()).isGreaterThanOrEqualTo(epsilon - slack);
    if (epsilon > 0) {
      // ε is rounded once, and δ falls by a factor e^((α − 1)·ε) with (α − 1)·ε below 1e6.
      assertThat(s.rdp().delta(epsilon)).isCloseTo(s.delta, withinPercentage(1e-6));
    }
  }

  @Test
  void pld_2000Settings_isTightInvertsAndIsBelowRdp() {
    forAll(3, SETTINGS, Setting::ordinary, AccountingPropertiesTest::pldIsTight);
  }

  @Tag("slow")
  @Test
  void pld_20000Settings_isTightInvertsAndIsBelowRdp() {
    forAll(3, PLD_STRESS, Setting::ordinary, AccountingPropertiesTest::pldIsTight);
  }

  private static void pldIsTight(Setting s) {
    PldAccountant.EpsilonBounds bounds = s.pld().epsilonBounds(s.delta);
    assertThat(bounds.upper()).isLessThanOrEqualTo(bounds.lower() + s.looseness(bounds.upper()));
    // δ at a bound of ε from below is no less than this δ, and near a bound from above no more.
    assertThat(s.pld().delta(bounds.upper() + s.looseness(bounds.upper())))
        .isLessThanOrEqualTo(s.delta);
    pldIsSound(s, bounds);
  }

  @Test
  void pld_200ExtremeSettings_isSoundAndBelowRdp() {
    forAll(8, SETTINGS / 10, Setting::extreme, AccountingPropertiesTest::pldIsSound);
  }

  @Tag("slow")
  @Test
  void pld_5000ExtremeSettings_isSoundAndBelowRdp() {
    forAll(8, PLD_STRESS / 4, Setting::extreme, AccountingPropertiesTest::pldIsSound);
  }

  private static void pldIsSound(Setting s) {
    pldIsSound(s, s.pld().epsilonBounds(s.delta));
  }

  private static void pldIsSound(Setting s, PldAccountant.EpsilonBounds bounds) {
    // The interval would be widened if its ends crossed.
    assertThat(bounds.upper()).isEqualTo(s.pldEpsilon());
    assertThat(bounds.upper()).isLessThanOrEqualTo(s.rdpEpsilon() * (1 + 1e-4) + 1e-9);
    if (bounds.lower() > 0) {
      assertThat(s.pld().delta(bounds.lower())).isGreaterThanOrEqualTo(s.delta * (1 - 1e-9));
    }
  }

  @Test
  void pld_2000Settings_risesAndFallsAsItMust() {
    forAll(4, SETTINGS, Setting::ordinary, AccountingPropertiesTest::pldIsMonotone);
  }

  @Tag("slow")
  @Test
  void pld_20000Settings_risesAndFallsAsItMust() {
    forAll(4, PLD_STRESS, Setting::ordinary, AccountingPropertiesTest::pldIsMonotone);
  }

  /** Neighbouring settings differ by 5 %, and every answer by at most its looseness. */
  private static void pldIsMonotone(Setting s) {
    double epsilon = s.pldEpsilon();
    double least = epsilon - s.looseness(epsilon);
    assertThat(s.withZ(s.z * 0.95).pldEpsilon()).isGreaterThanOrEqualTo(least);
    assertThat(s.withQ(Math.min(1, s.q * 1.05)).pldEpsilon()).isGreaterThanOrEqualTo(least);
    assertThat(s.withRounds(s.rounds + s.rounds / 20 + 1).pldEpsilon())
        .isGreaterThanOrEqualTo(least);
    assertThat(s.withDelta(s.delta / 1.05).pldEpsilon()).isGreaterThanOrEqualTo(least);
  }

  @Test
  void pld_oneAndTwoRounds2000Settings_isNeverBelowDirectIntegration() {
    forAll(5, SETTINGS, Setting::ordinary, AccountingPropertiesTest::pldIsNotBelowIntegration);
  }

  @Tag("slow")
  @Test
  void pld_oneAndTwoRounds100000Settings_isNeverBelowDirectIntegration() {
    forAll(5, STRESS, Setting::ordinary, AccountingPropertiesTest::pldIsNotBelowIntegration);
  }

  private static void pldIsNotBelowIntegration(Setting s) {
    DirectIntegration direct = new DirectIntegration(s.q, s.z);
    // δ is a difference of two probabilities below 1, each right to some 1e-15.
    double most = s.delta * 1.000001 + 1e-15;
    assertThat(direct.oneStep(s.withRounds(1).pldEpsilon())).isLessThanOrEqualTo(most);
    assertThat(direct.twoSteps(s.withRounds(2).pldEpsilon())).isLessThanOrEqualTo(most);
  }

  @Test
  void pld_everyoneSampled2000Settings_equalsAnalyticGaussian() {
    forAll(6, SETTINGS, Setting::extreme, AccountingPropertiesTest::pldOfAllIsAnalytic);
  }

  @Tag("slow")
  @Test
  void pld_everyoneSampled100000Settings_equalsAnalyticGaussian() {
    forAll(6, STRESS, Setting::extreme, AccountingPropertiesTest::pldOfAllIsAnalytic);
  }

  private static void pldOfAllIsAnalytic(Setting s) {
    double exact = new GaussianDp(Math.sqrt((double) s.rounds) / s.z).epsilon(s.delta);
    // The multipliers differ by rounding.
    assertThat(s.withQ(1).pldEpsilon()).isCloseTo(exact, within(rounding(exact)));
  }

  @Test
  void compose_nTimes2000Settings_equalsNSingleCompositions() {
    forAll(7, SETTINGS, Setting::ordinary, AccountingPropertiesTest::roundsAddUp);
  }

  @Tag("slow")
  @Test
  void compose_nTimes20000Settings_equalsNSingleCompositions() {
    forAll(7, PLD_STRESS, Setting::ordinary, AccountingPropertiesTest::roundsAddUp);
  }

  /** Rounds composed one by one merge; rounds that differ by rounding do not, and must agree. */
  private static void roundsAddUp(Setting drawn) {
    Setting s = drawn.withRounds(2 + drawn.rounds % 2);
    PldAccountant merged = new PldAccountant(RELATION);
    PldAccountant apart = new PldAccountant(RELATION);
    RdpAccountant rdpApart = new RdpAccountant(RELATION, RdpAccountant.defaultOrders());
    for (int n = 0; n < s.rounds; n++) {
      DpEvent other = s.withQ(s.q * (1 - n * 1e-12)).round();
      merged = merged.compose(s.round(), 1);
      apart = apart.compose(other, 1);
      rdpApart = rdpApart.compose(other, 1);
    }
    double rdp = s.rdpEpsilon();
    PldAccountant.EpsilonBounds bounds = s.pld().epsilonBounds(s.delta);
    double upper = apart.epsilon(s.delta);

    assertThat(merged.epsilon(s.delta)).isEqualTo(bounds.upper());
    assertThat(rdpApart.epsilon(s.delta)).isCloseTo(rdp, within(rounding(rdp)));
    assertThat(upper)
        .isBetween(bounds.lower() - rounding(upper), bounds.upper() + s.looseness(upper));
  }
}
