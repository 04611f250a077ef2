package org.dpfed.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FixedPointSumTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 255, 4097, 100_003})
  void release_noNoise_isTheScaledSumOnTheGrid(int size) {
    FixedPointSum sum = sum(2, 0, size);
    float[] a = row(size, 1);
    float[] b = row(size, 2);

    sum.addScaled(block(a), 0.5f);
    sum.addScaled(block(b), 0.25f);
    float[] released = sum.release(Keys.seeded(1), 1).toFloatVector();

    for (int i = 0; i < size; i++) {
      // Either delta is cut by less than one spacing; then the result is rounded to float.
      double expected = 0.5 * a[i] + 0.25 * b[i];
      assertThat((double) released[i])
          .isCloseTo(expected, within(2 * sum.spacing() + 0x1p-24 * Math.abs(expected)));
    }
  }

  @Test
  void addScaled_anyOrder_sameBits() {
    List<float[]> rows = new ArrayList<>();
    for (int k = 0; k < 50; k++) {
      rows.add(row(1000, k));
    }
    float[] forward = released(rows);
    Collections.shuffle(rows, new Random(3));

    assertThat(released(rows)).isEqualTo(forward);
  }

  @Test
  void addScaled_cutToTheGrid_normNeverGrows() {
    for (int seed = 0; seed < 100; seed++) {
      float[] row = row(100, seed);
      FixedPointSum sum = sum(10, 0, row.length);
      sum.addScaled(block(row), 0.75f);

      float[] cut = sum.release(Keys.seeded(1), 1).toFloatVector();

      // Coordinates are multiples of the spacing below 2²⁴ of it, so the float is exact here.
      BigDecimal before = BigDecimal.ZERO;
      BigDecimal after = BigDecimal.ZERO;
      for (int i = 0; i < row.length; i++) {
        before = before.add(new BigDecimal(0.75 * row[i]).pow(2));
        after = after.add(new BigDecimal(cut[i]).pow(2));
      }
      assertThat(after).isLessThanOrEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "vector"})
  void release_noise_isGaussianOfTheStatedScale(String name) {
    DeltaKernel kernel = KernelSelection.forced(name).kernel();
    float[] noise =
        new FixedPointSum(kernel, 1, 2.5, 1_000_000).release(Keys.seeded(2), 1).toFloatVector();

    // Rounding to a grid of less than 10⁻⁵σ moves the distribution by less than that.
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5, 1e-9)).isTrue();
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5 * 2 / 3, 1e-9)).isFalse();
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5 * 3 / 2, 1e-9)).isFalse();
  }

  @Test
  void release_oneUnitMore_shiftsTheNoiseByOneUnitExactly() {
    // What is released is noise plus an integer: two neighbours differ by a shift, in no other bit.
    int size = 1000;
    double spacing = sum(1, 0, size).spacing();
    // A small stddev, so that the float of the result is exact: 10σ below 2²⁴ spacings.
    FixedPointSum without = sum(1, 1000 * spacing, size);
    FixedPointSum with = sum(1, 1000 * spacing, size);
    float[] unit = new float[size];
    java.util.Arrays.fill(unit, (float) spacing);
    with.addScaled(block(unit), 1);

    float[] a = without.release(Keys.seeded(4), 1).toFloatVector();
    float[] b = with.release(Keys.seeded(4), 1).toFloatVector();

    boolean odd = false;
    for (int i = 0; i < size; i++) {
      assertThat((double) b[i] - a[i]).isEqualTo(spacing);
      assertThat(a[i] / spacing).isEqualTo(Math.rint(a[i] / spacing));
      odd |= (long) (a[i] / spacing) % 2 != 0;
    }
    assertThat(odd).isTrue();
  }

  @Test
  void addScaled_scaleZero_rowIsNotRead() {
    FixedPointSum sum = sum(1, 0, 3);

    sum.addScaled(block(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1}), 0);

    assertThat(sum.release(Keys.seeded(1), 1).toFloatVector()).containsOnly(0f);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1.999, 1", "0.3, 514", "1e-20, 26010", "3e30, 25000000", "1, 2147483"})
  void maxDeltas_allAtTheBound_reachTwoToThe52AndNoFurther(double bound, int dimension) {
    FixedPointSum sum = sum(bound, 0, dimension);

    // A coordinate is at most as long as the bound. Divided by a power of two it is exact.
    BigDecimal unitsPerDelta = new BigDecimal(bound / sum.spacing());
    BigDecimal room = BigDecimal.valueOf(1L << 52);
    assertThat(unitsPerDelta.multiply(BigDecimal.valueOf(sum.maxDeltas())))
        .isLessThanOrEqualTo(room);
    assertThat(unitsPerDelta.multiply(BigDecimal.valueOf(sum.maxDeltas() + 1))).isGreaterThan(room);
  }

  @Test
  void addScaled_oneDeltaTooMany_refusedAndTheSumStays() {
    // 2¹⁶ units a delta: room for three, not for a fourth.
    FixedPointSum sum = new FixedPointSum(new Nd4jKernel(), 1, 0, 1, 4 * 0x1p16 - 1);
    INDArray one = block(new float[] {1});
    for (int k = 0; k < 3; k++) {
      sum.addScaled(one, 1);
      sum.addScaled(one, 0);
    }

    assertThatThrownBy(() -> sum.addScaled(one, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("at most 3 deltas");

    assertThat(sum.release(Keys.seeded(1), 1).getFloat(0)).isEqualTo(3f);
  }

  @Test
  void stddev_beyondTheGrid_refusedByNameBeforeAnythingIsSummed() {
    assertThatThrownBy(() -> sum(1, 1e30, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stddev")
        .hasMessageContaining("1.0E30");
  }

  @Test
  void stddev_atTheEndOfTheGrid_isTakenAndTheNextIsNot() {
    // No draw is beyond 10σ, so its 2⁵² units and as many of the sum are exact in double.
    double largest = 0x1p52 / 10 * sum(1, 0, 1).spacing();

    assertThat(sum(1, largest, 1).maxDeltas()).isEqualTo(1L << 36);
    assertThatThrownBy(() -> sum(1, Math.nextUp(largest), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stddev");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "vector"})
  void addScaled_everyKernel_sameSumWithoutNoise(String kernel) {
    FixedPointSum expected = sum(5, 0, 70_001);
    FixedPointSum actual = new FixedPointSum(KernelSelection.forced(kernel).kernel(), 5, 0, 70_001);
    for (int k = 0; k < 3; k++) {
      expected.addScaled(block(row(70_001, k)), 0.3f);
      actual.addScaled(block(row(70_001, k)), 0.3f);
    }

    assertThat(actual.release(Keys.seeded(1), 0.1).toFloatVector())
        .isEqualTo(expected.release(Keys.seeded(1), 0.1).toFloatVector());
  }

  private static FixedPointSum sum(double bound, double stddev, int dimension) {
    return new FixedPointSum(new Nd4jKernel(), bound, stddev, dimension);
  }

  private static float[] released(List<float[]> rows) {
    FixedPointSum sum = sum(5, 1, 1000);
    for (float[] row : rows) {
      sum.addScaled(block(row), 0.1f);
    }
    return sum.release(Keys.seeded(1), 0.02).toFloatVector();
  }

  private static float[] row(int size, long seed) {
    Random random = new Random(seed);
    float[] row = new float[size];
    for (int i = 0; i < size; i++) {
      row[i] = (float) (random.nextGaussian() / Math.sqrt(size));
    }
    return row;
  }

  private static INDArray block(float[] row) {
    return Nd4j.createFromArray(new float[][] {row});
  }
}
