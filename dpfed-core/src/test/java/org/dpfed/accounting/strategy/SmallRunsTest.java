package org.dpfed.accounting.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs of at most 64 rounds: golden values, and sensitivity and errors by definition. */
class SmallRunsTest {
  /** Both sides sum at most 64 · 64 products of relative error 2⁻⁵³. */
  private static final double ROUNDING = 1e-10;

  private static Stream<JsonNode> rows(String start) {
    return StreamSupport.stream(GoldenStrategies.section("smallTable").spliterator(), false)
        .filter(row -> row.get("name").asText().startsWith(start));
  }

  private static Stream<Arguments> named(Stream<JsonNode> rows) {
    return rows.map(
        row ->
            Arguments.of(
                row.get("name").asText() + " " + GoldenStrategies.participation(row), row));
  }

  static Stream<Arguments> trees() {
    return named(rows("tree"));
  }

  static Stream<Arguments> banded() {
    return named(rows("banded"));
  }

  static Stream<Arguments> buffered() {
    return named(rows("BLT"));
  }

  static Stream<Arguments> fixed() {
    return named(Stream.of("square root", "identity", "BISR").flatMap(SmallRunsTest::rows));
  }

  private static void assertGolden(StrategyError error, JsonNode row) {
    assertClose(error.squaredSensitivity(), row.get("sens2").asDouble());
    assertClose(error.meanSquaredError(), row.get("meanError").asDouble());
    assertClose(error.maxSquaredError(), row.get("maxError").asDouble());
    assertClose(error.loss(Objective.Measure.MEAN), row.get("meanLoss").asDouble());
    assertClose(error.loss(Objective.Measure.MAX), row.get("maxLoss").asDouble());
  }

  private static void assertClose(double value, double golden) {
    assertThat(value).isCloseTo(golden, withinPercentage(100 * GoldenStrategies.CLOSED_FORM));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("trees")
  void tree_goldenRow_hasItsSensitivityAndErrors(String name, JsonNode row) {
    TreeDecoder decoder = name.contains("Honaker") ? TreeDecoder.HONAKER : TreeDecoder.OWN_DRAW;
    assertGolden(StrategyError.tree(GoldenStrategies.participation(row), decoder), row);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fixed")
  void toeplitz_goldenRow_hasItsSensitivityAndErrors(String name, JsonNode row) {
    int rounds = row.get("n").asInt();
    double[] one = new double[rounds];
    one[0] = 1;
    double[] coefficients = one;
    if (name.startsWith("square root")) {
      for (int i = 1; i < rounds; i++) {
        coefficients[i] = coefficients[i - 1] * (2 * i - 1) / (2 * i);
      }
    } else if (name.startsWith("BISR")) {
      coefficients =
          BandedLoss.divided(
              one,
              GoldenStrategies.numbers(row.get("inverseCoefs")).stream()
                  .mapToDouble(Double::doubleValue)
                  .toArray());
    }
    List<Double> first = GoldenStrategies.numbers(row.get("coefs"));
    for (int i = 0; i < first.size(); i++) {
      assertClose(coefficients[i], first.get(i));
    }
    assertGolden(
        StrategyError.toeplitz(
            ToeplitzStrategy.of(coefficients),
            GoldenStrategies.participation(row),
            new Workload.Prefix()),
        row);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("buffered")
  void buffered_goldenParameters_haveTheirSensitivityAndErrors(String name, JsonNode row) {
    StrategyError error =
        StrategyError.buffered(
            GoldenStrategies.buffered(row),
            GoldenStrategies.participation(row),
            new Workload.Prefix());
    assertGolden(error, row);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("banded")
  void banded_goldenRow_isAsGoodAndItsErrorIsThatOfTheDenseMatrices(String name, JsonNode row) {
    Participation participation = GoldenStrategies.participation(row);
    Objective.Measure measure = GoldenStrategies.measure(row.get("objective").asText());
    ToeplitzStrategy strategy =
        StrategyOptimizer.banded(
            row.get("bands").asInt(), participation, GoldenStrategies.prefix(measure));

    assertThat(strategy.coefficients()).hasSize(row.get("bands").asInt());
    StrategyError error = StrategyError.toeplitz(strategy, participation, new Workload.Prefix());
    assertDense(error, strategy, participation, new Workload.Prefix());
    assertOptimal(error, measure, row);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("buffered")
  void buffered_goldenRow_isAsGoodAndItsErrorIsThatOfTheDenseMatrices(String name, JsonNode row) {
    Participation participation = GoldenStrategies.participation(row);
    Objective.Measure measure = GoldenStrategies.measure(row.get("objective").asText());
    BufferedLinearStrategy strategy =
        StrategyOptimizer.buffered(
            row.get("buffers").asInt(), participation, GoldenStrategies.prefix(measure));

    assertThat(strategy.buffers()).isEqualTo(row.get("buffers").asInt());
    StrategyError error = StrategyError.buffered(strategy, participation, new Workload.Prefix());
    assertDense(
        error, strategy.toeplitz(participation.rounds()), participation, new Workload.Prefix());
    assertOptimal(error, measure, row);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("buffered")
  void momentum_goldenParameters_haveTheErrorOfTheDenseMatrices(String name, JsonNode row) {
    Participation participation = GoldenStrategies.participation(row);
    BufferedLinearStrategy strategy = GoldenStrategies.buffered(row);
    Workload workload = new Workload.Momentum(0.9);
    ToeplitzStrategy matrix = strategy.toeplitz(participation.rounds());
    assertDense(
        StrategyError.buffered(strategy, participation, workload), matrix, participation, workload);
    assertDense(
        StrategyError.toeplitz(matrix, participation, workload), matrix, participation, workload);
  }

  private static void assertDense(
      StrategyError error,
      ToeplitzStrategy strategy,
      Participation participation,
      Workload workload) {
    double[] errors = DenseMatrices.squaredErrors(strategy, participation.rounds(), workload);
    assertThat(error.squaredSensitivity())
        .isCloseTo(
            DenseMatrices.squaredSensitivity(strategy, participation),
            withinPercentage(100 * ROUNDING));
    assertThat(error.meanSquaredError())
        .isCloseTo(Arrays.stream(errors).average().orElseThrow(), withinPercentage(100 * ROUNDING));
    assertThat(error.maxSquaredError())
        .isCloseTo(Arrays.stream(errors).max().orElseThrow(), withinPercentage(100 * ROUNDING));
  }

  private static void assertOptimal(StrategyError error, Objective.Measure measure, JsonNode row) {
    double golden = row.get(measure.label() + "Loss").asDouble();
    assertThat(error.loss(measure)).isLessThanOrEqualTo(golden * (1 + GoldenStrategies.OPTIMISED));
  }
}
