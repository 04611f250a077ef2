package org.dpfed.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecureGaussianTest {
  /** Error rate of each statistical test; keys are fixed, so a pass stays a pass. */
  private static final double ALPHA = 1e-9;

  @Test
  void radius_leastUniform_reachesBeyondNineSigma() {
    assertThat(SecureGaussian.radius(0)).isCloseTo(Math.sqrt(130 * Math.log(2)), within(1e-12));
  }

  @Test
  void radius_greatestUniform_isNearZero() {
    assertThat(SecureGaussian.radius(-1)).isBetween(-0.0, 1e-7);
  }

  @Test
  void radius_smallUniforms_allBitsCount() {
    // Next to the end of the tail each of the 64 bits moves the radius: √(−2 ln((n + ½)·2⁻⁶⁴)).
    for (int n = 0; n < 10_000; n++) {
      double expected = Math.sqrt(-2 * (Math.log(n + 0.5) - 64 * Math.log(2)));
      assertThat(SecureGaussian.radius(n)).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void angle_allOfTheCircle_onceEach() {
    assertThat(SecureGaussian.angle(0)).isEqualTo(-Math.PI / 2);
    assertThat(SecureGaussian.angle(1L << 62)).isEqualTo(0);
    assertThat(SecureGaussian.angle(Long.MIN_VALUE)).isEqualTo(Math.PI / 2);
    assertThat(SecureGaussian.angle(-1)).isCloseTo(3 * Math.PI / 2, within(1e-14));
  }

  @Test
  void nextChunk_anyStart_sameDrawsAsFromTheBeginning() {
    float[] whole = draws(1, 0, 20 * SecureGaussian.CHUNK);
    float[] later = draws(1, 7, 13 * SecureGaussian.CHUNK);

    assertThat(later).isEqualTo(Arrays.copyOfRange(whole, 7 * SecureGaussian.CHUNK, whole.length));
  }

  @Test
  void nextChunk_million_passesKolmogorovSmirnovAtItsOwnScaleOnly() {
    float[] draws = draws(2, 0, 1_000_000);

    assertThat(NormalSample.passesKolmogorovSmirnov(draws, 1, ALPHA)).isTrue();
    // n = 10⁶ puts the bound at 0.0033: the wrong scales pass with probability below 10⁻⁷⁰⁰⁰.
    assertThat(NormalSample.passesKolmogorovSmirnov(draws, 2 / 3.0, ALPHA)).isFalse();
    assertThat(NormalSample.passesKolmogorovSmirnov(draws, 3 / 2.0, ALPHA)).isFalse();
    // So does a scale that is off by 3 %.
    assertThat(NormalSample.passesKolmogorovSmirnov(draws, 1.03, ALPHA)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "vector"})
  void draw_tenMillion_tailsAsTheoryHasThem(String kernel) {
    assertTails(kernel, 3, 10_000_000);
  }

  @ParameterizedTest
  @Tag("slow")
  @ValueSource(strings = {"nd4j", "vector"})
  void draw_thousandMillion_tailsAsTheoryHasThem(String kernel) {
    assertTails(kernel, 4, 1_000_000_000);
  }

  @Test
  void tailTest_gaussianThatStopsEarly_isCaught() {
    // A generator whose Gaussian ends at 4.4σ: 0 where 68 are expected beyond 4.5σ in 10⁷ draws.
    assertThat(NormalSample.isCompatible(0, 10_000_000, NormalSample.twoSidedTail(4.5), ALPHA))
        .isFalse();
    // One that ends at 4.8σ shows in 10⁹ draws beyond 5σ.
    assertThat(NormalSample.isCompatible(0, 1_000_000_000, NormalSample.twoSidedTail(5), ALPHA))
        .isFalse();
  }

  @Test
  void nextChunk_laggedCoordinates_areUncorrelated() {
    int count = 1_000_000;
    float[] draws = draws(5, 0, count + 4096);

    // Lags that the layout of pairs, chunks and vectors would show; 6.5 standard deviations each.
    for (int lag : new int[] {1, 2, 4, 8, 16, SecureGaussian.PAIRS, SecureGaussian.CHUNK, 4096}) {
      assertThat(NormalSample.correlation(draws, 0, draws, lag, count))
          .as("lag %d", lag)
          .isCloseTo(0, within(6.5 / Math.sqrt(count)));
    }
  }

  @Test
  void nextChunk_pairOfBoxAndMuller_squaresAreUncorrelatedToo() {
    float[] draws = draws(6, 0, 1_024_000);
    float[] squares = new float[draws.length];
    for (int i = 0; i < draws.length; i++) {
      // Standardised: Z² has mean 1 and variance 2.
      squares[i] = (float) ((draws[i] * (double) draws[i] - 1) / Math.sqrt(2));
    }
    double sum = 0;
    for (int c = 0; c < draws.length; c += SecureGaussian.CHUNK) {
      sum +=
          NormalSample.correlation(
              squares, c, squares, c + SecureGaussian.PAIRS, SecureGaussian.PAIRS);
    }
    double correlation = sum * SecureGaussian.CHUNK / draws.length;

    assertThat(correlation).isCloseTo(0, within(6.5 / Math.sqrt(draws.length / 2.0)));
  }

  @Test
  void nextChunk_threadsTogether_sameDrawsAsAlone() {
    float[] alone = draws(7, 0, 64 * SecureGaussian.CHUNK);
    var parts =
        IntStream.range(0, 4)
            .mapToObj(
                t ->
                    CompletableFuture.supplyAsync(
                        () -> draws(7, 16L * t, 16 * SecureGaussian.CHUNK)))
            .toList();

    for (int t = 0; t < 4; t++) {
      int from = 16 * t * SecureGaussian.CHUNK;
      assertThat(parts.get(t).join())
          .isEqualTo(Arrays.copyOfRange(alone, from, from + 16 * SecureGaussian.CHUNK));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {8, 9, 1L << 62})
  void nextChunk_anotherRoundsKey_isUncorrelated(long seed) {
    float[] a = draws(7, 0, 1_000_000);
    float[] b = draws(seed, 0, 1_000_000);

    assertThat(NormalSample.correlation(a, 0, b, 0, a.length)).isCloseTo(0, within(6.5e-3));
  }

  private static void assertTails(String kernel, long seed, long count) {
    assertThat(
            NormalSample.hasGaussianTails(
                KernelSelection.forced(kernel).kernel(), Keys.seeded(seed), count, ALPHA))
        .isTrue();
  }

  private static float[] draws(long seed, long firstChunk, int count) {
    SecureGaussian gaussian = new SecureGaussian(Keys.bytes(seed), firstChunk);
    double[] chunk = new double[SecureGaussian.CHUNK];
    float[] draws = new float[count];
    for (int from = 0; from < count; from += chunk.length) {
      gaussian.nextChunk(chunk);
      for (int i = 0; i < Math.min(chunk.length, count - from); i++) {
        draws[from + i] = (float) chunk[i];
      }
    }
    return draws;
  }
}
