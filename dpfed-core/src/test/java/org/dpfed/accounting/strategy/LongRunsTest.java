package org.dpfed.accounting.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.dpfed.accounting.AmplifiedBandedMechanism;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.accounting.ToeplitzStrategy;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of 600 to 100,000 rounds against the golden values. */
class LongRunsTest {
  private static final Participation GBOARD = new Participation(2000, 6, 313);

  private static StrategyError error(ToeplitzStrategy strategy, Participation participation) {
    return StrategyError.toeplitz(strategy, participation, new Workload.Prefix());
  }

  private static StrategyError error(BufferedLinearStrategy strategy, Participation participation) {
    return StrategyError.buffered(strategy, participation, new Workload.Prefix());
  }

  static Stream<Arguments> closedForms() {
    return Stream.of(
        Arguments.of(
            "independent noise, no amplification",
            StrategyError.independent(GBOARD, new Workload.Prefix())),
        Arguments.of("one tree", StrategyError.tree(GBOARD, TreeDecoder.OWN_DRAW)),
        Arguments.of("one tree, Honaker", StrategyError.tree(GBOARD, TreeDecoder.HONAKER)),
        Arguments.of("tree restarted every 313 rounds", restarted(TreeDecoder.OWN_DRAW, false)),
        Arguments.of(
            "tree restarted every 313 rounds, completed", restarted(TreeDecoder.OWN_DRAW, true)),
        Arguments.of(
            "tree restarted every 313 rounds, Honaker", restarted(TreeDecoder.HONAKER, false)),
        Arguments.of(
            "tree restarted every 313 rounds, completed, Honaker",
            restarted(TreeDecoder.HONAKER, true)),
        Arguments.of("square root 1/sqrt(1-x)", error(squareRoot(2000), GBOARD)));
  }

  private static StrategyError restarted(TreeDecoder decoder, boolean completed) {
    return completed
        ? StrategyError.completedTrees(GBOARD, 313, decoder)
        : StrategyError.restartedTrees(GBOARD, 313, decoder);
  }

