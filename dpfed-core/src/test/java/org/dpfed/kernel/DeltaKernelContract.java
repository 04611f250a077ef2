package org.dpfed.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What every {@link DeltaKernel} must do; a subclass names the kernel. Sizes lie around the widths
 * at which kernels change their loops, values around the ends of {@code float}.
 */
public abstract class DeltaKernelContract {
  private static final int[] SIZES = {1, 2, 7, 8, 9, 255, 4097, 1_000_003};

  /** Half a unit in the last place of a float, relative: one rounding. */
  private static final double ROUNDING = 0x1p-24;

  /** Where the values of a row come from. */
  private enum Values {
    ORDINARY {
      @Override
      float draw(Random random) {
        return (float) random.nextGaussian();
      }
    },
    HUGE {
      @Override
      float draw(Random random) {
        return Float.MAX_VALUE * (random.nextFloat() - 0.5f);
      }
    },
    TINY {
      @Override
      float draw(Random random) {
        return 0x1p-100f * (float) random.nextGaussian();
      }
    },
    SUBNORMAL {
      @Override
      float draw(Random random) {
        return Float.MIN_VALUE * (random.nextInt(1 << 20) - (1 << 19));
      }
    },
    WIDE {
      @Override
      float draw(Random random) {
        return (float) (random.nextGaussian() * Math.pow(2, random.nextInt(200) - 100));
      }
    },
    ZERO {
      @Override
      float draw(Random random) {
        return 0;
      }
    };

    abstract float draw(Random random);

    float[] row(int length, long seed) {
      Random random = new Random(seed);
      float[] row = new float[length];
      for (int i = 0; i < length; i++) {
        row[i] = draw(random);
      }
      return row;
    }
  }

  /** The kernel under test. */
  protected abstract DeltaKernel kernel();

  static Stream<Arguments> sizesAndValues() {
    return Arrays.stream(SIZES)
        .boxed()
        .flatMap(size -> Arrays.stream(Values.values()).map(values -> Arguments.of(size, values)));
  }

  static Stream<Arguments> sizesAndRows() {
    return Arrays.stream(SIZES)
        .boxed()
        .flatMap(
            size -> Stream.of(1, 2, 3, 5, size > 10_000 ? 8 : 65).map(k -> Arguments.of(size, k)));
  }

  static Stream<Integer> sizes() {
    return Arrays.stream(SIZES).boxed();
  }

  @ParameterizedTest
  @MethodSource("sizesAndValues")
  void rowNorms_anyFiniteRow_withinStatedError(int size, Values values) {
    float[] row = values.row(size, size);
    double expected = Math.sqrt(compensatedSumOfSquares(row));

    double norm = kernel().rowNorms(block(row))[0];

    // The expected value itself is within 3·2⁻⁵³ of the truth, far below the stated error.
    assertThat(norm).isCloseTo(expected, within(DeltaKernel.NORM_RELATIVE_ERROR * expected));
  }

