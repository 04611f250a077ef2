package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.PolySchedule;
import org.nd4j.linalg.schedule.ScheduleType;
import org.nd4j.linalg.schedule.StepSchedule;

/** Two steps of each rule of Reddi et al. 2021, Algorithm 2, against the same rule in doubles. */
final class ServerOptimizerTest {
  private static final double FIRST = 0.5;
  private static final double SECOND = -0.2;

  /** Float state over two steps: a handful of roundings of 6e-8 of values below 2. */
  private static final double ROUNDING = 1e-5;

  @Test
  void sgd_momentum_accumulatesVelocity() {
    double velocity = 0.9 * FIRST + SECOND;
    assertParameter(new ServerOptimizer.Sgd(0.1, 0.9), 1 + 0.1 * FIRST + 0.1 * velocity);
  }

  @Test
  void sgd_default_addsTheMean() {
    assertParameter(new ServerOptimizer.Sgd(), 1 + FIRST + SECOND);
  }

  @Test
  void adam_twoSteps_followTheRule() {
    double v1 = 0.99 * 1e-6 + 0.01 * FIRST * FIRST;
    double v2 = 0.99 * v1 + 0.01 * SECOND * SECOND;
    assertParameter(new ServerOptimizer.Adam(0.1), adaptive(v1, v2, 0.9));
  }

  @Test
  void adagrad_twoSteps_followTheRule() {
    double v1 = 1e-6 + FIRST * FIRST;
    double v2 = v1 + SECOND * SECOND;
    assertParameter(new ServerOptimizer.Adagrad(0.1), adaptive(v1, v2, 0));
  }

  @Test
  void yogi_twoSteps_followTheRule() {
    double v1 = 1e-6 + 0.01 * FIRST * FIRST;
    double v2 = v1 + 0.01 * SECOND * SECOND * Math.signum(SECOND * SECOND - v1);
    assertParameter(new ServerOptimizer.Yogi(0.1), adaptive(v1, v2, 0.9));
  }

  @Test
  void rateFactor_aSchedule_multipliesTheLearningRateByRound() {
    ServerOptimizer optimizer =
        new ServerOptimizer.Scheduled(
            new ServerOptimizer.Sgd(0.1, 0.9),
            new RoundSchedule(new StepSchedule(ScheduleType.EPOCH, 1, 0.5, 2)));
    assertThat(optimizer.rateFactor(1)).isEqualTo(1);
    assertThat(optimizer.rateFactor(2)).isEqualTo(0.5);
    try (INDArray parameters = Nd4j.createFromArray(1f, 1f);
        ServerOptimizer.Stepper stepper = optimizer.start(2)) {
      stepper.step(parameters, Nd4j.createFromArray((float) FIRST, 0f), optimizer.rateFactor(2));
      assertThat(parameters.getDouble(0)).isCloseTo(1 + 0.5 * 0.1 * FIRST, within(ROUNDING));
    }
    try (INDArray parameters = Nd4j.createFromArray(1f, 1f);
        ServerOptimizer.Stepper stepper = new ServerOptimizer.Adam(0.1).start(2)) {
      stepper.step(parameters, Nd4j.createFromArray((float) FIRST, 0f), 0.5);
      double v = 0.99 * 1e-6 + 0.01 * FIRST * FIRST;
      assertThat(parameters.getDouble(0))
          .isCloseTo(1 + 0.5 * 0.1 * 0.1 * FIRST / (Math.sqrt(v) + 1e-3), within(ROUNDING));
    }
  }

  @Test
  void check_aScheduleThatEndsBeforeTheRun_isRefusedWithTheRound() {
    ServerOptimizer optimizer =
        new ServerOptimizer.Scheduled(
            new ServerOptimizer.Sgd(),
            new RoundSchedule(new PolySchedule(ScheduleType.ITERATION, 1, 1, 10)));
    optimizer.check(10);
    assertRefused(() -> optimizer.check(11), "round 11");
  }

  @Test
  void settings_outOfBounds_areRefusedByName() {
    assertRefused(() -> new ServerOptimizer.Sgd(0, 0), "learningRate");
    assertRefused(() -> new ServerOptimizer.Sgd(1, 1), "momentum");
    assertRefused(() -> new ServerOptimizer.Adam(0.1, -0.1, 0.99, 1e-3), "beta1");
    assertRefused(() -> new ServerOptimizer.Yogi(0.1, 0.9, 1, 1e-3), "beta2");
    assertRefused(() -> new ServerOptimizer.Adagrad(0.1, 0, Double.NaN), "adaptivity");
  }

  private static double adaptive(double v1, double v2, double beta1) {
    double m1 = (1 - beta1) * FIRST;
    double m2 = beta1 * m1 + (1 - beta1) * SECOND;
    return 1 + 0.1 * m1 / (Math.sqrt(v1) + 1e-3) + 0.1 * m2 / (Math.sqrt(v2) + 1e-3);
  }

  private static void assertParameter(ServerOptimizer optimizer, double expected) {
    try (INDArray parameters = Nd4j.createFromArray(1f, 1f);
        ServerOptimizer.Stepper stepper = optimizer.start(2)) {
      stepper.step(parameters, Nd4j.createFromArray((float) FIRST, 0f), 1);
      stepper.step(parameters, Nd4j.createFromArray((float) SECOND, 0f), 1);
      assertThat(parameters.getDouble(0)).isCloseTo(expected, within(ROUNDING));
      assertThat(parameters.getDouble(1)).isEqualTo(1);
    }
  }

  private static void assertRefused(ThrowingCallable construction, String name) {
    assertThatThrownBy(construction)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }
}