  private static ToeplitzStrategy squareRoot(int rounds) {
    double[] coefficients = new double[rounds];
    coefficients[0] = 1;
    for (int i = 1; i < rounds; i++) {
      coefficients[i] = coefficients[i - 1] * (2 * i - 1) / (2 * i);
    }
    return ToeplitzStrategy.of(coefficients);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("closedForms")
  void strategyError_closedForm_isTheGoldenOne(String name, StrategyError error) {
    JsonNode golden = Objects.requireNonNull(GoldenStrategies.section("n2000k6b313").get(name));
    assertClose(error.squaredSensitivity(), golden.get("sens2"));
    assertClose(error.meanSquaredError(), golden.get("meanError"));
    assertClose(error.maxSquaredError(), golden.get("maxError"));
    assertClose(error.rmse(Objective.Measure.MEAN), golden.get("meanRmse"));
    assertClose(error.rmse(Objective.Measure.MAX), golden.get("maxRmse"));
  }

  private static void assertClose(double value, JsonNode golden) {
    assertThat(value)
        .isCloseTo(golden.asDouble(), withinPercentage(100 * GoldenStrategies.CLOSED_FORM));
  }

  static Stream<Arguments> optimised() {
    return Stream.of(Objective.Measure.values())
        .flatMap(
            measure ->
                Stream.concat(
                    Stream.of(32, 100, 313).map(bands -> Arguments.of(true, bands, measure)),
                    Stream.of(1, 2, 3, 4).map(buffers -> Arguments.of(false, buffers, measure))));
  }

  @ParameterizedTest
  @MethodSource("optimised")
  void optimizer_2000Rounds_isAsGoodAsTheGoldenWithin10Seconds(
      boolean isBanded, int size, Objective.Measure measure) {
    Objective objective = GoldenStrategies.prefix(measure);
    StrategyError found =
        Assertions.assertTimeout(
            Duration.ofSeconds(10),
            () ->
                isBanded
                    ? error(StrategyOptimizer.banded(size, GBOARD, objective), GBOARD)
                    : error(StrategyOptimizer.buffered(size, GBOARD, objective), GBOARD));

    String name = (isBanded ? "banded Toeplitz " : "BLT ") + size;
    JsonNode golden =
        GoldenStrategies.section("n2000k6b313")
            .get(name + ", optimised for " + measure.label())
            .get(measure.label() + "Loss");
    assertThat(found.loss(measure))
        .isLessThanOrEqualTo(golden.asDouble() * (1 + GoldenStrategies.OPTIMISED));
  }

  /** The figures that one chooses by, to the digits in which they are quoted. */
  @Test
  void rmse_2000RoundsSixParticipations_isTheQuotedOne() {
    Objective objective = Objective.meanPrefix();
    assertRmse(error(StrategyOptimizer.banded(313, GBOARD, objective), GBOARD), 8.86, 0.005);
    assertRmse(error(StrategyOptimizer.buffered(2, GBOARD, objective), GBOARD), 9.24, 0.005);
    assertRmse(StrategyError.tree(GBOARD, TreeDecoder.HONAKER), 15.7, 0.05);
    assertRmse(StrategyError.tree(GBOARD, TreeDecoder.OWN_DRAW), 20.7, 0.05);
    assertRmse(StrategyError.independent(GBOARD, new Workload.Prefix()), 77.5, 0.05);
  }

  private static void assertRmse(StrategyError error, double quoted, double halfOfLastDigit) {
    assertThat(error.rmse(Objective.Measure.MEAN)).isCloseTo(quoted, within(halfOfLastDigit));
  }

  @Test
  void buffered_publishedOptimumOf100000Rounds_isReached() {
    JsonNode golden = GoldenStrategies.section("jaxPublished");
    Participation participation = Participation.once(golden.get("n").asInt());
    Objective objective = Objective.maxPrefix();
    StrategyError published =
        StrategyError.buffered(
            GoldenStrategies.buffered(golden), participation, objective.workload());
    assertClose(published.loss(Objective.Measure.MAX), golden.get("loss"));

    StrategyError found =
        error(
            StrategyOptimizer.buffered(golden.get("buffers").asInt(), participation, objective),
            participation);
    assertThat(found.loss(Objective.Measure.MAX))
        .isLessThanOrEqualTo(golden.get("loss").asDouble() * (1 + GoldenStrategies.OPTIMISED));
  }

  @ParameterizedTest
  @CsvSource({"100, 6", "200, 6", "313, 6", "400, 5", "100, 20"})
  void strategyError_participationOtherThanPlanned_isTheGoldenOne(int separation, int most) {
    JsonNode golden =
        GoldenStrategies.section("robustness").get("actual b=%d,k=%d".formatted(separation, most));
    Participation actual = new Participation(2000, most, separation);
    Objective objective = Objective.meanPrefix();
    ToeplitzStrategy banded = StrategyOptimizer.banded(313, GBOARD, objective);
    BufferedLinearStrategy buffered = StrategyOptimizer.buffered(2, GBOARD, objective);

    // An optimum within 10⁻¹² of its loss has parameters within 10⁻⁶, and another loss moves by as
    // much.
    assertThat(error(banded, actual).rmse(Objective.Measure.MEAN))
        .isCloseTo(golden.get("banded313").asDouble(), withinPercentage(1e-4));
    assertThat(error(buffered, actual).rmse(Objective.Measure.MEAN))
        .isCloseTo(golden.get("BLT2").asDouble(), withinPercentage(1e-4));
    assertReoptimised(
        error(StrategyOptimizer.buffered(2, actual, objective), actual),
        golden.get("BLT2 re-optimised"));
    assertReoptimised(
        error(StrategyOptimizer.banded(separation, actual, objective), actual),
        golden.get("banded b re-optimised"));
  }

  private static void assertReoptimised(StrategyError error, JsonNode golden) {
    // Of the loss, hence half of it of its root.
    assertThat(error.rmse(Objective.Measure.MEAN))
        .isLessThanOrEqualTo(golden.asDouble() * (1 + GoldenStrategies.OPTIMISED / 2));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void amplified_atEqualPrivacy_isWithin1PercentOfTheGolden(int index) {
    JsonNode golden = GoldenStrategies.section("amplifiedBanded").get("cases").get(index);
    int rounds = golden.get("n").asInt();
    Objective objective = Objective.meanPrefix();
    for (Map.Entry<String, JsonNode> entry : golden.get("banded").properties()) {
      int bands = Integer.parseInt(entry.getKey());
      double z = entry.getValue().get("z").asDouble();
      assertThat(epsilon(golden, bands, 0.99 * z)).isGreaterThan(golden.get("epsilon").asDouble());
      assertThat(epsilon(golden, bands, 1.01 * z)).isLessThan(golden.get("epsilon").asDouble());
      ToeplitzStrategy strategy =
          StrategyOptimizer.banded(bands, Participation.once(rounds), objective);
      StrategyError error = StrategyError.amplified(strategy, rounds, objective.workload());
      assertThat(z * error.rmse(Objective.Measure.MEAN))
          .as("%d bands", bands)
          .isCloseTo(entry.getValue().get("rmse").asDouble(), withinPercentage(1));
    }
    JsonNode buffered = golden.get("BLT2 unamplified");
    Participation participation = GoldenStrategies.participation(golden);
    double rmse =
        buffered.get("z").asDouble()
            * error(StrategyOptimizer.buffered(2, participation, objective), participation)
                .rmse(Objective.Measure.MEAN);
    assertThat(rmse).isCloseTo(buffered.get("rmse").asDouble(), withinPercentage(1));
  }

  private static double epsilon(JsonNode golden, int bands, double z) {
    double probability =
        Math.min(1, golden.get("cohort").asDouble() * bands / golden.get("population").asDouble());
    return new TightestAccountant(NeighbouringRelation.ZERO_OUT)
        .compose(new AmplifiedBandedMechanism(z, probability, golden.get("n").asLong(), bands))
        .epsilon(golden.get("delta").asDouble());
  }
}
