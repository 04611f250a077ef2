package org.dpfed.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.dpfed.accounting.DpEvent;
import org.dpfed.kernel.Nd4jKernel;
import org.dpfed.kernel.NoiseKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

@ParameterizedClass
@EnumSource(ReleaseMode.class)
final class DeltaAggregatorTest {
  private static final DpEvent EVENT = new DpEvent.Gaussian(1);
  @Parameter private ReleaseMode mode = ReleaseMode.FLOAT;
  private final List<DpEvent> charged = new ArrayList<>();

  @Test
  void release_noNoise_isTheClippedSumOverTheExpectedCohort() {
    try (DeltaAggregator aggregator = aggregator(5, 0, 10, 2)) {
      aggregator.accumulate(Nd4j.createFromArray(3f, 4f));
      aggregator.accumulate(Nd4j.createFromArray(30f, 40f));
      try (INDArray mean = aggregator.release(charged::add, key(1))) {
        // The second delta is scaled to norm 5 less a margin of 2.4e-7 of it; on the grid either
        // delta is cut by less than 2⁻¹⁶ · 5/√2.
        double cut = mode == ReleaseMode.FLOAT ? 0 : 2 * 0x1p-16 * 5 / Math.sqrt(2) / 10;
        assertThat(mean.getDouble(0)).isCloseTo(0.6, within(1e-6 + cut));
        assertThat(mean.getDouble(1)).isCloseTo(0.8, within(1e-6 + cut));
      }
    }
    assertThat(charged).containsExactly(EVENT);
  }

  @Test
  void accumulate_fates_areToldApart() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 1, 2)) {
      assertThat(aggregator.accumulate(Nd4j.createFromArray(2f, 0f)).isClipped()).isTrue();
      assertThat(aggregator.accumulate(Nd4j.createFromArray(1f, 0f)).isClipped()).isFalse();
      assertThat(aggregator.accumulate(Nd4j.createFromArray(0f, 0f)).isClipped()).isFalse();
      assertThat(aggregator.accumulate(Nd4j.createFromArray(Float.NaN, 0f)).isFinite()).isFalse();
    }
  }

  @Test
  void release_deltaWithNanOrInfinity_contributesZero() {
    try (DeltaAggregator aggregator = aggregator(1, 0, 1, 3)) {
      aggregator.accumulate(Nd4j.createFromArray(0.5f, 0f, 0f));
      aggregator.accumulate(Nd4j.createFromArray(0f, Float.NaN, 1f));
      aggregator.accumulate(Nd4j.createFromArray(0f, Float.NEGATIVE_INFINITY, 1f));
      try (INDArray mean = aggregator.release(charged::add, key(1))) {
        assertThat(mean.toFloatVector()).containsExactly(0.5f, 0f, 0f);
      }
    }
  }

  @Test
  void release_emptyCohort_isStillNoisedAndCharged() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 10, 100)) {
      try (INDArray mean = aggregator.release(charged::add, key(1))) {
        assertThat(mean.toFloatVector()).doesNotContain(0f);
      }
    }
    assertThat(charged).containsExactly(EVENT);
  }

  @Test
  void release_ledgerRefuses_releasesNothingAndDrawsNoNoise() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 1, 2)) {
      assertThatThrownBy(
              () ->
                  aggregator.release(
                      event -> {
                        throw new IllegalStateException("budget is spent");
                      },
                      key(1)))
          .hasMessage("budget is spent");
    }
  }

  @Test
  void release_twice_isRefused() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 1, 2)) {
      aggregator.release(charged::add, key(1)).close();
      assertThatThrownBy(() -> aggregator.release(charged::add, key(2)))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> aggregator.accumulate(Nd4j.zeros(DataType.FLOAT, 2)))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThat(charged).hasSize(1);
  }

  /**
   * With d = 100,000 draws the sample variance has relative standard error √(2/d) = 0.45 %, so ±3 %
   * is 6.7 standard errors: a right scale fails once in 10¹¹ runs, two thirds or three halves of it
   * never passes.
   */
  @Test
  void release_noiseScale_dependsOnClipNormAlone() {
    for (float norm : new float[] {0f, 1e-3f, 100f}) {
      try (DeltaAggregator aggregator = aggregator(0.5, 3, 4, 100_000)) {
        INDArray delta = Nd4j.zeros(DataType.FLOAT, 100_000);
        delta.putScalar(0, norm);
        aggregator.accumulate(delta);
        try (INDArray mean = aggregator.release(charged::add, key(2))) {
          mean.putScalar(0, 0);
          double expected = 0.5 * 3 / 4;
          double stddev = Math.sqrt(mean.mul(mean).meanNumber().doubleValue());
          assertThat(stddev).isCloseTo(expected, within(0.015 * expected));
        }
      }
    }
  }

  @Test
  void new_fixedPointWithoutClipNorm_isRefusedWithTheRemedy() {
    assertThatThrownBy(
            () ->
                new DeltaAggregator(
                    new Nd4jKernel(), new Clipping.None(), 0, 1, EVENT, 2, ReleaseMode.FIXED_POINT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("clipNorm");
  }

  @Test
  void accumulate_wrongShapeOrType_isRefused() {
    try (DeltaAggregator aggregator = aggregator(1, 1, 1, 2)) {
      assertThatThrownBy(() -> aggregator.accumulate(Nd4j.zeros(DataType.FLOAT, 3)))
          .hasMessageContaining("[2]");
      assertThatThrownBy(() -> aggregator.accumulate(Nd4j.zeros(DataType.DOUBLE, 2)))
          .hasMessageContaining("float");
    }
  }

  private DeltaAggregator aggregator(
      double clipNorm, double noiseMultiplier, double expectedCohortSize, long dimension) {
    return new DeltaAggregator(
        new Nd4jKernel(),
        new Clipping.Fixed(clipNorm),
        noiseMultiplier,
        expectedCohortSize,
        EVENT,
        dimension,
        mode);
  }

  private static NoiseKey key(int round) {
    return Randomness.seeded(1).key(Randomness.Purpose.NOISE, round);
  }
}
