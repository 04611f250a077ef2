package org.dpfed.accounting.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LimitedMemoryBfgsTest {
  @Test
  void minimise_curvedValley_isFoundToTheRootOfTheLeastGain() {
    DifferentiableLoss rosenbrock =
        (x, gradient) -> {
          double across = x[1] - x[0] * x[0];
          gradient[0] = -400 * x[0] * across - 2 * (1 - x[0]);
          gradient[1] = 200 * across;
          return 100 * across * across + (1 - x[0]) * (1 - x[0]);
        };
    double[] found = LimitedMemoryBfgs.minimise(rosenbrock, new double[] {-1.2, 1}).point();
    // The smallest curvature at the minimum is 0.4: a value of 10⁻¹³ is 10⁻⁶ away.
    assertThat(found[0]).isCloseTo(1, within(1e-6));
    assertThat(found[1]).isCloseTo(1, within(1e-6));
  }

  @Test
  void minimise_curvaturesOfFourOrders_areAllFlattened() {
    int size = 30;
    DifferentiableLoss quadratic =
        (x, gradient) -> {
          double sum = 0;
          for (int i = 0; i < size; i++) {
            double curvature = Math.pow(10, -2 + 4.0 * i / (size - 1));
            gradient[i] = curvature * (x[i] - i);
            sum += curvature * (x[i] - i) * (x[i] - i) / 2;
          }
          return sum;
        };
    assertThat(LimitedMemoryBfgs.minimise(quadratic, new double[size]).value())
        .isBetween(0.0, 1e-12);
  }

  @Test
  void minimise_stepsOutOfTheDomain_areShortened() {
    // Has no value below 0, where the first step from 0.01 would lead.
    DifferentiableLoss barrier =
        (x, gradient) -> {
          gradient[0] = 1 - 1e-3 / x[0];
          return x[0] - 1e-3 * Math.log(x[0]);
        };
    double[] found = LimitedMemoryBfgs.minimise(barrier, new double[] {0.01}).point();
    // Curvature 1000 at 0.001.
    assertThat(found[0]).isCloseTo(1e-3, within(1e-7));
  }

  @Test
  void minimise_startWithoutAValue_isRefused() {
    assertThatThrownBy(() -> LimitedMemoryBfgs.minimise((x, g) -> Double.NaN, new double[1]))
        .isInstanceOf(ArithmeticException.class)
        .hasMessageContaining("NaN");
  }
}
