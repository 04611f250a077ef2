package org.dpfed.dl4j.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Relative errors over the whole range, against {@code java.lang.Math} in double. */
final class ActivationFunctionTest {
  /**
   * Four units in the last place: tanh is fitted to half a unit, and each of its two polynomials,
   * the product and the quotient round once or twice. A result below the normal floats is off by up
   * to the smallest of them.
   */
  private static final double RELATIVE_ERROR = 4 * 0x1p-23;

  @Test
  void tanh_wholeRange_fewUnitsInTheLastPlace() {
    require(StandardFunction.TANH, Math::tanh);
  }

  @Test
  void sigmoid_wholeRange_fewUnitsInTheLastPlace() {
    require(StandardFunction.SIGMOID, x -> 1 / (1 + Math.exp(-x)));
  }

  @Test
  void tanh_extremes_areExact() {
    float[] values = {
      0, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, Float.MIN_VALUE, 100
    };
    assertThat(apply(StandardFunction.TANH, values))
        .containsExactly(0, -0f, 1, -1, Float.NaN, Float.MIN_VALUE, 1);
  }

  private static void require(
      ActivationFunction activation, java.util.function.DoubleUnaryOperator truth) {
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
          .isLessThanOrEqualTo(RELATIVE_ERROR * Math.abs(expected) + Float.MIN_VALUE);
    }
  }

  private static float[] apply(ActivationFunction activation, float[] values) {
    float[] results = values.clone();
    activation.apply(results, results.length);
    return results;
  }
}