  @ParameterizedTest
  @MethodSource("sizesAndRows")
  void rowNorms_manyRows_eachRowItsOwn(int size, int rows) {
    float[][] block = ordinaryRows(rows, size);

    double[] norms = kernel().rowNorms(block(block));

    assertThat(norms).hasSize(rows);
    for (int k = 0; k < rows; k++) {
      double expected = Math.sqrt(compensatedSumOfSquares(block[k]));
      assertThat(norms[k]).isCloseTo(expected, within(DeltaKernel.NORM_RELATIVE_ERROR * expected));
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void rowNorms_notFinite_showsInThatRowOnly(int size) {
    for (int at : new int[] {0, size / 2, size - 1}) {
      float[][] rows = ordinaryRows(4, size);
      rows[0][at] = Float.NaN;
      rows[1][at] = Float.POSITIVE_INFINITY;
      rows[2][at] = Float.NEGATIVE_INFINITY;

      double[] norms = kernel().rowNorms(block(rows));

      assertThat(norms[0]).isNaN();
      assertThat(norms[1]).isEqualTo(Double.POSITIVE_INFINITY);
      assertThat(norms[2]).isEqualTo(Double.POSITIVE_INFINITY);
      assertThat(norms[3]).isFinite();
    }
  }

  @ParameterizedTest
  @MethodSource("sizesAndRows")
  void addScaled_manyRows_isTheScaledSum(int size, int rows) {
    float[][] block = ordinaryRows(rows, size);
    float[] scales = Values.ORDINARY.row(rows, 99);
    float[] start = Values.ORDINARY.row(size, 98);
    INDArray sum = Nd4j.createFromArray(start);
    INDArray deltas = block(block);

    kernel().addScaled(sum, deltas, scales);

    assertThat(deltas).isEqualTo(block(block));
    float[] actual = sum.toFloatVector();
    for (int i = 0; i < size; i++) {
      double expected = start[i];
      double magnitude = Math.abs(start[i]);
      for (int k = 0; k < rows; k++) {
        expected += (double) scales[k] * block[k][i];
        magnitude += Math.abs((double) scales[k] * block[k][i]);
      }
      // Two roundings a row, none of anything larger than the sum of magnitudes (1 % for the
      // roundings).
      assertThat((double) actual[i])
          .isCloseTo(expected, within(1.01 * 2 * rows * ROUNDING * magnitude));
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void addScaled_scaleZero_rowIsNotRead(int size) {
    float[][] rows = ordinaryRows(3, size);
    Arrays.fill(rows[1], Float.NaN);
    INDArray with = Nd4j.zeros(DataType.FLOAT, size);
    INDArray without = Nd4j.zeros(DataType.FLOAT, size);

    kernel().addScaled(with, block(rows), new float[] {0.5f, 0, 2});
    kernel().addScaled(without, block(rows[0], rows[2]), new float[] {0.5f, 2});

    assertThat(with.toFloatVector()).isEqualTo(without.toFloatVector());
  }

  @ParameterizedTest
  @MethodSource("sizesAndValues")
  void addScaled_scaleRoundedDownAsStated_normWithinBoundInExactArithmetic(
      int size, Values values) {
    float[] row = values.row(Math.min(size, 4097), size);
    double norm = kernel().rowNorms(block(row))[0];
    double bound = norm / 3;
    INDArray sum = Nd4j.zeros(DataType.FLOAT, row.length);

    kernel().addScaled(sum, block(row), new float[] {scaleFor(bound, norm)});

    BigDecimal squares = BigDecimal.ZERO;
    for (float value : sum.toFloatVector()) {
      squares = squares.add(new BigDecimal(value).pow(2));
    }
    // Subnormal products may each be off by 2⁻¹⁵⁰.
    BigDecimal slack = new BigDecimal(Math.sqrt(row.length) * 0x1p-150);
    assertThat(squares).isLessThanOrEqualTo(new BigDecimal(bound).add(slack).pow(2));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void perturb_noNoise_isTheScaledSum(int size) {
    float[] start = Values.ORDINARY.row(size, 5);
    INDArray sum = Nd4j.createFromArray(start);
    INDArray out = Nd4j.zeros(DataType.FLOAT, size);

    kernel().perturb(sum, out, Keys.seeded(1), 0, 0.1);

    assertThat(sum.toFloatVector()).isEqualTo(start);
    float[] actual = out.toFloatVector();
    for (int i = 0; i < size; i++) {
      // The factor and the product are rounded once each.
      assertThat((double) actual[i])
          .isCloseTo(start[i] * 0.1, within(1.01 * 2 * ROUNDING * Math.abs(start[i] * 0.1)));
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void perturb_noise_addedBeforeTheFactor(int size) {
    float[] start = Values.ORDINARY.row(size, 6);
    float[] noise = noise(Keys.seeded(2), size, 1);
    INDArray out = Nd4j.zeros(DataType.FLOAT, size);

    kernel().perturb(Nd4j.createFromArray(start), out, Keys.seeded(2), 3, 0.25);

    float[] actual = out.toFloatVector();
    for (int i = 0; i < size; i++) {
      double expected = (start[i] + 3.0 * noise[i]) * 0.25;
      // Roundings: the unit draw, its product with stddev, the sum, the factor.
      double magnitude = (Math.abs(start[i]) + 3 * Math.abs(noise[i])) * 0.25;
      assertThat((double) actual[i]).isCloseTo(expected, within(1.01 * 4 * ROUNDING * magnitude));
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void perturb_inPlace_sameAsApart(int size) {
    INDArray sum = Nd4j.createFromArray(Values.ORDINARY.row(size, 7));
    INDArray out = Nd4j.zeros(DataType.FLOAT, size);

    kernel().perturb(sum, out, Keys.seeded(3), 2, 0.5);
    kernel().perturb(sum, sum, Keys.seeded(3), 2, 0.5);

    assertThat(sum.toFloatVector()).isEqualTo(out.toFloatVector());
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void perturb_notFinite_staysWhereItIs(int size) {
    float[] start = Values.ORDINARY.row(size, 8);
    start[size - 1] = Float.NaN;
    start[0] = Float.POSITIVE_INFINITY;
    INDArray sum = Nd4j.createFromArray(start);

    kernel().perturb(sum, sum, Keys.seeded(4), 1, 1);

    float[] actual = sum.toFloatVector();
    for (int i = 0; i < size; i++) {
      assertThat(Float.isFinite(actual[i])).isEqualTo(Float.isFinite(start[i]));
    }
  }

  @Test
  void perturb_noise_isGaussianOfTheStatedScale() {
    float[] noise = noise(Keys.seeded(5), 1_000_003, 2.5);

    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5, 1e-9)).isTrue();
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5 * 2 / 3, 1e-9)).isFalse();
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5 * 3 / 2, 1e-9)).isFalse();
  }

  @Test
  void perturb_tenMillionDraws_tailsAsTheoryHasThem() {
    double[] thresholds = {3, 4, 4.5, 5, 6};
    long[] beyond = new long[thresholds.length];
    int draws = 1_000_000;
    for (int round = 0; round < 10; round++) {
      for (float draw : noise(Keys.seeded(100 + round), draws, 1)) {
        for (int t = 0; t < thresholds.length && Math.abs(draw) > thresholds[t]; t++) {
          beyond[t]++;
        }
      }
    }
    for (int t = 0; t < thresholds.length; t++) {
      double p = NormalSample.twoSidedTail(thresholds[t]);
      // Error rate 10⁻⁹ each; a Gaussian that ends at 4.4σ, or one of 2σ/3, is caught with
      // certainty.
      assertThat(NormalSample.isCompatible(beyond[t], 10L * draws, p, 1e-9))
          .as("%d draws beyond %sσ", beyond[t], thresholds[t])
          .isTrue();
    }
  }

  @Test
  void perturb_otherKey_otherNoise() {
    float[] a = noise(Keys.seeded(6), 1_000_003, 1);
    float[] b = noise(Keys.seeded(7), 1_000_003, 1);

    // 6.5 standard deviations of a mean of 10⁶ products of variance 1: error rate 10⁻¹⁰.
    assertThat(NormalSample.correlation(a, 0, b, 0, a.length)).isCloseTo(0, within(6.5e-3));
    assertThat(noise(Keys.seeded(6), 1_000_003, 1)).isEqualTo(a);
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void allMethods_flatDelta_sameBitsAsABlockOfOne(int size) {
    float[] row = Values.ORDINARY.row(size, 11);
    INDArray flatSum = Nd4j.createFromArray(Values.ORDINARY.row(size, 12));
    INDArray blockSum = flatSum.dup();

    kernel().addScaled(flatSum, Nd4j.createFromArray(row), new float[] {0.3f});
    kernel().addScaled(blockSum, block(row), new float[] {0.3f});

    assertThat(flatSum.toFloatVector()).isEqualTo(blockSum.toFloatVector());
    assertThat(kernel().rowNorms(Nd4j.createFromArray(row)))
        .isEqualTo(kernel().rowNorms(block(row)));
  }

  @Test
  void allMethods_views_neighboursUntouched() {
    INDArray big = Nd4j.createFromArray(Values.ORDINARY.row(100, 9));
    float[] before = big.toFloatVector();
    INDArray view = big.get(NDArrayIndex.interval(13, 50));
    INDArray rows = Nd4j.createFromArray(Values.ORDINARY.row(5 * 37, 10)).reshape(5, 37);
    INDArray someRows = rows.get(NDArrayIndex.interval(1, 3), NDArrayIndex.all());

    kernel().addScaled(view, someRows, new float[] {1, 1});
    kernel().perturb(view, view, Keys.seeded(8), 1, 1);

    float[] noise = noise(Keys.seeded(8), 37, 1);
    float[] after = big.toFloatVector();
    for (int i = 0; i < 100; i++) {
      double expected = before[i];
      if (i >= 13 && i < 50) {
        expected += rows.getDouble(1, i - 13) + rows.getDouble(2, i - 13) + noise[i - 13];
        // Four terms below 8 in absolute value, a handful of roundings.
        assertThat((double) after[i]).isCloseTo(expected, within(8 * 8 * ROUNDING));
      } else {
        assertThat(after[i]).isEqualTo(before[i]);
      }
    }
    assertThat(kernel().rowNorms(someRows)[0])
        .isCloseTo(rows.getRow(1).norm2Number().doubleValue(), within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1})
  void perturb_stddevOutOfRange_refusedByName(double stddev) {
    INDArray sum = Nd4j.zeros(DataType.FLOAT, 3);

    assertThatThrownBy(() -> kernel().perturb(sum, sum, Keys.seeded(9), stddev, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stddev")
        .hasMessageContaining(String.valueOf(stddev));
  }

  @Test
  void allMethods_wrongArrays_refusedByName() {
    INDArray flat = Nd4j.zeros(DataType.FLOAT, 3);
    INDArray block = Nd4j.zeros(DataType.FLOAT, 2, 3);
    INDArray columns = Nd4j.zeros(DataType.FLOAT, 3, 2).transpose();
    INDArray doubles = Nd4j.zeros(DataType.DOUBLE, 2, 3);
    float[] scales = {1, 1};

    assertRefused("deltas", () -> kernel().rowNorms(block.reshape(1, 2, 3)));
    assertRefused("deltas", () -> kernel().rowNorms(doubles));
    assertRefused("deltas", () -> kernel().rowNorms(columns));
    assertRefused("sum", () -> kernel().addScaled(Nd4j.zeros(DataType.FLOAT, 4), block, scales));
    assertRefused("scales", () -> kernel().addScaled(flat, block, new float[] {1}));
    assertRefused("scale", () -> kernel().addScaled(flat, block, new float[] {1, Float.NaN}));
    assertRefused("sum", () -> kernel().perturb(block, flat, Keys.seeded(1), 1, 1));
    assertRefused(
        "out", () -> kernel().perturb(flat, Nd4j.zeros(DataType.FLOAT, 4), Keys.seeded(1), 1, 1));
    assertRefused("factor", () -> kernel().perturb(flat, flat, Keys.seeded(1), 1, Double.NaN));
    assertRefused("delta", () -> kernel().addCut(block, 1, new long[3]));
    assertRefused("delta", () -> kernel().addCut(flat, 1, new long[4]));
    assertRefused("factor", () -> kernel().addCut(flat, Double.NaN, new long[3]));
  }

  @Test
  void perturb_keyUsedBefore_isRefusedUnlessThereIsNoNoise() {
    INDArray sum = Nd4j.zeros(DataType.FLOAT, 3);
    NoiseKey key = Keys.seeded(10);
    kernel().perturb(sum, sum, key, 0, 1);
    kernel().perturb(sum, sum, key, 1, 1);

    assertThatThrownBy(() -> kernel().perturb(sum, sum, key, 1, 1))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> kernel().draws(key)).isInstanceOf(IllegalStateException.class);
  }

  /** Against exact arithmetic: integers, halves, their neighbours, and anything in between. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 1000, 40_001})
  void addCut_anyValue_isTheIntegerTowardsZeroExactly(int size) {
    float[] around = {0, 0.5f, 1, 1.5f, 2, 2.5f, 3, 255, 256.5f, 0x1p23f, 0x1.fffffep-1f};
    for (int exponent : new int[] {0, -20, 20}) {
      double factor = Math.scalb(0.7f, exponent);
      for (double unit : new double[] {1, factor}) {
        float[] values = new float[size + 5];
        Random random = new Random(size);
        for (int i = 0; i < values.length; i++) {
          float value = around[i % around.length];
          switch (i / around.length % 4) {
            case 1 -> value = Math.nextUp(value);
            case 2 -> value = Math.nextDown(value);
            case 3 -> value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(25)));
            default -> {}
          }
          values[i] = random.nextBoolean() ? value : -value;
        }
        long[] sum = new long[size];
        Arrays.fill(sum, -5);
        INDArray delta = Nd4j.createFromArray(values).get(NDArrayIndex.interval(5, size + 5));
        kernel().addCut(delta, unit, sum);
        for (int i = 0; i < size; i++) {
          long expected =
              new BigDecimal(values[i + 5])
                  .multiply(new BigDecimal(unit))
                  .toBigInteger()
                  .longValue();
          assertThat(sum[i]).as("%s · %s", values[i + 5], unit).isEqualTo(expected - 5);
        }
      }
    }
  }

  private static void assertRefused(
      String name, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  private float[] noise(NoiseKey key, int count, double stddev) {
    INDArray zeros = Nd4j.zeros(DataType.FLOAT, count);
    kernel().perturb(zeros, zeros, key, stddev, 1);
    return zeros.toFloatVector();
  }

  /** The scale that the contract tells a caller to take. */
  private static float scaleFor(double bound, double norm) {
    double slack =
        (1 + 2 * DeltaKernel.NORM_RELATIVE_ERROR) * (1 + DeltaKernel.PRODUCT_RELATIVE_ERROR);
    double exact = norm == 0 ? 0 : bound / (norm * slack);
    float scale = (float) exact;
    // One more float down also covers the double roundings of this line.
    return scale > 0 ? Math.nextDown(scale) : scale;
  }

  private static float[][] ordinaryRows(int rows, int size) {
    float[][] block = new float[rows][];
    for (int k = 0; k < rows; k++) {
      block[k] = Values.ORDINARY.row(size, 1000L * size + k);
    }
    return block;
  }

  private static INDArray block(float[]... rows) {
    return Nd4j.createFromArray(rows);
  }

  /** Neumaier's sum: within 2·2⁻⁵³ of the truth for the sizes here, whatever the order. */
  private static double compensatedSumOfSquares(float[] row) {
    double sum = 0;
    double lost = 0;
    for (float value : row) {
      double square = (double) value * value;
      double next = sum + square;
      lost += sum >= square ? (sum - next) + square : (square - next) + sum;
      sum = next;
    }
    return sum + lost;
  }
}
