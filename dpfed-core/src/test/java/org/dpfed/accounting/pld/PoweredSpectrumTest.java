package org.dpfed.accounting.pld;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.dpfed.accounting.numerics.FourierTransform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoweredSpectrumTest {
  private static final int LENGTH = 1 << 12;

  private static PoweredSpectrum power(double[] weights, long start, long count) {
    PoweredSpectrum spectrum = new PoweredSpectrum(new FourierTransform(LENGTH));
    spectrum.multiply(weights, start, count);
    return spectrum;
  }

  private static double[] scaled(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i] / sum;
    }
    return result;
  }

  /** What the transforms cost: 2e-14 of a norm below 1 forward, at most count times, and back. */
  private static double modest(long count) {
    return 1e-13 + 2e-14 * count;
  }

  /** The sum's distribution modulo the length, by adding one at a time. */
  private static double[] convolved(double[] weights, long start, long count) {
    double[] sum = new double[LENGTH];
    sum[0] = 1;
    for (int n = 0; n < count; n++) {
      double[] next = new double[LENGTH];
      for (int i = 0; i < LENGTH; i++) {
        for (int j = 0; j < weights.length; j++) {
          next[(int) Math.floorMod(start + i + j, (long) LENGTH)] += sum[i] * weights[j];
        }
      }
      sum = next;
    }
    return sum;
  }

  private static double distance(double[] first, double[] second) {
    double squares = 0;
    for (int i = 0; i < LENGTH; i++) {
      squares += (first[i] - second[i]) * (first[i] - second[i]);
    }
    return Math.sqrt(squares);
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 0", "2, 900, -450", "3, 40, 7", "7, 150, -3", "25, 20, -9000", "60, 5, 2"})
  void multiply_anyVector_isRightToTheBoundItGives(long count, int size, long start) {
    SplittableRandom random = new SplittableRandom(count);
    for (double spread : new double[] {1, 20}) {
      double[] weights = new double[size];
      for (int i = 0; i < size; i++) {
        weights[i] = Math.pow(random.nextDouble(), spread);
      }
      double[] normalised = scaled(weights);
      PoweredSpectrum spectrum = power(normalised, start, count);
      double bound = spectrum.roundOff();

      // Every convolution rounds sums of positive products: some 1e-15 of a norm below 1 each.
      assertThat(distance(spectrum.transformedBack(), convolved(normalised, start, count)))
          .isLessThanOrEqualTo(bound + 1e-15 * count);
      assertThat(bound).isLessThan(modest(count));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 64", "2, 64", "3, 1", "5, 200", "40, 3"})
  void multiply_twoFairCoins_isRightWhereTheTransformVanishes(long count, int distance) {
    double[] coin = new double[distance + 1];
    coin[0] = 0.5;
    coin[distance] = 0.5;
    PoweredSpectrum spectrum = power(coin, 0, count);
    double bound = spectrum.roundOff();

    assertThat(distance(spectrum.transformedBack(), convolved(coin, 0, count)))
        .isLessThanOrEqualTo(bound + 1e-15);
    assertThat(bound).isLessThan(modest(count));
  }

  @Test
  void multiply_tenMillionRareSteps_isPoissonToTheBoundItGives() {
    long count = 10_000_000;
    double rate = 30;
    double[] weights = {1 - rate / count, rate / count};
    PoweredSpectrum spectrum = power(weights, 0, count);
    double bound = spectrum.roundOff();
    double[] result = spectrum.transformedBack();
    double[] binomial = new double[LENGTH];
    double mass = Math.exp(count * Math.log1p(-rate / count));
    for (int k = 0; k < 500; k++) {
      binomial[k] = mass;
      mass *= (count - k) / (k + 1.0) * (rate / count) / (1 - rate / count);
    }

    // Each mass is a product of some 100 rounded ratios. The bound of plain powers would be 1e-8.
    assertThat(distance(result, binomial)).isLessThanOrEqualTo(bound + 3e-14);
    assertThat(bound).isLessThan(1e-12);
  }

  @Test
  void multiply_twoFactors_isTheirConvolution() {
    double[] first = scaled(new double[] {1, 5, 2, 0, 3});
    double[] second = scaled(new double[] {7, 1, 1});
    PoweredSpectrum spectrum = power(first, 3, 4);
    spectrum.multiply(second, -100, 2);
    double bound = spectrum.roundOff();
    double[] expected = new double[LENGTH];
    double[] left = convolved(first, 3, 4);
    double[] right = convolved(second, -100, 2);
    for (int i = 0; i < LENGTH; i++) {
      for (int j = 0; j < LENGTH; j++) {
        expected[(i + j) % LENGTH] += left[i] * right[j];
      }
    }

    assertThat(distance(spectrum.transformedBack(), expected)).isLessThanOrEqualTo(bound + 1e-15);
  }
}
