package org.dpfed.accounting.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.ToeplitzStrategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The losses against the errors that are reported, and their gradients against differences. */
class LossGradientTest {
  /**
   * Losses are logarithms of order 1, right to about 10⁻¹⁴: a central difference over 2·10⁻⁵ is
   * right to 10⁻⁹ of round-off and 10⁻¹⁰ times the third derivative, which is below 100 here.
   */
  private static final double STEP = 1e-5;

  private static final double DIFFERENCE = 2e-8;

  static Stream<Arguments> runs() {
    return Stream.of(
            new Participation(40, 3, 12),
            new Participation(40, 40, 1),
            new Participation(41, 5, 4),
            new Participation(30, 1, 30))
        .flatMap(
            participation ->
                Stream.of(new Workload.Prefix(), new Workload.Momentum(0.9))
                    .flatMap(
                        workload ->
                            Stream.of(Objective.Measure.values())
                                .map(
                                    measure ->
                                        Arguments.of(
                                            participation, new Objective(workload, measure)))));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void banded_orderedPoint_isTheLogarithmOfTheReportedLoss(
      Participation participation, Objective objective) {
    double[] point = {0.7, 0.4, 0.4, 0.1};
    double loss =
        StrategyError.toeplitz(
                ToeplitzStrategy.of(1, 0.7, 0.4, 0.4, 0.1), participation, objective.workload())
            .loss(objective.measure());
    BandedLoss banded = new BandedLoss(RunShape.of(participation, objective), 5);
    assertThat(banded.at(point, new double[4])).isCloseTo(Math.log(loss), within(1e-12));
    assertGradient(banded, point);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void orderedBanded_anyPoint_hasOrderedCoefficientsAndItsGradient(
      Participation participation, Objective objective) {
    OrderedBandedLoss loss =
        new OrderedBandedLoss(new BandedLoss(RunShape.of(participation, objective), 5));
    double[] point = {0.8, -0.5, 0.3, 0.1, 0.6};
    double[] coefficients = OrderedBandedLoss.coefficients(point);
    assertThat(coefficients[0]).isEqualTo(1);
    for (int i = 1; i < coefficients.length; i++) {
      assertThat(coefficients[i]).isBetween(0.0, coefficients[i - 1]);
    }
    assertGradient(loss, point);
  }

  @ParameterizedTest
  @MethodSource("runs")
  void buffered_anyPoint_isTheLogarithmOfTheReportedLoss(
      Participation participation, Objective objective) {
    BufferedLoss loss = new BufferedLoss(RunShape.of(participation, objective), 3);
    Random random = new Random(1);
    for (int i = 0; i < 5; i++) {
      double[] point = random.doubles(6, -3, 3).toArray();
      StrategyError reported =
          StrategyError.buffered(loss.strategy(point), participation, objective.workload());
      assertThat(loss.at(point, new double[6]))
          .isCloseTo(Math.log(reported.loss(objective.measure())), within(1e-12));
      assertGradient(loss, point);
    }
  }

  private static void assertGradient(DifferentiableLoss loss, double[] point) {
    double[] gradient = new double[point.length];
    loss.at(point, gradient);
    for (int i = 0; i < point.length; i++) {
      double[] after = point.clone();
      double[] before = point.clone();
      after[i] += STEP;
      before[i] -= STEP;
      double[] unused = new double[point.length];
      double difference = (loss.at(after, unused) - loss.at(before, unused)) / (2 * STEP);
      assertThat(gradient[i]).as("entry %d", i).isCloseTo(difference, within(DIFFERENCE));
    }
  }
}
