package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.Nd4jKernel;
import org.dpfed.kernel.NoiseKey;
import org.dpfed.kernel.NormalSample;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FixedPointSumTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 255, 4097, 100_003})
  void release_noNoise_isTheScaledSumOnTheGrid(int size) {
    FixedPointSum sum = sum(2, size);
    float[] a = row(size, 1);
    float[] b = row(size, 2);

    sum.add(block(a), 0.5f);
    sum.add(block(b), 0.25f);
    float[] released = released(sum, 0, 1);

    for (int i = 0; i < size; i++) {
      // Either delta is cut by less than one spacing; then the result is rounded to float.
      double expected = 0.5 * a[i] + 0.25 * b[i];
      assertThat((double) released[i])
          .isCloseTo(
              expected, within(2 * FixedPointSum.spacing(2, size) + 0x1p-24 * Math.abs(expected)));
    }
  }

  @Test
  void add_anyOrder_sameBits() {
    List<float[]> rows = new ArrayList<>();
    for (int k = 0; k < 50; k++) {
      rows.add(row(1000, k));
    }
    float[] forward = released(rows);
    Collections.shuffle(rows, new Random(3));

    assertThat(released(rows)).isEqualTo(forward);
  }

  @Test
  void add_cutToTheGrid_normNeverGrows() {
    for (int seed = 0; seed < 100; seed++) {
      float[] row = row(100, seed);
      FixedPointSum sum = sum(10, row.length);
      sum.add(block(row), 0.75f);

      float[] cut = released(sum, 0, 1);

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
    float[] noise = released(new FixedPointSum(kernel, 1, 1_000_000), 2.5, 1);

    // Rounding to a grid of less than 10⁻⁵σ moves the distribution by less than that.
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5, 1e-9)).isTrue();
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5 * 2 / 3, 1e-9)).isFalse();
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5 * 3 / 2, 1e-9)).isFalse();
  }

  @Test
  void release_oneUnitMore_shiftsTheNoiseByOneUnitExactly() {
    // What is released is noise plus an integer: two neighbours differ by a shift, in no other bit.
    int size = 1000;
    double spacing = FixedPointSum.spacing(1, size);
    // A small stddev, so that the float of the result is exact: 10σ below 2²⁴ spacings.
    FixedPointSum without = sum(1, size);
    FixedPointSum with = sum(1, size);
    float[] unit = new float[size];
    java.util.Arrays.fill(unit, (float) spacing);
    with.add(block(unit), 1);

    float[] a = released(without, 1000 * spacing, 1);
    float[] b = released(with, 1000 * spacing, 1);

    boolean odd = false;
    for (int i = 0; i < size; i++) {
      assertThat((double) b[i] - a[i]).isEqualTo(spacing);
      assertThat(a[i] / spacing).isEqualTo(Math.rint(a[i] / spacing));
      odd |= (long) (a[i] / spacing) % 2 != 0;
    }
    assertThat(odd).isTrue();
  }

  @Test
  void add_scaleZero_rowIsNotRead() {
    FixedPointSum sum = sum(1, 3);

    sum.add(block(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1}), 0);

    assertThat(released(sum, 0, 1)).containsOnly(0f);
  }

  /**
   * Sums never refuse a delta: were the last of a crowd refused, the refusal would tell that the
   * others are there. A delta at the bound is at most 2¹⁷·√d units long, so 2³¹ clients, more than
   * there can be, stay in a long up to d = 2³⁰.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 26_010, 25_000_000})
  void spacing_anyDimension_leavesRoomForEveryPopulation(int dimension) {
    for (double bound : new double[] {1, 1.999, 1e-20, 3e30}) {
      double unitsPerDelta = bound / FixedPointSum.spacing(bound, dimension);
      assertThat(unitsPerDelta).isLessThanOrEqualTo(0x1p17 * Math.sqrt(dimension));
      assertThat(unitsPerDelta * 0x1p31).isLessThan(0x1p62);
    }
  }

  @Test
  void stddev_beyondTheGrid_refusedByNameBeforeAnythingIsSummed() {
    assertThatThrownBy(() -> FixedPointSum.units(1e30, 1, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("noise stddev")
        .hasMessageContaining("1.0E30");
  }

  @Test
  void stddev_atTheEndOfTheGrid_isTakenAndTheNextIsNot() {
    // No draw is beyond 10σ, so its 2⁵² units and as many of the sum are exact in double.
    double largest = Math.nextDown(0x1p52 / 10) * FixedPointSum.spacing(1, 1);

    assertThat(released(sum(1, 1), largest, 1)[0]).isFinite();
    assertThatThrownBy(() -> FixedPointSum.units(Math.nextUp(largest), 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stddev");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nd4j", "vector"})
  void add_everyKernel_sameSumWithoutNoise(String kernel) {
    FixedPointSum expected = sum(5, 70_001);
    FixedPointSum actual = new FixedPointSum(KernelSelection.forced(kernel).kernel(), 5, 70_001);
    for (int k = 0; k < 3; k++) {
      expected.add(block(row(70_001, k)), 0.3f);
      actual.add(block(row(70_001, k)), 0.3f);
    }

    assertThat(released(actual, 0, 0.1)).isEqualTo(released(expected, 0, 0.1));
  }

  private static NoiseKey key(int round) {
    return Randomness.seeded(0).key(Randomness.Purpose.NOISE, round);
  }

  private static FixedPointSum sum(double bound, int dimension) {
    return new FixedPointSum(new Nd4jKernel(), bound, dimension);
  }

  private static float[] released(FixedPointSum sum, double stddev, double factor) {
    float[] out = new float[sum.dimension()];
    NoiseStream noise = new NoiseStream.Independent(stddev / sum.spacing());
    sum.release(new Nd4jKernel().draws(key(1)), noise, factor, out, 0);
    return out;
  }

  private static float[] released(List<float[]> rows) {
    FixedPointSum sum = sum(5, 1000);
    for (float[] row : rows) {
      sum.add(block(row), 0.1f);
    }
    return released(sum, 1, 0.02);
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
    return Nd4j.createFromArray(row);
  }
}
