package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.PrimitiveIterator;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.accounting.ToeplitzStrategy;
import org.dpfed.accounting.strategy.BufferedLinearStrategy;
import org.dpfed.accounting.strategy.Objective;
import org.dpfed.kernel.NormalDraws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class NoiseStreamTest {
  /** So large that the rounding of eight rounds to integers is below 10⁻¹⁰ of it. */
  private static final double UNITS = 1e12;

  /** Clip norm in units of the grid that goes with it. */
  private static final double CLIP_UNITS = 1e12;

  @Test
  void next_goldenStreams_areMet() {
    for (JsonNode golden : Golden.file("noise-streams.json").get("cases")) {
      double[] expected = Golden.doubles(golden.get("noise"));
      Noise noise = noise(golden);
      double[] z =
          golden.has("z")
              ? Golden.doubles(golden.get("z"))
              : IntStream.rangeClosed(1, 15).asDoubleStream().toArray();
      double[] made = series(noise, z, expected.length, UNITS);
      for (int round = 0; round < expected.length; round++) {
        // The standard deviation is raised for rounding by less than 10⁻⁵ here.
        assertThat(made[round] / UNITS)
            .as("%s, round %d", golden.get("what"), round)
            .isCloseTo(expected[round], within(1e-4));
      }
    }
  }

  private static Noise noise(JsonNode golden) {
    return switch (golden.get("what").asText()) {
      case "BLT" -> blt(Golden.doubles(golden.get("omega")), Golden.doubles(golden.get("theta")));
      case "banded Toeplitz" -> banded(Golden.doubles(golden.get("coefs")));
      default -> new Noise.Tree(OptionalInt.empty());
    };
  }

  static Noise banded(double... coefficients) {
    return new Noise.Banded(
        coefficients.length,
        Objective.meanPrefix(),
        Optional.of(ToeplitzStrategy.of(coefficients)));
  }

  static Noise blt(double[] scale, double[] decay) {
    List<Double> omega = Arrays.stream(scale).boxed().toList();
    List<Double> theta = Arrays.stream(decay).boxed().toList();
    return new Noise.BufferedLinear(
        scale.length,
        Objective.meanPrefix(),
        Optional.of(new BufferedLinearStrategy(omega, theta)));
  }

  /** The noise of one coordinate, made from these draws, one after the other. */
  private static double[] series(Noise noise, double[] draws, int rounds, double units) {
    NoiseStream stream = NoiseStream.correlated(noise, units, CLIP_UNITS, rounds, 1);
    PrimitiveIterator.OfDouble each = Arrays.stream(draws).iterator();
    return IntStream.range(0, rounds).mapToDouble(r -> next(stream, each::nextDouble)).toArray();
  }

  private static double next(NoiseStream stream, DoubleSupplier each) {
    double[] chunk = new double[NormalDraws.CHUNK];
    NormalDraws first = draws -> draws[0] = each.getAsDouble();
    stream.next(first, 0, 1, chunk);
    stream.endRound();
    return chunk[0];
  }

  /**
   * The proof in {@link FeedbackNoise}: populations whose mechanism outputs C·x + z are equal have
   * equal releases, to the bit, although noise is rounded. Coefficients are such that the feedback
   * is exact in double.
   */
  @Test
  void release_sameMechanismOutput_isTheSameRelease() {
    double[] c = {1, 0.75, 0.5, 0.125};
    SplittableRandom random = new SplittableRandom(7);
    for (int trial = 0; trial < 200; trial++) {
      int rounds = 12;
      double[] x = integers(random, rounds, 1000);
      double[] other = integers(random, rounds, 1000);
      double[] z = new double[rounds];
      double[] shifted = new double[rounds];
      for (int t = 0; t < rounds; t++) {
        // Multiples of 1/8, as the products are.
        z[t] = random.nextInt(-100_000, 100_000) / 8.0;
        shifted[t] = z[t];
        for (int lag = 0; lag < c.length && lag <= t; lag++) {
          shifted[t] += c[lag] * (x[t - lag] - other[t - lag]);
        }
      }
      double[] first = unscaled(c, z);
      double[] second = unscaled(c, shifted);
      for (int t = 0; t < rounds; t++) {
        assertThat(first[t] + x[t])
            .as("trial %d, round %d", trial, t)
            .isEqualTo(second[t] + other[t]);
      }
    }
  }

  private static double[] unscaled(double[] c, double[] z) {
    FeedbackNoise stream = new FeedbackNoise(size -> new FeedbackNoise.Bands(c, size), 1, 1);
    PrimitiveIterator.OfDouble each = Arrays.stream(z).iterator();
    return IntStream.range(0, z.length).mapToDouble(t -> next(stream, each::nextDouble)).toArray();
  }

  private static double[] integers(SplittableRandom random, int count, int bound) {
    return IntStream.range(0, count).mapToDouble(i -> random.nextInt(-bound, bound)).toArray();
  }

  static Stream<Noise> kinds() {
    return Stream.of(
        banded(1),
        banded(1, 0.6, 0.4, 0.1),
        blt(new double[] {0.3, 0.2}, new double[] {0.9, 0.5}),
        blt(new double[] {0.05, 0.2, 0.1}, new double[] {0.999, 0.9, 0.3}),
        new Noise.Tree(OptionalInt.empty()),
        new Noise.Tree(OptionalInt.of(5)));
  }

  /**
   * A round's standard deviation is the length of what each draw contributes to it: the response to
   * a unit draw, one draw at a time.
   */
  @ParameterizedTest
  @MethodSource("kinds")
  void stddev_everyRound_isThatOfTheLinearMap(Noise noise) {
    int rounds = 21;
    int draws = 2 * rounds;
    double[] squares = new double[rounds];
    for (int one = 0; one < draws; one++) {
      double[] unit = new double[draws];
      unit[one] = 1;
      double[] response = series(noise, unit, rounds, UNITS);
      for (int t = 0; t < rounds; t++) {
        squares[t] += (response[t] / UNITS) * (response[t] / UNITS);
      }
    }
    NoiseStream stream = NoiseStream.correlated(noise, UNITS, CLIP_UNITS, rounds, 1);
    for (int t = 0; t < rounds; t++) {
      assertThat(stream.stddev() / UNITS)
          .as("round %d", t)
          .isCloseTo(Math.sqrt(squares[t]), within(1e-4));
      next(stream, () -> 0);
    }
  }

  @Test
  void tree_restarted_beginsAnew() {
    double[] draws = new SplittableRandom(3).doubles(8).toArray();
    double[] once = series(new Noise.Tree(OptionalInt.of(4)), draws, 4, UNITS);
    double[] twice = new double[14];
    System.arraycopy(draws, 0, twice, 0, 7);
    System.arraycopy(draws, 0, twice, 7, 7);
    double[] both = series(new Noise.Tree(OptionalInt.of(4)), twice, 8, UNITS);
    for (int t = 0; t < 4; t++) {
      // Allowances for rounding differ, since the second run has twice the rounds.
      assertThat(both[t] / once[t]).isCloseTo(1, within(1e-4));
      assertThat(both[t + 4]).isEqualTo(both[t]);
    }
  }

  /** The factor is a millionth or so where runs are ordinary, and is never below 1. */
  @Test
  void rounding_ordinaryRun_costsNextToNothing() {
    int dimension = 582_026;
    double clip = 1 / FixedPointSum.spacing(1, dimension);
    double factor =
        NoiseRounding.factor(
            size ->
                new FeedbackNoise.Buffers(new double[] {0.0076}, new double[] {1 - 4e-16}, size),
            NoiseRounding.ofBuffers(new double[] {0.0076}, new double[] {1 - 4e-16}, 2000),
            10 * clip,
            clip,
            2000,
            dimension);
    assertThat(factor).isBetween(1.0, 1.0001);
  }

  @Test
  void rounding_moreDigitsThanADouble_isRefused() {
    assertThatThrownBy(
            () ->
                NoiseStream.correlated(
                    new Noise.Tree(OptionalInt.empty()), 1e15, 1e6, 1000, 1_000_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("more digits");
  }

  /** However small the scales, the sum that is subtracted is rounded. */
  @Test
  void rounding_tinyScales_stillCountsTheRoundingOfTheSum() {
    assertThat(NoiseRounding.ofBuffers(new double[] {1e-12}, new double[] {0.5}, 40))
        .isGreaterThanOrEqualTo(3);
  }
}
