package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalPrivacyTest {
  @Test
  void localNoise_oneRound_statesBothGuarantees() {
    LocalNoise noise = new LocalNoise(10, 1000, 1);
    Guarantee local = noise.local(1e-6, "patient");
    Guarantee central = noise.central(1e-6, "patient", NeighbouringRelation.REPLACE_ONE);

    assertThat(local.relation()).isEqualTo(NeighbouringRelation.REPLACE_ONE);
    // Two clip norms over a standard deviation of ten.
    assertThat(local.epsilon()).isEqualTo(new GaussianDp(0.2).epsilon(1e-6));
    assertThat(central.epsilon())
        .isCloseTo(new GaussianDp(0.2 / Math.sqrt(1000)).epsilon(1e-6), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"0.1, 100, 1e-6", "1, 10, 1e-3", "0.5, 50, 1e-5"})
  void optimalComposition_anyTarget_isTheInverseOfItsDelta(
      double epsilon, long count, double delta) {
    OptimalComposition runs = new OptimalComposition(epsilon, 0, count);
    double total = runs.epsilonAt(delta);

    assertThat(runs.deltaAt(total)).isLessThanOrEqualTo(delta);
    assertThat(runs.deltaAt(total * (1 - 1e-6))).isGreaterThan(delta);
    assertThat(total).isLessThanOrEqualTo(count * epsilon);
  }

  @Test
  void optimalComposition_deltaOfEachRun_addsUp() {
    assertThat(new OptimalComposition(0.1, 1e-6, 100).epsilonAt(1e-5)).isInfinite();
    assertThat(new OptimalComposition(0.1, 1e-9, 100).epsilonAt(1e-5))
        .isGreaterThanOrEqualTo(new OptimalComposition(0.1, 0, 100).epsilonAt(1e-5));
  }

  @Test
  void optimalComposition_hundredMillionRuns_isQuickAndNotBelowTheTruth() {
    OptimalComposition runs = new OptimalComposition(1e-3, 0, 100_000_000);
    // δ(100) by summing binomial masses to 40 digits. Log-factorials near 10⁹ miss it by 10⁻⁷ of
    // itself, and the sum over all counts takes minutes.
    double truth = 1.879701143770532e-7;

    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          // Half the slack for rounding, and one for the bisection of ε.
          assertThat(runs.deltaAt(100)).isBetween(truth, truth * (1 + 2e-8));
          assertThat(runs.epsilonAt(truth)).isBetween(100.0, 100 * (1 + 2e-9));
        });
  }

  /**
   * The share of the local guarantee that is left keeps out an implementation that answers with the
   * local guarantee itself, which is a bound too: 10⁶ clients must hide one at least a hundredfold
   * at ε₀ = 1 and fivefold at 4, and one client is hidden by nobody.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 1000000, 1e-9, 0.01",
    "4, 1000000, 1e-6, 0.2",
    "0.1, 100, 1e-5, 0.9",
    "2, 1, 1e-5, 1"
  })
  void shuffle_anySize_isBetweenZeroAndAShareOfTheLocalGuarantee(
      double local, long clients, double delta, double share) {
    ShuffleAmplification shuffle = new ShuffleAmplification(local, clients);
    double epsilon = shuffle.epsilonAt(delta);

    assertThat(epsilon).isPositive().isLessThanOrEqualTo(share * local);
    assertThat(shuffle.deltaAt(epsilon)).isLessThanOrEqualTo(delta);
    assertThat(new ShuffleAmplification(local, clients * 4).epsilonAt(delta))
        .isLessThanOrEqualTo(epsilon * (1 + 1e-4));
  }

  @ParameterizedTest
  @CsvSource({"0.05, 3.841152212476612e-9", "0.1, 1.0766771639011184e-23"})
  void shuffle_tinyDelta_isRight(double epsilon, double truth) {
    // Truths to 40 digits. Each mass is allowed 1e-8 of itself, and 1e-29 is left out and counted.
    assertThat(new ShuffleAmplification(1, 20_000).deltaAt(epsilon))
        .isBetween(truth, truth * (1 + 1e-5));
  }

  @Test
  void shuffle_hardlyAnyLoss_survivesTheDifferenceOfTwoTails() {
    // All but surely everybody is a clone. δ(0) is then the chance that one fair coin more or less
    // decides, C(999, 500)/2^999, times tanh(ε₀/2): 1e-14, between two tails of about ½.
    double localEpsilon = 1e-12;
    double edge = 0.5;
    for (int n = 2; n <= 500; n++) {
      edge *= (2.0 * n - 1) / (2 * n);
    }
    double truth = edge * localEpsilon / 2;

    assertThat(new ShuffleAmplification(localEpsilon, 1_000).deltaAt(0))
        .isBetween(truth, truth * (1 + 1e-7));
  }

  @ParameterizedTest
  @CsvSource({"10000, 723.3389534050758", "1000000000, 71918841.794948628"})
  void discreteGaussian_smallSigma_isNearlyTheSumOfAllTerms(long clients, double truth) {
    // Truths to 40 digits. Here terms fall slowly: taking the rest for the last one summed is
    // 2e-4 and more too large. Terms not summed are right to (π²/2)²/5000 in all, of some 7e-3
    // each.
    DiscreteGaussianSum sum = new DiscreteGaussianSum(new RoundedSum(1, 1, 0, 1), 0.5, clients);

    assertThat(sum.divergenceFromOneGaussian()).isBetween(truth * (1 - 1e-12), truth * (1 + 5e-7));
  }

  @Test
  void discreteGaussian_wideNoise_isNextToOneGaussianWithoutSummingOverClients() {
    // 10⁹ terms below e^(−π²·10⁴): nothing is left of any of them.
    DiscreteGaussianSum sum =
        new DiscreteGaussianSum(new RoundedSum(1, 0.01, 0, 1), 1, 1_000_000_000);

    assertThat(sum.divergenceFromOneGaussian()).isBetween(0.0, 1e-300);
  }

  @Test
  void shuffle_twoFairCoins_equalsTheSumByHand() {
    // One other client, always a clone at ε₀ → 0⁺; at ε₀ = log 3 a clone with chance 1/3. By hand:
    // δ(0) = 2/3 · (3/4 − 1/4) + 1/3 · (3/8 + 4/8 · … ) with P = (1/8, 4/8, 3/8) mirrored for Q.
    double byHand = 2.0 / 3 * 0.5 + 1.0 / 3 * (3.0 / 8 - 1.0 / 8);

    assertThat(new ShuffleAmplification(Math.log(3), 2).deltaAt(0)).isCloseTo(byHand, within(1e-8));
  }

  @Test
  void events_badInput_namesBoundAndValue() {
    assertThatThrownBy(() -> new DpEvent.Gaussian(Double.NaN))
        .hasMessageContaining("noiseMultiplier")
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new DpEvent.PoissonSampled(1.5, new DpEvent.Gaussian(1)))
        .hasMessageContaining("samplingProbability")
        .hasMessageContaining("1.5");
    assertThatThrownBy(() -> new DpEvent.SelfComposed(new DpEvent.Gaussian(1), 0))
        .hasMessageContaining("count must be at least 1, was 0");
    assertThatThrownBy(() -> new DpEvent.Gaussian(-1)).hasMessageContaining("-1.0");
  }
}
