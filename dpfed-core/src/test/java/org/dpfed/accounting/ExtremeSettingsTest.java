package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.dpfed.accounting.pld.DirectIntegration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Settings that nobody trains with but somebody types: each is answered, or refused in a sentence,
 * in some seconds. What went wrong once: quadratures of hardly noisy steps that ran out of memory,
 * searches that never ended, integer overflows, 40 slow evaluations for one calibration.
 */
class ExtremeSettingsTest {
  /** A hang takes for ever, a right answer 10 s at most; the rest is for a loaded machine. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final NeighbouringRelation ADD_OR_REMOVE = NeighbouringRelation.ADD_OR_REMOVE_ONE;

  private static DpEvent poisson(double q, double z, long rounds) {
    return new DpEvent.SelfComposed(new DpEvent.PoissonSampled(q, new DpEvent.Gaussian(z)), rounds);
  }

  /** The answer, or NaN where the question is refused in one clear line. */
  private static double answered(String question, DoubleSupplier answer) {
    return assertTimeoutPreemptively(
        LIMIT,
        () -> {
          try {
            double value = answer.getAsDouble();
            assertThat(value).as(question).isNotNaN().isNotNegative();
            return value;
          } catch (IllegalArgumentException | UnsupportedOperationException e) {
            assertThat(e.getMessage())
                .as(question)
                .hasSizeGreaterThan(20)
                .doesNotContain("\n", "overflow", "spacing", "null");
            return Double.NaN;
          }
        },
        question);
  }

  private static final double[] RARE_TO_CERTAIN = {1e-300, 0.001 / 455, 1 - 1e-12};
  private static final double[] NO_NOISE_TO_ALL = {1e-300, 1e-4, 0.011, 1e300};

  @Test
  void epsilon_extremeRuns_areAnsweredAndNotBelowTheTruth() {
    for (double q : RARE_TO_CERTAIN) {
      for (double z : NO_NOISE_TO_ALL) {
        for (double delta : new double[] {1e-300, 0.999999}) {
          isAnswered(ADD_OR_REMOVE, q, z, delta);
        }
      }
    }
  }

  @Tag("slow")
  @Test
  void epsilon_manyExtremeRuns_areAnsweredAndNotBelowTheTruth() {
    for (double q : new double[] {1e-300, 1e-15, 0.001 / 455, 0.01, 0.5, 1 - 1e-12, 1}) {
      for (double z : new double[] {1e-300, 1e-15, 1e-9, 1e-4, 0.009, 0.011, 1e4, 1e12, 1e300}) {
        for (double delta : new double[] {1e-300, 1e-5, 0.999999}) {
          isAnswered(ADD_OR_REMOVE, q, z, delta);
          isAnswered(NeighbouringRelation.REPLACE_ONE, q, z, delta);
        }
      }
    }
  }

  private static void isAnswered(NeighbouringRelation relation, double q, double z, double delta) {
    double previous = 0;
    for (long rounds : new long[] {1, Long.MAX_VALUE}) {
      String question = relation + ", q " + q + ", z " + z + ", T " + rounds + ", δ " + delta;
      TightestAccountant run = new TightestAccountant(relation).compose(poisson(q, z, rounds), 1);
      double epsilon = answered(question, () -> run.epsilon(delta));
      assertThat(epsilon).as(question).isGreaterThanOrEqualTo(previous);
      if (rounds == 1 && relation == ADD_OR_REMOVE && q < 1 && z < 1e100 && epsilon < 1e300) {
        // δ of one step is right to 1e-15 or so.
        assertThat(new DirectIntegration(q, z).oneStep(epsilon))
            .as(question)
            .isLessThanOrEqualTo(delta * (1 + 1e-6) + 1e-14);
      }
      previous = epsilon;
    }
  }

  @ParameterizedTest
  @CsvSource({
    // A client takes part at all with a probability of 9.995e-4, and then gives itself away. The
    // bound is less than a third above that.
    "1e-12, 1e-4, 1, 9.994e-4, 1.332e-3",
    // Half a billion participations of 5e7 each are far more than ε allows for.
    "0.5, 1e-4, 1e9, 0.999, 1",
    // All rounds together are below μ = 0.5·√1e9/1e12, noise being counted up to 1e12: Φ(μ/2) −
    // Φ(−μ/2) is 6.3e-9.
    "0.5, 1e300, 0, 0, 1e-8",
    "1e-6, 1, Infinity, 0, 0"
  })
  void delta_extremeRun_isWhatParticipationAllows(
      double q, double z, double epsilon, double least, double most) {
    PrivacyAccountant run =
        new TightestAccountant(ADD_OR_REMOVE).compose(poisson(q, z, 1_000_000_000));

    assertThat(answered("δ", () -> run.delta(epsilon))).isBetween(least, most);
  }

