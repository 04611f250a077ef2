package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import org.dpfed.accounting.numerics.Normal;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.Nd4jKernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class AdaptiveClippingTest {
  private static final JsonNode GOLDEN = Golden.file("clipping.json");

  /** With the golden noises, the golden clip norms, to a few roundings of double. */
  @Test
  void update_goldenTrajectories_areMet() {
    JsonNode trajectories = GOLDEN.get("trajectories");
    for (JsonNode golden : trajectories.get("cases")) {
      ClippingState state =
          new ClippingState(
              new Clipping.Adaptive(0.1, estimation(golden.get("gamma").asDouble())),
              new int[] {3});
      for (int round = 0; round < golden.get("rounds").size(); round++) {
        JsonNode expected = golden.get("rounds").get(round);
        assertThat(state.clipNorms()[0]).isCloseTo(expected.get("clip").asDouble(), within(1e-12));
        double share = 0.5;
        for (double norm : Golden.doubles(trajectories.get("norms").get(round))) {
          share += (norm <= state.clipNorms()[0] ? 0.5 : -0.5) / 5;
        }
        share += expected.get("noise").asDouble() / 5;
        assertThat(share).isCloseTo(expected.get("noisyFraction").asDouble(), within(1e-12));
        state.update(new double[] {share});
        assertThat(state.clipNorms()[0])
            .isCloseTo(expected.get("nextClip").asDouble(), within(1e-12));
      }
    }
  }

  private static QuantileEstimation estimation(double quantile) {
    return new QuantileEstimation(quantile, 0.2, OptionalDouble.empty());
  }

  /** Trap: a clip norm that moves the wrong way. Golden paths of the population's own quantile. */
  @Test
  void clipNorm_movesTowardsTheQuantile_fromAboveAndBelow() {
    for (JsonNode golden : GOLDEN.get("populationDynamics").get("cases")) {
      DoubleUnaryOperator share =
          golden.get("norms").asText().startsWith("uniform")
              ? c -> Math.min(1, c)
              : c -> 1 - Normal.upperTail(Math.log(c));
      ClippingState state =
          new ClippingState(
              new Clipping.Adaptive(
                  golden.get("C0").asDouble(), estimation(golden.get("gamma").asDouble())),
              new int[] {1});
      for (int round = 0; round <= 100; round++) {
        JsonNode expected = golden.get("C").get(String.valueOf(round));
        if (expected != null) {
          assertThat(state.clipNorms()[0] / expected.asDouble()).isCloseTo(1, within(1e-9));
        }
        state.update(new double[] {share.applyAsDouble(state.clipNorms()[0])});
      }
    }
  }

  /**
   * The same through whole rounds with noise: 400 clients with log-normal norms of median 1, all of
   * them in every round. Around the median the logarithm of the clip norm is an autoregression with
   * innovations of 0.2 · σ_b/400 = 0.01 and a pull of 0.2 · φ(0) = 0.08, so its standard deviation
   * is 0.026 and the sample's own median is within 0.0625 standard errors of 1: 0.4 is more than
   * six of both.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 5})
  void clipNorm_overWholeRounds_convergesToTheMedian(double start) {
    java.util.Random random = new java.util.Random(11);
    float[] norms = new float[400];
    for (int i = 0; i < norms.length; i++) {
      norms[i] = (float) Math.exp(random.nextGaussian());
    }
    MechanismRun run =
        Mechanisms.start(
            Mechanisms.poisson(
                400, 400, new Clipping.Adaptive(start, estimation(0.5)), 1, Randomness.secure()),
            2);
    List<Double> last = List.of();
    for (int round = 0; round < 150; round++) {
      try (DeltaAggregator aggregator = run.nextRound()) {
        last = aggregator.clipNorms();
        for (int client : aggregator.cohort()) {
          try (INDArray delta = Nd4j.createFromArray(norms[client], 0f)) {
            aggregator.accumulate(client, delta);
          }
        }
        aggregator.release(event -> {}).close();
      }
    }
    assertThat(Math.log(last.get(0))).isCloseTo(0, within(0.4));
  }

  /**
   * Trap: noise scaled by another clip norm than was applied. The next clip norm differs by 10 %
   * here, and 20,000 draws give the scale to 0.5 %: 3 % is six standard errors.
   */
  @Test
  void noise_isScaledByTheClipNormThatWasApplied() {
    int dimension = 20_000;
    Mechanism mechanism =
        Mechanisms.poisson(
            10, 10, new Clipping.Adaptive(0.1, estimation(1)), 0.9, Randomness.secure());
    MechanismRun run = Mechanisms.start(mechanism, dimension);
    double split = mechanism.sumNoiseMultiplier(dimension);
    for (int round = 0; round < 5; round++) {
      try (DeltaAggregator aggregator = run.nextRound()) {
        double expected = split * aggregator.clipNorms().get(0) / 10;
        assertThat(aggregator.noiseStddev()).isBetween(expected, expected * (1 + 1e-11));
        try (INDArray mean = aggregator.release(event -> {})) {
          double stddev = Math.sqrt(mean.mul(mean).meanNumber().doubleValue());
          assertThat(stddev).isCloseTo(expected, within(0.03 * expected));
        }
      }
    }
    assertThat(run.nextRound().clipNorms().get(0)).isNotCloseTo(0.1, within(0.01));
  }

  /** Trap: the count left out of the accounting. Vectors of the split, and its refusal. */
  @Test
  void sumNoise_withACount_isRaisedSoThatBothCostTheMultiplier() {
    double[][] vectors = {{1, 50, 1.020621}, {1.2, 120, 1.206045}, {0.5, 50, 0.502519}};
    for (double[] vector : vectors) {
      assertThat(adaptive(vector[0], vector[1]).sumNoiseMultiplier(1))
          .isCloseTo(vector[2], within(5e-7));
    }
    assertThatThrownBy(() -> adaptive(5, 50).sumNoiseMultiplier(1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Mechanism adaptive(double noiseMultiplier, double cohort) {
    return Mechanisms.poisson(
        1000,
        cohort,
        new Clipping.Adaptive(0.1, estimation(0.5)),
        noiseMultiplier,
        Randomness.secure());
  }

  @Test
  void spacing_goldenGrid_followsThePublicClipNorm() {
    for (JsonNode golden : GOLDEN.get("grid").get("cases")) {
      assertThat(FixedPointSum.spacing(golden.get("clip").asDouble(), golden.get("d").asInt()))
          .isEqualTo(golden.get("grid").asDouble());
    }
  }

  @Test
  void layerNoise_golden_isMet() {
    int[] sizes =
        Arrays.stream(Golden.doubles(GOLDEN.get("perLayer").get("dimensions")))
            .mapToInt(size -> (int) size)
            .toArray();
    LayerShares[] shares = {new LayerShares.Equal(), new LayerShares.SquareRootOfSize()};
    for (int i = 0; i < shares.length; i++) {
      JsonNode golden = GOLDEN.get("perLayer").get("cases").get(i);
      double[] clipNorms = shares[i].of(sizes);
      // Shares are rounded down by 2⁻⁴⁰, noise is rounded up by as much.
      assertCloseTo(clipNorms, Golden.doubles(golden.get("clips")));
      assertCloseTo(
          LayerNoise.LEAST_VARIANCE.stddevs(1, clipNorms, sizes),
          Golden.doubles(golden.get("optimalSigmas")));
      double[] flat = new double[sizes.length];
      Arrays.fill(flat, golden.get("flatSigma").asDouble());
      assertCloseTo(LayerNoise.FLAT.stddevs(1, clipNorms, sizes), flat);
    }
  }

  private static void assertCloseTo(double[] actual, double[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i] / expected[i]).isCloseTo(1, within(1e-11));
    }
  }

  /** In exact terms: what one client adds to each layer, over the layer's noise, is at most 1/z. */
  @ParameterizedTest
  @ValueSource(strings = {"FLAT", "LEAST_VARIANCE"})
  void layerNoise_anyShares_costsTheMultiplier(LayerNoise noise) {
    int[] sizes = {1, 7, 4000, 33, 1_000_000};
    for (LayerShares shares :
        List.of(
            new LayerShares.Equal(),
            new LayerShares.SquareRootOfSize(),
            new LayerShares.Given(List.of(1e-6, 3.0, 2e5, 1.0, 0.5)))) {
      double[] clipNorms = shares.of(sizes);
      double[] stddevs = noise.stddevs(0.7, clipNorms, sizes);
      double squares = 0;
      double total = 0;
      for (int l = 0; l < sizes.length; l++) {
        squares += Math.pow(clipNorms[l] / stddevs[l], 2);
        total += clipNorms[l] * clipNorms[l];
      }
      assertThat(Math.sqrt(squares)).isLessThanOrEqualTo(1 / 0.7).isCloseTo(1 / 0.7, within(1e-11));
      assertThat(total).isLessThanOrEqualTo(1);
    }
  }

  @Test
  void perLayer_everyLayer_isClippedOnItsOwn() {
    Mechanism mechanism =
        Mechanisms.poisson(
            10,
            10,
            new Clipping.PerLayer(
                new Clipping.Fixed(5), new LayerShares.Given(List.of(3.0, 4.0)), LayerNoise.FLAT),
            0,
            Randomness.secure());
    try (DeltaAggregator aggregator = Mechanisms.start(mechanism, 2, 1).nextRound()) {
      assertThat(aggregator.clipNorms().get(0)).isCloseTo(3, within(1e-10));
      DeltaAggregator.Contribution fate =
          aggregator.accumulate(0, Nd4j.createFromArray(1f, 0f, 8f));
      assertThat(fate.isClipped()).isTrue();
      try (INDArray mean = aggregator.release(event -> {})) {
        // One layer is within its bound, the other is halved; both are cut to grids of 2⁻¹⁵ at
        // most.
        assertThat(mean.getDouble(0)).isCloseTo(0.1, within(1e-5));
        assertThat(mean.getDouble(2)).isCloseTo(0.4, within(1e-5));
      }
    }
  }

  @Test
  void zeroing_longDelta_contributesNothingAndCountsAsLong() {
    Clipping clipping =
        new Clipping.Zeroed(new Clipping.Adaptive(1, estimation(0.5)), new Zeroing.AbovePublic(10));
    MechanismRun run =
        Mechanisms.start(Mechanisms.poisson(10, 10, clipping, 0, Randomness.secure()), 1);
    try (DeltaAggregator aggregator = run.nextRound()) {
      aggregator.accumulate(0, Nd4j.createFromArray(10.5f));
      aggregator.accumulate(1, Nd4j.createFromArray(0.5f));
      aggregator.accumulate(2, Nd4j.createFromArray(Float.NaN));
      assertThat(aggregator.release(event -> {}).getDouble(0)).isEqualTo(0.05, within(1e-6));
    }
    // One within the bound, one zeroed and beyond it, one not finite: b̃ = ½.
    assertThat(run.nextRound().clipNorms().get(0)).isEqualTo(1);
  }

  /** An estimate that starts far too low must not be taken for the median of what is left. */
  @Test
  void zeroing_estimateThatStartsTooLow_recovers() {
    QuantileEstimation median = new QuantileEstimation(0.5, 0.2, OptionalDouble.of(0.5));
    Clipping clipping =
        new Clipping.Zeroed(new Clipping.Fixed(1), new Zeroing.AboveEstimate(0.01, 2, median));
    MechanismRun run =
        Mechanisms.start(Mechanisms.poisson(10, 10, clipping, 0.5, Randomness.secure()), 1);
    boolean reached = false;
    for (int round = 0; round < 200; round++) {
      try (DeltaAggregator aggregator = run.nextRound()) {
        for (int client = 0; client < 10; client++) {
          try (INDArray delta = Nd4j.createFromArray(1f)) {
            reached |= aggregator.accumulate(client, delta).scale() > 0;
          }
        }
        aggregator.release(event -> {}).close();
      }
    }
    assertThat(reached).isTrue();
  }

  @Test
  void zeroing_belowTheClipNorm_isRefused() {
    assertThatThrownBy(
            () -> new Clipping.Zeroed(new Clipping.Fixed(0.5), new Zeroing.AbovePublic(0.01)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least the clip norm of 0.5");
  }

  /** A layer that never learns: its clip norm falls far below the others', and the run goes on. */
  @Test
  void perLayerAdaptive_layerWithoutGradient_runsOn() {
    Clipping clipping =
        new Clipping.PerLayer(
            new Clipping.Adaptive(1, new QuantileEstimation(0.5, 0.5, OptionalDouble.of(5))),
            new LayerShares.Equal(),
            LayerNoise.FLAT);
    MechanismRun run =
        Mechanisms.start(Mechanisms.poisson(10, 10, clipping, 1, Randomness.secure()), 2, 2);
    for (int round = 0; round < 400; round++) {
      try (DeltaAggregator aggregator = run.nextRound()) {
        for (int client = 0; client < 10; client++) {
          try (INDArray delta = Nd4j.createFromArray(1f, 1f, 0f, 0f)) {
            aggregator.accumulate(client, delta);
          }
        }
        aggregator.release(event -> {}).close();
      }
    }
    assertThat(run.nextRound().clipNorms().get(1)).isLessThan(1e-6);
  }

  @Test
  void zeroing_privateThreshold_followsItsQuantileAndCostsACount() {
    QuantileEstimation high = new QuantileEstimation(0.98, 1, OptionalDouble.of(3));
    Clipping clipping =
        new Clipping.Zeroed(new Clipping.Fixed(1), new Zeroing.AboveEstimate(2, 3, high));
    Mechanism mechanism = Mechanisms.poisson(10, 10, clipping, 1, Randomness.secure());
    // (1 − 1/(2·3)²)^(−½)
    assertThat(mechanism.sumNoiseMultiplier(1))
        .isCloseTo(1 / Math.sqrt(1 - 1 / 36.0), within(1e-12));
    ClippingState state = new ClippingState(clipping, new int[] {1});
    assertThat(state.zeroAbove()).isEqualTo(6);
    state.update(new double[] {0.5});
    assertThat(state.zeroAbove()).isCloseTo(6 * Math.exp(0.48), within(1e-12));
    assertThat(state.clipNorms()).containsExactly(1);
  }

  @Test
  void perLayerAdaptive_everyLayer_costsACount() {
    Clipping clipping =
        new Clipping.PerLayer(
            new Clipping.Adaptive(1, new QuantileEstimation(0.5, 0.2, OptionalDouble.of(5))),
            new LayerShares.Equal(),
            LayerNoise.LEAST_VARIANCE);
    Mechanism mechanism = Mechanisms.poisson(100, 100, clipping, 1, Randomness.secure());
    assertThat(mechanism.sumNoiseMultiplier(3, 4, 5))
        .isCloseTo(1 / Math.sqrt(1 - 3 / 100.0), within(1e-12));
    try (DeltaAggregator aggregator =
        mechanism.start(KernelSelection.forced(Nd4jKernel.NAME), 3, 4, 5).nextRound()) {
      assertThat(aggregator.clipNorms())
          .hasSize(3)
          .allSatisfy(c -> assertThat(c).isCloseTo(1 / Math.sqrt(3), within(1e-11)));
    }
  }

  /**
   * The noise of a count: 2,000 shares of standard deviation σ_b/n. Their sample deviation has
   * relative standard error 1.6 %; ±10 % is six of them, and two thirds or three halves are out.
   */
  @Test
  void count_noise_hasTheStatedScale() {
    Clipping clipping =
        new Clipping.Adaptive(1, new QuantileEstimation(0.5, 1, OptionalDouble.of(4)));
    MechanismRun run =
        Mechanisms.start(Mechanisms.poisson(10, 10, clipping, 1, Randomness.secure()), 1);
    double squares = 0;
    double before = 1;
    for (int round = 0; round < 2000; round++) {
      try (DeltaAggregator aggregator = run.nextRound()) {
        double log = Math.log(aggregator.clipNorms().get(0) / before);
        squares += log * log;
        before = aggregator.clipNorms().get(0);
        aggregator.release(event -> {}).close();
      }
    }
    // Without clients the share is ½ plus noise, so the logarithm moves by the noise alone.
    assertThat(Math.sqrt(squares / 1999)).isCloseTo(0.4, within(0.04));
  }
}
