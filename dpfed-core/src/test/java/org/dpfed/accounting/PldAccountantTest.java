package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.stream.Stream;
import org.dpfed.accounting.pld.DirectIntegration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PldAccountantTest {
  private static final NeighbouringRelation ADD_OR_REMOVE = NeighbouringRelation.ADD_OR_REMOVE_ONE;

  private static PldAccountant poisson(double q, double z, long rounds) {
    return new PldAccountant(ADD_OR_REMOVE)
        .compose(new DpEvent.PoissonSampled(q, new DpEvent.Gaussian(z)), rounds);
  }

  static Stream<GoldenCase> pld() {
    return GoldenCase.ofGroup("pld");
  }

  @ParameterizedTest
  @MethodSource("pld")
  void epsilonBounds_goldenCase_encloseTheTruthWithinATenthOfAPerMille(GoldenCase golden) {
    PldAccountant.EpsilonBounds bounds =
        new PldAccountant(golden.relation())
            .compose(golden.event(), 1)
            .epsilonBounds(golden.number("delta"));
    double truth = golden.number("tight_epsilon");
    double uncertainty = golden.number("tight_epsilon_uncertainty") + 1e-9 * truth;

    assertThat(bounds.upper()).isBetween(truth - uncertainty, truth * 1.0001 + uncertainty);
    assertThat(bounds.lower()).isBetween(truth * 0.9999 - uncertainty, truth + uncertainty);
  }

  @ParameterizedTest
  @CsvSource({
    // The FFT's round-off makes other libraries answer 1.04900.
    "0.001746, 0.988, 193, 4.2e-12, 1.04934, 5e-6",
    // A spacing of 1e-4 gives 0.00835.
    "1e-6, 1, 100000, 1e-6, 0.00102, 1e-5"
  })
  void epsilon_whereOtherLibrariesAreWrong_isRight(
      double q, double z, long rounds, double delta, double truth, double halfLastDigit) {
    assertThat(poisson(q, z, rounds).epsilon(delta))
        .isBetween(truth - halfLastDigit, truth * 1.003 + halfLastDigit);
  }

  @ParameterizedTest
  @CsvSource({"0.1, 1, 1e-5", "0.5, 0.4, 1e-9", "0.001, 2, 1e-8"})
  void epsilon_oneComposition_isNotBelowDirectIntegration(double q, double z, double delta) {
    double exact = new DirectIntegration(q, z).oneStep(poisson(q, z, 1).epsilon(delta));

    // ε is within 1e-4 of itself, and δ falls by a factor e^(θ·ε) with θ·ε below 30 here.
    assertThat(exact).isLessThanOrEqualTo(delta).isCloseTo(delta, withinPercentage(0.3));
  }

  @ParameterizedTest
  @CsvSource({"0.1, 1, 1e-5", "0.5, 0.7, 1e-7"})
  void epsilon_twoCompositions_isNotBelowDirectIntegration(double q, double z, double delta) {
    double exact = new DirectIntegration(q, z).twoSteps(poisson(q, z, 2).epsilon(delta));

    // ε is within 1e-4 of itself, and δ falls by a factor e^(θ·ε) with θ·ε below 30 here.
    assertThat(exact).isLessThanOrEqualTo(delta).isCloseTo(delta, withinPercentage(0.3));
  }

  @ParameterizedTest
  @CsvSource({"0.3, 10", "1, 10", "50, 10", "0.3, 682", "0.3, 100000"})
  void epsilon_everyoneSampled_equalsAnalyticGaussian(double z, long rounds) {
    // Both are exact; the two multipliers differ by rounding.
    assertThat(poisson(1, z, rounds).epsilon(1e-6))
        .isCloseTo(
            new GaussianDp(Math.sqrt((double) rounds) / z).epsilon(1e-6), withinPercentage(1e-9));
  }

  @ParameterizedTest
  @CsvSource({"0.3, 1000, 1e-10, 6240.0349062", "50, 1, 1e-6, 0.0709770402"})
  void epsilon_fewLossesBesideOneGaussian_isRight(
      double z, long rounds, double delta, double truth) {
    // A density of N(0, σ²) times a ratio is 0 · ∞ here; that once came out as ε = 0.
    DpEvent sampled = new DpEvent.PoissonSampled(0.5, new DpEvent.Gaussian(1));
    DpEvent rare = new DpEvent.PoissonSampled(1e-6, new DpEvent.Gaussian(1));
    PldAccountant accountant =
        new PldAccountant(ADD_OR_REMOVE)
            .compose(new DpEvent.Gaussian(z), rounds)
            .compose(z < 1 ? sampled : rare, z < 1 ? 100 : 100_000);

    // Truths by numerical inversion of the loss's Laplace transform, good to 1e-8 of themselves.
    assertThat(accountant.epsilon(delta)).isBetween(truth * (1 - 1e-8), truth * 1.0003);
  }

  @Test
  void epsilon_lossEndsJustAboveTheWindow_isFinite() {
    // δ(0) is 6.39e-4 in both directions, by direct integration: ε is 0.
    assertThat(poisson(0.002039020879578892, 1.8431536941986808, 2).epsilon(7.8e-4)).isZero();
  }

  @Test
  void epsilonBounds_hardlyAnyNoise_enclosesAFiniteEpsilon() {
    PldAccountant accountant = poisson(0.3, 0.02, 3).compose(new DpEvent.Gaussian(0.03), 1);
    PldAccountant.EpsilonBounds bounds = accountant.epsilonBounds(1e-6);

    assertThat(bounds.lower()).isBetween(new GaussianDp(1 / 0.03).epsilon(1e-6), bounds.upper());
    assertThat(bounds.upper()).isLessThan(bounds.lower() * 1.001);
  }

  @Test
  void epsilon_heterogeneousRun_liesBetweenItsParts() {
    DpEvent gentle = new DpEvent.PoissonSampled(0.01, new DpEvent.Gaussian(1));
    DpEvent rough = new DpEvent.PoissonSampled(0.02, new DpEvent.Gaussian(0.8));
    double mixed =
        new PldAccountant(ADD_OR_REMOVE).compose(gentle, 500).compose(rough, 500).epsilon(1e-5);

    // The truth is 4.842100; the tolerance is what this accountant aims at.
    assertThat(mixed).isBetween(4.8421, 4.8421 * 1.0001);
  }

  @Test
  void delta_ofEpsilonOfDelta_isAtMostALittleOff() {
    PldAccountant accountant = poisson(0.01, 1, 1000);

    // Two lattices, each within 1e-4 of ε: times θ ≈ 5 that is at most 0.2 % of δ.
    assertThat(accountant.delta(accountant.epsilon(1e-5))).isCloseTo(1e-5, withinPercentage(0.2));
  }

  @ParameterizedTest
  @CsvSource({
    // Rare, large losses decide: these once came out as NaN, as 1, and 61 times too large. Truths
    // are bracketed by ε from both sides.
    "0.0001943274632578806, 0.7219518741428427, 523, 3.48640378e-10",
    "0.0021893476988066097, 0.8481817826673939, 924, 1.75891418e-10",
    "2.708951765123772e-6, 0.7671362218484262, 2506, 4.98130040e-12"
  })
  void delta_rareLargeLosses_isNearTheDeltaThatGaveEpsilon(
      double q, double z, long rounds, double delta) {
    PldAccountant accountant = poisson(q, z, rounds);
    PldAccountant.EpsilonBounds bounds = accountant.epsilonBounds(delta);

    assertThat(accountant.delta(bounds.lower())).isGreaterThanOrEqualTo(delta);
    assertThat(accountant.delta(bounds.upper())).isCloseTo(delta, withinPercentage(2));
    assertThat(accountant.delta(1.002 * bounds.upper())).isLessThan(1.01 * delta);
  }

  @Test
  void epsilonBounds_sampledBesideWideGaussian_encloseTheTruth() {
    // The lower bound once came out as 0.65746, hidden by taking no more than the upper one. Truth
    // by FFT of losses rounded up and down to 2e-6, without tilt: between 0.654723 and 0.654739.
    PldAccountant accountant =
        new PldAccountant(NeighbouringRelation.REPLACE_ONE)
            .compose(
                new DpEvent.PoissonSampled(
                    0.004076385479997805, new DpEvent.Gaussian(1.2027691197811534)),
                5)
            .compose(new DpEvent.Gaussian(33.82343227860803), 3);
    double delta = 1.1310380807111549e-11;
    PldAccountant.EpsilonBounds bounds = accountant.epsilonBounds(delta);

    assertThat(bounds.lower()).isBetween(0.6546, 0.654739);
    assertThat(bounds.upper()).isBetween(0.654723, 0.6548).isEqualTo(accountant.epsilon(delta));
  }

  @ParameterizedTest
  @CsvSource({"0.01, 1, 1000, 1e-100", "0.01, 1, 1000, 1e-300", "1e-6, 1, 2, 1e-8"})
  void epsilonBounds_tinyDeltaOrTinyQ_isTight(double q, double z, long rounds, double delta) {
    PldAccountant.EpsilonBounds bounds = poisson(q, z, rounds).epsilonBounds(delta);

    assertThat(bounds.lower()).isPositive();
    assertThat(bounds.upper()).isBetween(bounds.lower(), bounds.lower() * 1.001);
  }

  @Test
  void epsilon_randomisedResponseTenTimes_countsAllTen() {
    PldAccountant accountant =
        new PldAccountant(NeighbouringRelation.REPLACE_ONE)
            .compose(new DpEvent.ApproximateDp(1, 0), 10);
    double exact = new OptimalComposition(1, 0, 10).epsilonAt(1e-5);

    assertThat(accountant.epsilon(1e-5)).isBetween(exact * (1 - 1e-8), exact * 1.0001);
  }

  @Test
  void compose_discreteNoise_isRefusedNamingWhoHasABound() {
    DpEvent sum = new SkellamSum(new RoundedSum(1, 0.01, 0, 10), 1, 10);

    assertThatThrownBy(
            () ->
                new PldAccountant(ADD_OR_REMOVE)
                    .compose(new DpEvent.Composed(List.of(new DpEvent.Gaussian(1), sum))))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("SkellamSum")
        .hasMessageContaining("RDP");
  }
}
