package org.dpfed.accounting.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StrategyOptimizerTest {
  private record Setting(Participation participation, Objective objective, int size) {}

  /** Forty runs, also such whose best coefficients without the order would rise or be negative. */
  static Stream<Setting> anyRuns() {
    Random random = new Random(20241);
    return Stream.generate(
            () -> {
              int rounds = 1 + random.nextInt(60);
              Workload workload =
                  random.nextBoolean()
                      ? new Workload.Prefix()
                      : new Workload.Momentum(random.nextDouble());
              return new Setting(
                  new Participation(rounds, 1 + random.nextInt(8), 1 + random.nextInt(12)),
                  new Objective(
                      workload,
                      random.nextBoolean() ? Objective.Measure.MEAN : Objective.Measure.MAX),
                  1 + random.nextInt(4));
            })
        .limit(40);
  }

  @ParameterizedTest
  @MethodSource("anyRuns")
  void optimizer_anyRun_isOrderedAndNoneOfManyStrategiesIsBetter(Setting setting) {
    Participation participation = setting.participation();
    ToeplitzStrategy banded =
        StrategyOptimizer.banded(setting.size(), participation, setting.objective());
    BufferedLinearStrategy buffered =
        StrategyOptimizer.buffered(setting.size(), participation, setting.objective());
    assertOrdered(banded.coefficients());
    assertOrdered(buffered.toeplitz(participation.rounds()).coefficients());

    double bandedLoss = loss(banded, setting);
    double bufferedLoss = loss(buffered.toeplitz(participation.rounds()), setting);
    Random random = new Random(3);
    for (int i = 0; i < 300; i++) {
      double[] falls = random.doubles(setting.size()).map(x -> x * x * x).toArray();
      double[] coefficients = OrderedBandedLoss.coefficients(falls);
      ToeplitzStrategy other =
          ToeplitzStrategy.of(
              Arrays.copyOf(coefficients, Math.min(coefficients.length, participation.rounds())));
      // A local minimum is within 10⁻¹³ of its logarithm.
      assertThat(loss(other, setting)).isGreaterThan(bandedLoss * (1 - 1e-9));
    }
    BufferedLoss loss =
        new BufferedLoss(RunShape.of(participation, setting.objective()), setting.size());
    for (int i = 0; i < 300; i++) {
      double[] point = random.doubles(2L * setting.size(), -5, 5).toArray();
      assertThat(loss.at(point, new double[point.length]))
          .isGreaterThan(Math.log(bufferedLoss) - 1e-6);
    }
  }

  private static double loss(ToeplitzStrategy strategy, Setting setting) {
    return StrategyError.toeplitz(strategy, setting.participation(), setting.objective().workload())
        .loss(setting.objective().measure());
  }

  private static void assertOrdered(List<Double> coefficients) {
    double before = 1;
    assertThat(coefficients.get(0)).isEqualTo(1);
    for (double coefficient : coefficients) {
      assertThat(coefficient).isBetween(0.0, before);
      before = coefficient;
    }
  }

  /** Two rounds, a client in both: C = (1, c) has the loss ((1 + (1 + c)²)·(2 + (1 − c)²))/2. */
  @Test
  void banded_bestCoefficientWouldBeNegative_isThatOfIndependentNoise() {
    ToeplitzStrategy strategy =
        StrategyOptimizer.banded(2, new Participation(2, 2, 1), Objective.meanPrefix());
    // Its slope at 0 is 2, so that c = 0 is the best of [0, 1]; the loss differs by 2·c.
    assertThat(strategy.coefficients().get(1)).isBetween(0.0, 1e-12);
  }

  @Test
  void banded_oneBand_isIndependentNoise() {
    assertThat(
            StrategyOptimizer.banded(1, Participation.once(9), Objective.maxPrefix())
                .coefficients())
        .containsExactly(1.0);
  }

  @Test
  void banded_moreBandsThanRounds_hasOneForEachRound() {
    Participation participation = Participation.once(5);
    assertThat(StrategyOptimizer.banded(9, participation, Objective.meanPrefix()).coefficients())
        .hasSize(5);
    assertThat(StrategyOptimizer.banded(9, participation, Objective.meanPrefix()))
        .isEqualTo(StrategyOptimizer.banded(5, participation, Objective.meanPrefix()));
  }

  /** With all bands and one participation the best maximal error is that of the square root. */
  @ParameterizedTest
  @CsvSource({"prefix, 0", "momentum, 0.9"})
  void banded_allBandsOneParticipation_isTheSquareRootOfTheWorkload(String name, double momentum) {
    int rounds = 12;
    Workload workload =
        name.equals("prefix") ? new Workload.Prefix() : new Workload.Momentum(momentum);
    List<Double> coefficients =
        StrategyOptimizer.banded(
                rounds, Participation.once(rounds), new Objective(workload, Objective.Measure.MAX))
            .coefficients();
    double[] expected = workload.coefficients(rounds);
    for (int lag = 0; lag < rounds; lag++) {
      double product = 0;
      for (int i = 0; i <= lag; i++) {
        product += coefficients.get(i) * coefficients.get(lag - i);
      }
      // The logarithm of the loss is within 10⁻¹³ of the least, coefficients within its root.
      assertThat(product).isCloseTo(expected[lag], within(1e-5));
    }
  }

  @Test
  void buffered_moreBuffers_areNeverWorse() {
    Participation participation = new Participation(500, 4, 100);
    double before = Double.POSITIVE_INFINITY;
    for (int buffers = 1; buffers <= 8; buffers++) {
      double loss =
          StrategyError.buffered(
                  StrategyOptimizer.buffered(buffers, participation, Objective.maxPrefix()),
                  participation,
                  new Workload.Prefix())
              .loss(Objective.Measure.MAX);
      // The search for more starts 2 % of a scale away from the best of fewer.
      assertThat(loss).isLessThan(before * (1 + 1e-7));
      before = loss;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, bands must be at least 1",
    "81, bands must be at most 80 to be optimised for 500000 rounds"
  })
  void banded_tooFewOrMany_isRefused(int bands, String message) {
    assertThatThrownBy(
            () ->
                StrategyOptimizer.banded(
                    bands, Participation.once(500_000), Objective.meanPrefix()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 10, buffers must be at least 1",
    "9, 10, buffers must be at most 8",
    "2, 5000001, rounds must be at most 5000000",
  })
  void buffered_outOfBounds_isRefused(int buffers, int rounds, String message) {
    assertThatThrownBy(
            () ->
                StrategyOptimizer.buffered(
                    buffers, Participation.once(rounds), Objective.meanPrefix()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "-0.1, 0.9, at least 0",
    "NaN, 0.9, at least 0",
    "1.1, 0.9, at most 1",
    "0.5, 1, '(0, 1)'",
    "0.5, 0, '(0, 1)'",
    "0.5, NaN, '(0, 1)'",
  })
  void bufferedLinearStrategy_coefficientsThatRiseOrFallBelow0_areRefused(
      double scale, double decay, String message) {
    assertThatThrownBy(() -> new BufferedLinearStrategy(List.of(scale), List.of(decay)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void bufferedLinearStrategy_unequalLists_areRefused() {
    assertThatThrownBy(() -> new BufferedLinearStrategy(List.of(0.1), List.of()))
        .hasMessageContaining("one entry for each buffer, at least one, had 1 and 0");
  }

  @Test
  void bufferedLinearStrategy_goldenParameters_haveTheGoldenCoefficients() {
    var golden = GoldenStrategies.section("streams").get("cases").get(0);
    List<Double> coefficients =
        new BufferedLinearStrategy(
                GoldenStrategies.numbers(golden.get("omega")),
                GoldenStrategies.numbers(golden.get("theta")))
            .toeplitz(8)
            .coefficients();
    List<Double> expected = GoldenStrategies.numbers(golden.get("coefsOfC"));
    for (int i = 0; i < 8; i++) {
      assertThat(coefficients.get(i)).isCloseTo(expected.get(i), within(1e-14));
    }
  }

  @ParameterizedTest
  @CsvSource({"-0.1", "1", "NaN"})
  void momentum_outOfBounds_isRefused(double momentum) {
    assertThatThrownBy(() -> new Workload.Momentum(momentum)).hasMessageContaining("[0, 1)");
  }
}
