package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PrivacyLedger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class DeltaAggregatorTest {
  /** Clients 0 to 9 take part in every round. */
  private static final int EVERYBODY = 10;

  private final List<DpEvent> charged = new ArrayList<>();

  @Test
  void release_noNoise_isTheClippedSumOverTheExpectedCohort() {
    try (DeltaAggregator aggregator = aggregator(5, 0, 2)) {
      aggregator.accumulate(0, Nd4j.createFromArray(3f, 4f));
      aggregator.accumulate(1, Nd4j.createFromArray(30f, 40f));
      try (INDArray mean = aggregator.release(charged::add)) {
        // The second delta is scaled to norm 5 less a margin of 2.4e-7 of it, and either delta is
        // cut by less than 2⁻¹⁶ · 5/√2.
        double cut = 2 * 0x1p-16 * 5 / Math.sqrt(2) / 10;
        assertThat(mean.getDouble(0)).isCloseTo(0.6, within(1e-6 + cut));
        assertThat(mean.getDouble(1)).isCloseTo(0.8, within(1e-6 + cut));
      }
    }
    assertThat(charged).containsExactly(new DpEvent.NonPrivate());
  }

  @Test
  void release_noClipNorm_isTheSumOverTheExpectedCohort() {
    try (DeltaAggregator aggregator = aggregator(new Clipping.None(), 0, 2)) {
      aggregator.accumulate(0, Nd4j.createFromArray(30f, 1e-30f));
      aggregator.accumulate(1, Nd4j.createFromArray(Float.NaN, 1f));
      try (INDArray mean = aggregator.release(charged::add)) {
        // A product with the float nearest to a tenth: two roundings.
        assertThat(mean.getDouble(0)).isCloseTo(3, within(3 * 0x1p-23));
        assertThat(mean.getDouble(1)).isCloseTo(1e-31, within(1e-31 * 0x1p-23));
      }
    }
  }

  @Test
  void accumulate_fates_areToldApart() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 2)) {
      assertThat(aggregator.accumulate(0, Nd4j.createFromArray(2f, 0f)).isClipped()).isTrue();
      assertThat(aggregator.accumulate(1, Nd4j.createFromArray(1f, 0f)).isClipped()).isFalse();
      assertThat(aggregator.accumulate(2, Nd4j.createFromArray(0f, 0f)).isClipped()).isFalse();
      assertThat(aggregator.accumulate(3, Nd4j.createFromArray(Float.NaN, 0f)).isFinite())
          .isFalse();
    }
  }

  @Test
  void release_deltaWithNanOrInfinity_contributesZero() {
    try (DeltaAggregator aggregator = aggregator(1, 0, 3)) {
      aggregator.accumulate(0, Nd4j.createFromArray(0.5f, 0f, 0f));
      aggregator.accumulate(1, Nd4j.createFromArray(0f, Float.NaN, 1f));
      aggregator.accumulate(2, Nd4j.createFromArray(0f, Float.NEGATIVE_INFINITY, 1f));
      try (INDArray mean = aggregator.release(charged::add)) {
        assertThat(mean.toFloatVector()).containsExactly(0.05f, 0f, 0f);
      }
    }
  }

  @Test
  void release_noDeltas_isStillNoisedAndCharged() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 100)) {
      try (INDArray mean = aggregator.release(charged::add)) {
        assertThat(mean.toFloatVector()).doesNotContain(0f);
      }
    }
    assertThat(charged).containsExactly(new DpEvent.PoissonSampled(1, new DpEvent.Gaussian(1)));
  }

  @Test
  void release_deltasInAnyOrder_sameBits() {
    List<float[]> deltas = new ArrayList<>();
    Random random = new Random(1);
    for (int k = 0; k < EVERYBODY; k++) {
      float[] delta = new float[1000];
      for (int i = 0; i < delta.length; i++) {
        delta[i] = (float) random.nextGaussian();
      }
      deltas.add(delta);
    }
    float[] forward = released(deltas);
    Collections.shuffle(deltas, random);

    assertThat(released(deltas)).isEqualTo(forward);
  }

  private static float[] released(List<float[]> deltas) {
    Mechanism seeded =
        Mechanisms.poisson(EVERYBODY, 10, new Clipping.Fixed(1), 1, Randomness.seeded(1));
    try (DeltaAggregator aggregator = Mechanisms.firstRound(seeded, 1000)) {
      for (int client = 0; client < EVERYBODY; client++) {
        aggregator.accumulate(client, Nd4j.createFromArray(deltas.get(client)));
      }
      return aggregator.release(event -> {}).toFloatVector();
    }
  }

  /** Integers come out the same however the clients fall to the threads; floats in their turn. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void accumulateInTurn_onManyThreads_sameBits(boolean clipped) {
    List<float[]> deltas = new ArrayList<>();
    Random random = new Random(2);
    for (int k = 0; k < 200; k++) {
      deltas.add(new float[] {(float) random.nextGaussian(), 1e-3f * random.nextInt(1000), k});
    }
    Mechanism mechanism =
        Mechanisms.poisson(
            deltas.size(),
            deltas.size(),
            clipped
                ? new Clipping.Adaptive(1, new QuantileEstimation(0.5, 0.2, OptionalDouble.empty()))
                : new Clipping.None(),
            clipped ? 1 : 0,
            Randomness.seeded(1));
    List<float[]> means = new ArrayList<>();
    for (boolean parallel : new boolean[] {false, true, true}) {
      MechanismRun run = Mechanisms.start(mechanism, 3);
      try (DeltaAggregator aggregator = run.nextRound()) {
        IntStream clients = IntStream.range(0, deltas.size());
        List<Supplier<DeltaAggregator.Contribution>> turns =
            (parallel ? clients.parallel() : clients)
                .mapToObj(
                    client ->
                        aggregator.accumulateInTurn(
                            client, Nd4j.createFromArray(deltas.get(client))))
                .toList();
        assertThat(turns.stream().map(Supplier::get)).allMatch(fate -> fate.isFinite());
        means.add(aggregator.release(event -> {}).toFloatVector());
        // The next clip norm follows from the counts.
        means.add(new float[] {(float) run.state().bounds()[0]});
      }
    }

    assertThat(means.get(2)).isEqualTo(means.get(0)).isEqualTo(means.get(4));
    assertThat(means.get(3)).isEqualTo(means.get(1)).isEqualTo(means.get(5));
  }

  /** Whatever a ledger throws, the sum cannot be taken to another one. */
  @ParameterizedTest
  @ValueSource(
      classes = {IllegalStateException.class, java.io.UncheckedIOException.class, Error.class})
  void release_ledgerFails_sumCanNeverBeReleased(Class<? extends Throwable> kind) {
    PrivacyLedger failing =
        event -> {
          if (kind == Error.class) {
            throw new OutOfMemoryError("ledger");
          }
          throw kind == IllegalStateException.class
              ? new IllegalStateException("ledger")
              : new java.io.UncheckedIOException("ledger", new java.io.IOException());
        };
    try (DeltaAggregator aggregator = aggregator(1, 1, 2)) {
      aggregator.accumulate(0, Nd4j.createFromArray(1f, 0f));
      assertThatThrownBy(() -> aggregator.release(failing)).hasMessage("ledger");
      assertThatThrownBy(() -> aggregator.release(charged::add))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(charged).isEmpty();
  }

  /** A round whose charge fails leaves the noise as it was. */
  @Test
  void release_ledgerIsAsked_noNoiseWasDrawnYet() {
    MechanismRun run =
        Mechanisms.start(
            new Mechanism(
                60,
                4,
                new Sampling.ParticipationLimited(12, 1, 4),
                new Clipping.Fixed(1),
                new Noise.Tree(OptionalInt.empty()),
                new Trust.Central(),
                1,
                Randomness.seeded(5)),
            8);
    List<List<Double>> before = memory(run);
    try (DeltaAggregator aggregator = run.nextRound()) {
      aggregator.release(event -> assertThat(memory(run)).isEqualTo(before)).close();
    }
    assertThat(memory(run)).isNotEqualTo(before);
  }

  private static List<List<Double>> memory(MechanismRun run) {
    return run.state().noise().stream()
        .map(vector -> Arrays.stream(vector).boxed().toList())
        .toList();
  }

  @Test
  void release_twice_isRefused() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 2)) {
      aggregator.release(charged::add).close();
      assertThatThrownBy(() -> aggregator.release(charged::add))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> aggregator.accumulate(0, Nd4j.zeros(DataType.FLOAT, 2)))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(charged).hasSize(1);
  }

  @Test
  void release_afterClose_isRefusedUncharged() {
    DeltaAggregator aggregator = aggregator(1, 1, 2);
    aggregator.close();
    assertThatThrownBy(() -> aggregator.release(charged::add))
        .isInstanceOf(IllegalStateException.class);
    assertThat(charged).isEmpty();
  }

  /**
   * With d = 100,000 draws the sample standard deviation has relative standard error √(1/2d) = 0.22
   * %, so ±1.5 % is 6.7 standard errors: a right scale fails once in 10¹⁰ runs, two thirds or three
   * halves of it never passes.
   */
  @Test
  void release_noiseScale_dependsOnClipNormAlone() {
    for (float norm : new float[] {0f, 1e-3f, 100f}) {
      try (DeltaAggregator aggregator = aggregator(0.5, 3, 100_000)) {
        INDArray delta = Nd4j.zeros(DataType.FLOAT, 100_000);
        delta.putScalar(0, norm);
        aggregator.accumulate(0, delta);
        try (INDArray mean = aggregator.release(charged::add)) {
          mean.putScalar(0, 0);
          double expected = 0.5 * 3 / 10;
          double stddev = Math.sqrt(mean.mul(mean).meanNumber().doubleValue());
          assertThat(stddev).isCloseTo(expected, within(0.015 * expected));
        }
      }
    }
  }

  @Test
  void accumulate_clientTwice_isRefusedAndTheSumStays() {
    try (DeltaAggregator aggregator = aggregator(1, 0, 1)) {
      aggregator.accumulate(3, Nd4j.createFromArray(0.5f));
      assertThatThrownBy(() -> aggregator.accumulate(3, Nd4j.createFromArray(0.5f)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("one delta a round");
      assertThat(aggregator.release(charged::add).getFloat(0)).isEqualTo(0.05f);
    }
  }

  @Test
  void accumulate_clientOutsideTheCohort_isRefused() {
    Mechanism half = Mechanisms.poisson(1000, 500, new Clipping.Fixed(1), 1, Randomness.secure());
    try (DeltaAggregator aggregator = Mechanisms.firstRound(half, 1)) {
      int[] cohort = aggregator.cohort();
      for (int client = 0; client < 1000; client++) {
        int sampled = java.util.Arrays.binarySearch(cohort, client);
        int id = client;
        if (sampled < 0) {
          assertThatThrownBy(() -> aggregator.accumulate(id, Nd4j.createFromArray(0.5f)))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageContaining("cohort");
        }
      }
      assertThat(cohort.length).isBetween(300, 700);
    }
  }

  @Test
  void cohort_changedByTheCaller_staysAsItIs() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 1)) {
      aggregator.cohort()[0] = 7;
      assertThat(aggregator.cohort()).startsWith(0, 1).hasSize(EVERYBODY);
    }
  }

  @Test
  void accumulate_wrongShapeOrType_isRefused() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 2)) {
      assertThatThrownBy(() -> aggregator.accumulate(0, Nd4j.zeros(DataType.FLOAT, 3)))
          .hasMessageContaining("[2]");
      assertThatThrownBy(() -> aggregator.accumulate(0, Nd4j.zeros(DataType.DOUBLE, 2)))
          .hasMessageContaining("float");
    }
  }

  private static DeltaAggregator aggregator(double clipNorm, double noise, int dimension) {
    return aggregator(new Clipping.Fixed(clipNorm), noise, dimension);
  }

  private static DeltaAggregator aggregator(Clipping clipping, double noise, int dimension) {
    return Mechanisms.firstRound(
        Mechanisms.poisson(EVERYBODY, EVERYBODY, clipping, noise, Randomness.secure()), dimension);
  }
}
