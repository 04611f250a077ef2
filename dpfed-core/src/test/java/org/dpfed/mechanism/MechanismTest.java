package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dpfed.accounting.DpEvent;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.NoiseKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class MechanismTest {
  @Test
  void event_isOfTheSamplingAndTheNoiseThatAreUsed() {
    assertThat(mechanism(1, 2).roundEvent(0))
        .isEqualTo(new DpEvent.PoissonSampled(0.25, new DpEvent.Gaussian(2)));
    assertThat(mechanism(1, 2).event(7))
        .isEqualTo(new DpEvent.SelfComposed(mechanism(1, 2).roundEvent(0), 7));
    // Rounded up by a relative 2⁻⁴⁰ and a few ulps; the mean is of one client.
    assertThat(Mechanisms.firstRound(mechanism(1, 2), 1).noiseStddev())
        .isBetween(2.0, 2 * (1 + 0x1p-39));
    assertThat(Mechanisms.firstRound(mechanism(0.5, 2), 1).noiseStddev())
        .isBetween(1.0, 1 + 0x1p-39);
    assertThat(mechanism(0.5, 2).withNoiseMultiplier(3).roundEvent(1))
        .isEqualTo(new DpEvent.PoissonSampled(0.25, new DpEvent.Gaussian(3)));
    assertThat(mechanism(1, 0).roundEvent(0)).isEqualTo(new DpEvent.NonPrivate());
  }

  /** A seed reveals the noise, so that a ledger must not claim a finite cost for it. */
  @Test
  void event_seeded_isChargedAsNoPrivacy() {
    Mechanism seeded = Mechanisms.poisson(4, 1, new Clipping.Fixed(1), 2, Randomness.seeded(1));
    List<DpEvent> charged = new ArrayList<>();
    try (DeltaAggregator aggregator = Mechanisms.firstRound(seeded, 1)) {
      aggregator.release(charged::add).close();
    }
    assertThat(charged).containsExactly(new DpEvent.NonPrivate());
    assertThat(seeded.event(1))
        .isEqualTo(
            new DpEvent.SelfComposed(new DpEvent.PoissonSampled(0.25, new DpEvent.Gaussian(2)), 1));
  }

  /** Correlated noise is made for the clip norm that the mechanism has, whatever a state says. */
  @Test
  void resume_boundsOfAnotherClipping_areRefused() {
    QuantileEstimation median = QuantileEstimation.median();
    Clipping fixed = new Clipping.Fixed(1);
    Clipping zeroed = new Clipping.Zeroed(fixed, new Zeroing.AbovePublic(5));
    assertRefused(fixed, "that of the clipping, 1.0, was 8.0", 8, 0);
    assertRefused(fixed, "that of the clipping, 0.0, was 8.0", 1, 8);
    assertRefused(fixed, "that of the clipping, 1.0, was NaN", Double.NaN, 0);
    assertRefused(fixed, "must have 2 bounds, had 1", 1);
    assertRefused(zeroed, "was 8.0", 1, 8);
    for (double bound : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRefused(
          new Clipping.Adaptive(1, median), "positive and finite, was " + bound, bound, 0);
    }
  }

  private static void assertRefused(Clipping clipping, String message, double... bounds) {
    Mechanism mechanism = Mechanisms.poisson(4, 2, clipping, 0.1, Randomness.secure());
    KernelSelection kernel = KernelSelection.forced("nd4j");
    MechanismState own = mechanism.start(kernel, 3).state();
    assertThat(mechanism.resume(kernel, own, 3).state().bounds()).isEqualTo(own.bounds());
    MechanismState other = new MechanismState(1, bounds, own.order(), own.noise());
    assertThatThrownBy(() -> mechanism.resume(kernel, other, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  /**
   * The promise behind every epsilon: whatever the deltas, one client more moves the sum by no more
   * than the clip norm. Without noise the release shows the sum up to one rounding to float, and
   * magnitudes are chosen to make sums of floats fail: one unit in the last place here, a whole
   * clip norm there.
   */
  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "vector"})
  void sum_oneClientMore_movesByAtMostTheClipNorm(String kernelName) {
    KernelSelection kernel = KernelSelection.forced(kernelName);
    long seed = 20_260_201;
    SplittableRandom random = new SplittableRandom(seed);
    for (int trial = 0; trial < 200; trial++) {
      int clients = 1 + random.nextInt(300);
      int dimension = 1 + random.nextInt(3);
      double clipNorm = Math.scalb(1 + random.nextDouble(), random.nextInt(-20, 20));
      int one = random.nextInt(clients);
      Mechanism everybody =
          Mechanisms.poisson(
              clients, clients, new Clipping.Fixed(clipNorm), 0, Randomness.secure());
      try (DeltaAggregator with = everybody.start(kernel, dimension).nextRound();
          DeltaAggregator without = everybody.start(kernel, dimension).nextRound()) {
        for (int client = 0; client < clients; client++) {
          INDArray delta = awkward(random, dimension, clipNorm);
          with.accumulate(client, delta);
          if (client != one) {
            without.accumulate(client, delta);
          }
        }
        double[] a = with.release(event -> {}).toDoubleVector();
        double[] b = without.release(event -> {}).toDoubleVector();
        double square = 0;
        double rounding = 0;
        for (int i = 0; i < dimension; i++) {
          square += Math.pow((a[i] - b[i]) * clients, 2);
          rounding += clients * (Math.ulp((float) a[i]) + Math.ulp((float) b[i]));
        }
        assertThat(Math.sqrt(square))
            .as("seed %d, trial %d", seed, trial)
            .isLessThanOrEqualTo(clipNorm + rounding);
      }
    }
  }

  private static INDArray awkward(SplittableRandom random, int dimension, double clipNorm) {
    float[] delta = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      delta[i] =
          (float) (clipNorm * random.nextDouble(-1, 1) * Math.scalb(1.0, -random.nextInt(30) + 2));
    }
    return Nd4j.createFromArray(delta);
  }

  @Test
  void numbers_outOfBounds_areRefusedByNameAndValue() {
    assertRefused(() -> Mechanisms.poisson(0, 1, new Clipping.Fixed(1), 1, secure()), "0");
    for (double bad : new double[] {0, -1, 1e-320, 4.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertRefused(
          () -> Mechanisms.poisson(4, bad, new Clipping.Fixed(1), 1, secure()),
          "expectedCohortSize",
          String.valueOf(bad));
    }
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY, 1e39}) {
      assertRefused(() -> mechanism(1, bad), "noiseMultiplier", String.valueOf(bad));
    }
    assertRefused(
        () -> Mechanisms.poisson(4, 1, new Clipping.None(), 0.5, secure()), "0.5", "clipNorm");
    assertRefused(() -> Mechanisms.firstRound(mechanism(1, 1), 0), "dimension");
    assertRefused(() -> Mechanisms.firstRound(mechanism(1, 1e30), 1), "noise stddev", "E30");
  }

  /** Trap: an aggregator put together from a known key, little noise and a generous event. */
  @Test
  void aggregatorSamplerAndKeys_areNotToBeHadElsewhere() {
    assertThat(DeltaAggregator.class.getConstructors()).isEmpty();
    assertThat(MechanismRun.class.getConstructors()).isEmpty();
    assertThat(Randomness.class.getConstructors()).isEmpty();
    assertThat(KernelSelection.class.getConstructors()).isEmpty();
    for (Class<?> hidden :
        List.of(
            PoissonSampler.class,
            UniformSubset.class,
            FixedPointSum.class,
            RunningSum.class,
            PartialSum.class,
            NoiseStream.class,
            ExactNorm.class)) {
      assertThat(Modifier.isPublic(hidden.getModifiers())).as(hidden.getName()).isFalse();
    }
    for (Class<?> open :
        List.of(Mechanism.class, MechanismRun.class, DeltaAggregator.class, Randomness.class)) {
      assertThat(open.getMethods())
          .as("methods of %s that give or take a key", open.getName())
          .noneMatch(
              method ->
                  method.getReturnType() == NoiseKey.class
                      || Arrays.asList(method.getParameterTypes()).contains(NoiseKey.class));
    }
  }

  private static Mechanism mechanism(double clipNorm, double noiseMultiplier) {
    return Mechanisms.poisson(4, 1, new Clipping.Fixed(clipNorm), noiseMultiplier, secure());
  }

  private static Randomness secure() {
    return Randomness.secure();
  }

  private static void assertRefused(ThrowingCallable construction, String... parts) {
    assertThatThrownBy(construction)
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .contains(parts);
  }
}
