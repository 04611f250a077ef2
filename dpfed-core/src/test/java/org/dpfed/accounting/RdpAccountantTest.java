package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RdpAccountantTest {
  private static final NeighbouringRelation ADD_OR_REMOVE = NeighbouringRelation.ADD_OR_REMOVE_ONE;

  private static RdpAccountant atDefaultOrders(NeighbouringRelation relation) {
    return new RdpAccountant(relation, RdpAccountant.defaultOrders());
  }

  static Stream<GoldenCase> poisson() {
    return GoldenCase.ofGroup("rdp_poisson");
  }

  @ParameterizedTest
  @MethodSource("poisson")
  void epsilon_poissonAtDefaultOrders_equalsExactQuadrature(GoldenCase golden) {
    RdpAccountant accountant = atDefaultOrders(golden.relation()).compose(golden.event(), 1);
    double delta = golden.number("delta");

    // The referee's quadrature and ours are each good to some 1e-12 of the divergence.
    assertThat(accountant.epsilon(delta))
        .isCloseTo(golden.number("exact_rdp_epsilon_default_orders"), withinPercentage(100 * 1e-9));
    assertThat(accountant.bestOrder(delta)).isEqualTo(golden.number("exact_rdp_order_default"));
  }

  static Stream<GoldenCase> everyRdpCase() {
    return GoldenCase.all()
        .filter(golden -> golden.text("accountant").startsWith("rdp"))
        .filter(golden -> !golden.has("query"));
  }

  @ParameterizedTest
  @MethodSource("everyRdpCase")
  void epsilon_goldenCase_isWithinItsBounds(GoldenCase golden) {
    double epsilon =
        atDefaultOrders(golden.relation()).compose(golden.event()).epsilon(golden.number("delta"));

    assertThat(epsilon).isBetween(golden.acceptMin(), golden.acceptMax());
  }

  @Test
  void epsilon_fractionalOrdersBelowTwo_keepTheSignsOfTheSeries() {
    // Adding |binomial| terms instead gives 346.0 here; the exact value is 229.4.
    DpEvent round = new DpEvent.PoissonSampled(0.5, new DpEvent.Gaussian(1));

    assertThat(atDefaultOrders(ADD_OR_REMOVE).compose(round, 1000).epsilon(1e-5))
        .isCloseTo(229.4, within(0.05));
  }

  @ParameterizedTest
  @CsvSource({"0.01, 1, 1.5", "0.3, 2, 4.5", "0.9, 0.5, 1.1", "1e-6, 1, 10.5"})
  void divergences_fractionalOrder_liesOnTheConvexCurveBetweenIntegers(
      double q, double z, double order) {
    // (α − 1)·D(α) is convex: the integer orders, summed in another way, bound it on both sides.
    double floor = Math.max(2, Math.floor(order));
    double[] orders = {order, floor, floor + 1, floor + 2};
    double[] moments =
        new RdpAccountant(ADD_OR_REMOVE, orders)
            .compose(new DpEvent.PoissonSampled(q, new DpEvent.Gaussian(z)), 1)
            .divergences();
    for (int i = 0; i < orders.length; i++) {
      moments[i] *= orders[i] - 1;
    }
    double chord = moments[1] + (order - floor) * (moments[2] - moments[1]);
    double tangent = moments[2] + (order - floor - 1) * (moments[3] - moments[2]);

    assertThat(moments[0]).isPositive();
    if (order > floor) {
      assertThat(moments[0]).isBetween(tangent, chord);
    } else {
      assertThat(moments[0]).isGreaterThan(Math.max(0, chord)).isLessThan(moments[1]);
    }
  }

  static Stream<DpEvent> hardlyNoisy() {
    DpEvent gaussian = new DpEvent.Gaussian(0.02);
    return Stream.of(
        new DpEvent.PoissonSampled(0.1, gaussian),
        new DpEvent.SampledWithoutReplacement(1_000, 100, gaussian));
  }

  @ParameterizedTest
  @MethodSource("hardlyNoisy")
  void divergences_hardlyAnyNoise_fitInMemoryAndAreNoWorseThanWithoutSampling(DpEvent event) {
    // The quadrature of order 16384 would take half a billion nodes here.
    double[] divergences =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () ->
                new RdpAccountant(NeighbouringRelation.REPLACE_ONE)
                    .compose(event, 1)
                    .divergences());
    double[] unsampled =
        new RdpAccountant(NeighbouringRelation.REPLACE_ONE)
            .compose(new DpEvent.Gaussian(0.02), 1)
            .divergences();

    for (int i = 0; i < divergences.length; i++) {
      assertThat(divergences[i]).isPositive().isLessThanOrEqualTo(unsampled[i]);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1e-9, 1.1, 5.5e-19",
    "1e-9, 2, 1e-18",
    "1e-9, 64, 3.2e-17",
    "1e-3, 2, 9.99999583333e-7"
  })
  void divergences_hardlyAnyLocalLoss_areNotLostInRounding(
      double epsilon, double order, double truth) {
    // α·ε²/2 to the first order; the last one is log(cosh(0.0015)/cosh(0.0005)). Moments near 1
    // would be rounded to 1, and 10¹² runs would then seem to cost nothing.
    double[] divergences =
        new RdpAccountant(NeighbouringRelation.REPLACE_ONE, order)
            .compose(new DpEvent.ApproximateDp(epsilon, 0), 1)
            .divergences();

    assertThat(divergences[0]).isCloseTo(truth, withinPercentage(1e-6));
  }

  @Test
  void delta_ofEpsilonOfDelta_isDelta() {
    RdpAccountant accountant =
        atDefaultOrders(ADD_OR_REMOVE)
            .compose(new DpEvent.PoissonSampled(0.01, new DpEvent.Gaussian(1)), 1000);

    // One rounding of epsilon, times the order.
    assertThat(accountant.delta(accountant.epsilon(1e-5))).isCloseTo(1e-5, withinPercentage(1e-9));
  }

  @Test
  void compose_nonPrivateOrNoNoise_answersInfinity() {
    RdpAccountant accountant = atDefaultOrders(ADD_OR_REMOVE);

    assertThat(accountant.compose(new DpEvent.NonPrivate(), 1).epsilon(1e-5)).isInfinite();
    assertThat(accountant.compose(new DpEvent.Gaussian(0), 1).delta(3)).isEqualTo(1);
    assertThat(
            accountant
                .compose(new DpEvent.PoissonSampled(0.1, new DpEvent.Gaussian(0)), 1)
                .guarantee(1e-5, "patient")
                .summary())
        .startsWith("no privacy");
  }

  @Test
  void compose_nothing_answersZero() {
    assertThat(atDefaultOrders(ADD_OR_REMOVE).epsilon(1e-5)).isZero();
  }

  @Test
  void compose_eventWithoutProof_isRefusedByName() {
    DpEvent sampledSkellam =
        new DpEvent.PoissonSampled(0.1, new SkellamSum(new RoundedSum(1, 0.01, 0, 10), 1, 10));
    DpEvent run = new DpEvent.Composed(List.of(new DpEvent.Gaussian(1), sampledSkellam));

    assertThatThrownBy(() -> atDefaultOrders(ADD_OR_REMOVE).compose(run, 2))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("SkellamSum");
  }

  @Test
  void compose_severalGaussiansOnOneSample_actLikeOne() {
    DpEvent pair =
        new DpEvent.Composed(
            List.of(new DpEvent.Gaussian(3), new DpEvent.SelfComposed(new DpEvent.Gaussian(4), 1)));
    double together = 1 / Math.hypot(1 / 3.0, 1 / 4.0);

    assertThat(
            atDefaultOrders(ADD_OR_REMOVE)
                .compose(new DpEvent.PoissonSampled(0.1, pair), 9)
                .epsilon(1e-5))
        .isCloseTo(
            atDefaultOrders(ADD_OR_REMOVE)
                .compose(new DpEvent.PoissonSampled(0.1, new DpEvent.Gaussian(together)), 9)
                .epsilon(1e-5),
            // The two multipliers differ by rounding alone.
            withinPercentage(1e-9));
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "NaN", "-0.1", "2"})
  void epsilon_badDelta_isRefusedWithItsValue(double delta) {
    assertThatThrownBy(() -> atDefaultOrders(ADD_OR_REMOVE).epsilon(delta))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delta")
        .hasMessageContaining("(0, 1)")
        .hasMessageContaining(Double.toString(delta));
  }
}
