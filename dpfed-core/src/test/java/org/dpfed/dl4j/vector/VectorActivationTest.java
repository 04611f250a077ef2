package org.dpfed.dl4j.vector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Relative errors over the whole range, against {@code java.lang.Math} in double. */
final class VectorActivationTest {
  /**
   * Four units in the last place: rounding of the series, of 1 / (e^x + 1) and of the last
   * subtraction, where tanh is at least 0.29 and so a quarter of the number subtracted from.
   */
  private static final double RELATIVE_ERROR = 4 * 0x1p-23;

  @Test
  void tanh_wholeRange_fewUnitsInTheLastPlace() {
    require(VectorActivation.TANH, Math::tanh);
  }

  @Test
  void sigmoid_wholeRange_fewUnitsInTheLastPlace() {
    require(VectorActivation.SIGMOID, x -> 1 / (1 + Math.exp(-Math.max(-87, x))));
  }

  @Test
  void tanh_extremes_areExact() {
    float[] values = {
      0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.MIN_VALUE, 100
    };
    assertThat(apply(VectorActivation.TANH, values))
        .containsExactly(0, -0f, 1, -1, Float.NaN, Float.MIN_VALUE, 1);
  }

  private static void require(
      VectorActivation activation, java.util.function.DoubleUnaryOperator truth) {
    int count = 200_001;
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      double t = (i - count / 2) / (count / 2.0);
      values[i] = (float) (90 * t * t * t);
    }
    float[] results = apply(activation, values);
    for (int i = 0; i < count; i++) {
      double expected = truth.applyAsDouble(values[i]);
      assertThat(Math.abs(results[i] - expected))
          .as("at %s", values[i])
          .isLessThanOrEqualTo(RELATIVE_ERROR * Math.abs(expected));
    }
  }

  private static float[] apply(VectorActivation activation, float[] values) {
    INDArray array = Nd4j.createFromArray(values);
    activation.apply(OffHeapFloats.window(array, 0, values.length), values.length);
    return array.toFloatVector();
  }
}