  @ParameterizedTest
  @CsvSource({
    "0.3, 1e-6",
    "0.3, 1e-4",
    "0.3, 0.0099",
    "1e-3, 1e-4",
    "1e-3, 0.0099",
    "0.999, 0.0099"
  })
  void epsilon_hardlyAnyNoise_isJustAboveDirectIntegration(double q, double z) {
    // One step, removal or addition, without lattice: below, ε is too small; 0.2 % lower, δ must be
    // exceeded. Cells of σ/32 add σ/16 = 6e-4 of ε at σ = 0.01, and less below.
    for (double delta : new double[] {1e-5, 1e-12}) {
      double epsilon = new PldAccountant(ADD_OR_REMOVE).compose(poisson(q, z, 1), 1).epsilon(delta);
      DirectIntegration direct = new DirectIntegration(q, z);

      // A double near 1 is right to 2e-10 of σ = 1e-6, which changes δ by 2e-9 of it at most.
      assertThat(direct.oneStep(epsilon)).isLessThanOrEqualTo(delta * (1 + 2e-9));
      assertThat(direct.oneStep(epsilon * 0.998)).isGreaterThan(delta);
    }
  }

  @Test
  void epsilon_hardlyAnyNoiseManyRounds_countsHowOftenAClientTakesPart() {
    // Of Bin(100, 0.07) more than 17 has probability 1.9e-4 and more than 18 has 6.0e-5: 18 must be
    // paid for, each with 1/(2z²) = 5e7. Their Gaussians' spread, below 37/z, is some 4e5 beside
    // it.
    double epsilon =
        new TightestAccountant(ADD_OR_REMOVE).compose(poisson(0.07, 1e-4, 100), 1).epsilon(1e-4);

    assertThat(epsilon).isBetween(18 * 5e7, 18 * 5e7 + 2e6);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.0099, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10, 1e-12, 1e-20, 1e-100})
  void epsilon_lessAndLessNoise_isNeverBelowTheParticipationsThatDeltaAllows(double z) {
    // More than 49 of Bin(100, 0.3) has probability 2.2e-5, more than 63 has 2.4e-12. So 50 and 64
    // participations must be paid for, each with 1/(2z²), less log(1/q) for each and what spreads
    // of Gaussians make up, below 100/z.
    PldAccountant run = new PldAccountant(ADD_OR_REMOVE).compose(poisson(0.3, z, 100), 1);

    assertThat(run.epsilon(1e-5) * z * z).isGreaterThan(25 - 100 * z);
    assertThat(run.epsilon(1e-12) * z * z).isGreaterThan(32 - 100 * z);
  }

  @Test
  void epsilonBounds_hardlyAnyNoise_claimsNothingFromBelow() {
    // Coarse cells dominate the step; a bound from below may not rest on them.
    PldAccountant.EpsilonBounds bounds =
        new PldAccountant(ADD_OR_REMOVE).compose(poisson(0.3, 1e-3, 3), 1).epsilonBounds(1e-6);

    assertThat(bounds.lower()).isZero();
    assertThat(bounds.upper()).isPositive().isFinite();
  }

  @ParameterizedTest
  @CsvSource({"1e6, 1e-10", "1e12, 1e-10", "1e-150, 1e-6"})
  void delta_extremeMu_isAboveTheExactTail(double mu, double share) {
    // Far out δ is Φ(μ/2 − ε/μ) but for e^ε·Φ(…), which is smaller by φ's ratio of Mills ratios.
    GaussianDp curve = new GaussianDp(mu);
    double epsilon = curve.epsilon(share);

    assertThat(curve.delta(epsilon)).isLessThanOrEqualTo(share);
    if (mu > 1) {
      // Φ⁻¹(1 − 1e-10) = 6.361340902404057.
      assertThat(epsilon).isCloseTo(mu * mu / 2 + 6.361340902404057 * mu, withinPercentage(1e-9));
    }
  }

  static Stream<Arguments> calibrations() {
    return Stream.of(
        // cohort 0.001 of 455, at a usual and at an absurd target
        Arguments.of(0.001 / 455, 100L, 3.0, 1e-4, 0.1, 0.3),
        Arguments.of(0.001 / 455, 100L, 1e9, 1e-4, 1e-3, 1e-3),
        Arguments.of(0.07, 100L, 1e9, 1e-4, 1e-3, 1e-3),
        Arguments.of(1.0, 1L, 1e9, 1e-300, 1e-3, 1e-3),
        Arguments.of(1.0, 1_000_000_000L, 1e9, 1e-5, 1e-3, 1.0),
        Arguments.of(1e-300, Long.MAX_VALUE, 1e9, 0.999999, 1e-3, 1.0),
        // epsilon falls to 0 at once, where all rounds together differ by less than δ
        Arguments.of(0.001 / 455, 1_000_000_000L, 1e-9, 1e-5, 2e3, 4e3),
        Arguments.of(0.5, 1_000_000_000L, 1.0, 1e-5, 1e4, 1e5),
        Arguments.of(1 - 1e-12, 1L, 1e-9, 0.999999, 1e-3, 1.0));
  }

  @ParameterizedTest
  @MethodSource("calibrations")
  void smallestNoiseMultiplier_extremeTarget_meetsItInTime(
      double q, long rounds, double epsilon, double delta, double low, double high) {
    PrivacyAccountant accountant = new TightestAccountant(ADD_OR_REMOVE);
    double z =
        answered(
            q + " " + rounds + " " + epsilon + " " + delta,
            () ->
                new NoiseCalibration(accountant, epsilon, delta)
                    .smallestNoiseMultiplier(noise -> poisson(q, noise, rounds)));

    assertThat(z).isBetween(low, high);
    assertThat(accountant.compose(poisson(q, z, rounds)).epsilon(delta))
        .isLessThanOrEqualTo(epsilon);
    if (z > 1e-3) {
      // Within a hundredth where epsilon jumps, and much closer elsewhere.
      assertThat(accountant.compose(poisson(q, 0.98 * z, rounds)).epsilon(delta))
          .isGreaterThan(epsilon);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 1e-9})
  void smallestNoiseMultiplier_unreachableTarget_isRefusedWithRemedy(double epsilon) {
    NoiseCalibration calibration =
        new NoiseCalibration(new TightestAccountant(ADD_OR_REMOVE), epsilon, 1e-300);

    assertTimeoutPreemptively(
        LIMIT,
        () ->
            assertThatThrownBy(
                    () -> calibration.smallestNoiseMultiplier(z -> poisson(0.5, z, Long.MAX_VALUE)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not reached by any noiseMultiplier")
                .hasMessageContaining("raise epsilon"));
  }

  @Test
  void mostRoundsAndSmallestCohort_extremeTargets_areAnsweredOrRefused() {
    for (double epsilon : new double[] {1e-9, 1, 1e9}) {
      NoiseCalibration calibration =
          new NoiseCalibration(new TightestAccountant(ADD_OR_REMOVE), epsilon, 1e-6);
      for (double z : new double[] {1e-9, 1, 1e300}) {
        answered(
            "rounds at z " + z + ", ε " + epsilon,
            () -> calibration.mostRounds(rounds -> poisson(0.01, z, rounds)));
      }
      for (long population : new long[] {1, 455, Long.MAX_VALUE}) {
        answered(
            "cohort of " + population + ", ε " + epsilon,
            () ->
                calibration.smallestExpectedCohort(
                    population, 1e-4, (q, z) -> poisson(q, z, 1000)));
      }
    }
  }

  static Stream<DpEvent> longRuns() {
    Participation often = new Participation(1_000_000_000, 1_000_000_000, 1);
    Participation apart = new Participation(1_000_000_000, 1_000, 100);
    Participation dense = new Participation(100_000, 50_000, 2);
    ToeplitzStrategy falling = ToeplitzStrategy.of(1, 0.5, 0.25);
    ToeplitzStrategy wild = ToeplitzStrategy.of(1, -0.5, 0.75);
    return Stream.of(
        new TreeAggregation(1, often),
        new TreeAggregation(1, apart),
        new TreeAggregation(1, dense),
        new MatrixMechanism(1, falling, often),
        new MatrixMechanism(1, falling, apart),
        new MatrixMechanism(1, wild, often),
        new MatrixMechanism(1, wild, dense),
        new AmplifiedBandedMechanism(1, 1e-9, Long.MAX_VALUE, 2),
        new DpEvent.SelfComposed(new DpEvent.ApproximateDp(1e-9, 0), 1_000_000_000_000L),
        new DpEvent.SelfComposed(new DpEvent.ApproximateDp(1e300, 0), 10),
        new DiscreteGaussianSum(new RoundedSum(1, 1e-9, 0, 10), 1, 1_000_000_000_000L),
        new SkellamSum(new RoundedSum(1, 1e-9, 0, 10), 1, 1_000_000_000_000L));
  }

  @ParameterizedTest
  @MethodSource("longRuns")
  void epsilon_longRunOfAnyMechanism_isAnswered(DpEvent event) {
    double epsilon =
        answered(
            event.toString(),
            () ->
                new TightestAccountant(NeighbouringRelation.ZERO_OUT).compose(event).epsilon(1e-9));

    // Refused are only runs in which one client takes part more than a million times.
    assertThat(epsilon > 0 || Double.isNaN(epsilon)).as(event + ": " + epsilon).isTrue();
  }

  @Test
  void shuffle_moreClientsThanCanBeSummed_isAnswered() {
    double many = new ShuffleAmplification(1, 1_000_000_000).epsilonAt(1e-9);

    assertThat(
            answered("shuffle", () -> new ShuffleAmplification(1, Long.MAX_VALUE).epsilonAt(1e-9)))
        .isBetween(0.0, many);
  }
}
