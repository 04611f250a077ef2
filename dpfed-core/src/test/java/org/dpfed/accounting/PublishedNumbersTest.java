package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Numbers printed in papers and tutorials. Tolerances are half a unit of the last digit printed.
 * "Old" is the conversion ε = r − log δ/(α − 1) from before Canonne, Kamath, Steinke 2020.
 */
class PublishedNumbersTest {
  private static final NeighbouringRelation ADD_OR_REMOVE = NeighbouringRelation.ADD_OR_REMOVE_ONE;
  private static final NeighbouringRelation ZERO_OUT = NeighbouringRelation.ZERO_OUT;

  private static RdpAccountant rdp(DpEvent event, long count, NeighbouringRelation relation) {
    return new RdpAccountant(relation, RdpAccountant.defaultOrders()).compose(event, count);
  }

  private static double old(RdpAccountant accountant, double delta) {
    double[] orders = accountant.orders();
    double[] divergences = accountant.divergences();
    return IntStream.range(0, orders.length)
        .mapToDouble(i -> divergences[i] - Math.log(delta) / (orders[i] - 1))
        .min()
        .orElseThrow();
  }

  private static DpEvent sampled(double q, double z) {
    return new DpEvent.PoissonSampled(q, new DpEvent.Gaussian(z));
  }

  @Test
  void abadi2016_threeWays_agree() {
    RdpAccountant accountant = rdp(sampled(0.01, 4), 10_000, ADD_OR_REMOVE);

    assertThat(old(accountant, 1e-5)).isCloseTo(1.26, within(0.005));
    assertThat(accountant.epsilon(1e-5)).isCloseTo(1.0355, within(0.00005));
    assertThat(new PldAccountant(ADD_OR_REMOVE).compose(sampled(0.01, 4), 10_000).epsilon(1e-5))
        .isCloseTo(0.9469, within(0.0001));
  }

  @ParameterizedTest
  @CsvSource({"763430, 4.634", "1e8, 1.152"})
  void mcMahan2018_integerOrdersUpTo33_agree(double clients, double published) {
    double[] orders = IntStream.rangeClosed(2, 33).asDoubleStream().toArray();
    RdpAccountant accountant =
        new RdpAccountant(ADD_OR_REMOVE, orders).compose(sampled(5000 / clients, 1), 5000);

    assertThat(old(accountant, 1e-9)).isCloseTo(published, within(0.0005));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1.17",
    "10, 1.17",
    "100, 1.20",
    "1000, 1.28",
    "10000, 1.39",
    "100000, 2.44",
    "1000000, 8.13"
  })
  void mcMahan2018Table1_agrees(long rounds, double published) {
    double[] orders = IntStream.rangeClosed(2, 33).asDoubleStream().toArray();
    RdpAccountant accountant =
        new RdpAccountant(ADD_OR_REMOVE, orders).compose(sampled(1e-3, 1), rounds);

    assertThat(old(accountant, Math.pow(1e6, -1.1))).isCloseTo(published, within(0.005));
  }

  @ParameterizedTest
  @CsvSource({"1.1, 60, 3.01", "1.3, 15, 1.19", "0.7, 45, 7.10"})
  void tensorFlowPrivacyMnist_agrees(double z, long epochs, double published) {
    long steps = epochs * 60_000 / 256;

    assertThat(old(rdp(sampled(256 / 60_000.0, z), steps, ADD_OR_REMOVE), 1e-5))
        .isCloseTo(published, within(0.005));
  }

  @ParameterizedTest
  @CsvSource({"1.13, 19.74, 18.71, 0.005", "8.83, 2.04, 1.773, 0.0005"})
  void dpFtrlStackOverflow_agrees(double z, double before, double now, double tolerance) {
    DpEvent tree = new RestartedTreeAggregation(z, List.of(1600));
    RdpAccountant accountant = rdp(tree, 1, ZERO_OUT);

    assertThat(old(accountant, 1e-6)).isCloseTo(before, within(0.005));
    assertThat(accountant.epsilon(1e-6)).isCloseTo(now, within(tolerance));
  }

  /** ρ of zero-concentrated DP as the accountant has it: a Gaussian's divergence is order · ρ. */
  private static double rho(DpEvent event) {
    return new RdpAccountant(ZERO_OUT, 2).compose(event, 1).divergences()[0] / 2;
  }

  /**
   * Each line fails for another mistake: the first for another count of nodes or another reading of
   * the separation, the second for noise taken relative to something else than the clip norm, the
   * others for another conversion.
   */
  @Test
  void gboardTree_sensitivityRhoAndEpsilon_agree() {
    TreeAggregation tree = new TreeAggregation(7, Participation.withRoundsBetween(2000, 6, 313));

    assertThat(tree.squaredSensitivity()).isEqualTo(79);
    assertThat(rho(tree)).isCloseTo(0.81, within(0.005));
    assertThat(rdp(tree, 1, ZERO_OUT).epsilon(1e-10)).isCloseTo(8.90, within(0.005));
    assertThat(new AnalyticGaussianAccountant(ZERO_OUT).compose(tree).epsilon(1e-10))
        .isCloseTo(8.526, within(0.0005));
  }

  @ParameterizedTest
  @CsvSource({"1.411, 0.6, 0.1506840, 3.424007", "8.35, 2, 0.01434257, 0.993550"})
  void gboardBandedMatrices_agree(double z, double squared, double rho, double published) {
    // The notebook's matrices are scaled: es-ES has a squared sensitivity of 0.6 for its three
    // participations, pt-BR of 2 for its two. Both are printed to one digit after the point.
    DpEvent banded = new DpEvent.Gaussian(z / Math.sqrt(squared));
    double epsilon = new AnalyticGaussianAccountant(ZERO_OUT).compose(banded).epsilon(1e-10);

    assertThat(rho(banded)).isCloseTo(rho, within(1e-5 * rho));
    assertThat(epsilon).isCloseTo(published, within(1e-5 * published));
    assertThat(new GaussianDp(Math.sqrt(2 * rho)).epsilon(1e-10))
        .isCloseTo(published, within(1e-6 * published));
  }

  @Test
  void jaxPrivacy_epsilonAndNoise_agree() {
    PrivacyAccountant pld = new PldAccountant(ADD_OR_REMOVE);
    double z =
        new NoiseCalibration(pld, 1, 1e-6)
            .smallestNoiseMultiplier(noise -> new DpEvent.SelfComposed(sampled(0.1, noise), 512));

    assertThat(pld.compose(sampled(0.1, 3), 512).epsilon(1e-6)).isCloseTo(3.77, within(0.005));
    assertThat(z).isCloseTo(9.66, within(0.005));
  }
}
