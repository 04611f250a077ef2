package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.dpfed.kernel.Nd4jKernel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class ClippingTest {
  private final Nd4jKernel kernel = new Nd4jKernel();

  @Test
  void scale_normExactlyClipNorm_isOne() {
    assertThat(scale(5, 3, 4)).isEqualTo(1f);
    assertThat(scale(0.25, 0.25f)).isEqualTo(1f);
  }

  @Test
  void scale_normOneUlpAboveClipNorm_isBelowOne() {
    assertThat(scale(5, 3, Math.nextUp(4f))).isLessThan(1f);
    assertThat(scale(Math.nextDown(5.0), 3, 4)).isLessThan(1f);
  }

  @Test
  void scale_shorterDelta_isOne() {
    assertThat(scale(5.0001, 3, 4)).isEqualTo(1f);
    assertThat(scale(1, 0, 0, 0)).isEqualTo(1f);
  }

  @Test
  void scale_notFinite_isZero() {
    assertThat(scale(1, 1, Float.NaN)).isZero();
    assertThat(scale(1, Float.POSITIVE_INFINITY, 0)).isZero();
    assertThat(scale(1, Float.NEGATIVE_INFINITY, Float.NaN)).isZero();
    assertThat(new ClipBound(Double.POSITIVE_INFINITY).scale(Double.NaN, Nd4j.zeros(1))).isZero();
  }

  /** Sizes and magnitudes at which float arithmetic over- and underflows. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 255, 4097})
  void clippedDelta_anyMagnitude_staysWithinClipNormInExactArithmetic(int dimension) {
    long seed = 20_260_101L + dimension;
    SplittableRandom random = new SplittableRandom(seed);
    for (double magnitude : new double[] {1e-30, 1e-3, 1, 1.0001, 1e5, 1e30}) {
      for (double clipNorm : new double[] {1e-4, 0.3, 1, 1e4}) {
        float[] delta = new float[dimension];
        for (int i = 0; i < dimension; i++) {
          delta[i] = (float) (random.nextDouble(-1, 1) * magnitude);
        }
        BigDecimal square = squaredNorm(delta, scale(clipNorm, delta));
        assertThat(square)
            .as(
                "seed %d, dimension %d, magnitude %s, clipNorm %s",
                seed, dimension, magnitude, clipNorm)
            .isLessThanOrEqualTo(new BigDecimal(clipNorm).pow(2));
      }
    }
  }

  /** Rounding down must not cost more than its stated margin, or clipping would bias the mean. */
  @Test
  void scale_clippedDelta_losesLessThanOneInAMillion() {
    assertThat((double) scale(1, 30, 40)).isBetween(0.02 * (1 - 1e-6), 0.02);
  }

  @Test
  void exactNorm_awkwardValues_agreesWithBigDecimal() {
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 2000; i++) {
      float[] delta = {finite(random), finite(random), finite(random)};
      double bound = Math.sqrt(squaredNorm(delta, 1).doubleValue());
      boolean expected = squaredNorm(delta, 1).compareTo(new BigDecimal(bound).pow(2)) > 0;
      if (bound > 0 && Double.isFinite(bound)) {
        assertThat(ExactNorm.exceeds(Nd4j.createFromArray(delta), bound))
            .as("seed %d, case %d: %s %s %s", seed, i, delta[0], delta[1], delta[2])
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void fixed_badClipNorm_isRefusedByNameAndValue() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> new Clipping.Fixed(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("clipNorm")
          .hasMessageContaining(String.valueOf(bad));
    }
  }

  private float scale(double clipNorm, float... values) {
    try (INDArray delta = Nd4j.createFromArray(values)) {
      double norm = kernel.rowNorms(delta.reshape(1, values.length))[0];
      return new ClipBound(clipNorm).scale(norm, delta);
    }
  }

  /** Any finite float: bits drawn uniformly, subnormals among them. */
  private static float finite(SplittableRandom random) {
    float value = Float.intBitsToFloat(random.nextInt());
    return Float.isFinite(value) ? value : 0;
  }

  private static BigDecimal squaredNorm(float[] delta, float scale) {
    BigDecimal sum = BigDecimal.ZERO;
    for (float value : delta) {
      sum = sum.add(new BigDecimal(value).multiply(new BigDecimal(scale)).pow(2));
    }
    return sum;
  }
}
