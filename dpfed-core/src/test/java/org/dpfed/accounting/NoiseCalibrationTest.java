package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NoiseCalibrationTest {
  private static final PrivacyAccountant RDP =
      new RdpAccountant(NeighbouringRelation.ADD_OR_REMOVE_ONE);

  @ParameterizedTest
  @CsvSource({
    "0.01, 1000, 8, 1e-5",
    "0.001, 100000, 1, 1e-10",
    "1, 1, 30, 1e-3",
    "1, 100, 0.01, 1e-9"
  })
  void smallestNoiseMultiplier_anyTarget_meetsItAndLessNoiseDoesNot(
      double q, long rounds, double epsilon, double delta) {
    NoiseCalibration calibration = new NoiseCalibration(RDP, epsilon, delta);
    double z = calibration.smallestNoiseMultiplier(noise -> run(q, noise, rounds));

    assertThat(RDP.compose(run(q, z, rounds)).epsilon(delta)).isLessThanOrEqualTo(epsilon);
    // The bracket is closed to 1e-7.
    assertThat(RDP.compose(run(q, z * (1 - 1e-6), rounds)).epsilon(delta)).isGreaterThan(epsilon);
  }

  @Test
  void smallestNoiseMultiplier_budgetAlreadySpent_isRefusedWithRemedy() {
    PrivacyAccountant spent = RDP.compose(new DpEvent.Gaussian(0.1));

    assertThatThrownBy(
            () ->
                new NoiseCalibration(spent, 1, 1e-5).smallestNoiseMultiplier(DpEvent.Gaussian::new))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("raise epsilon");
  }

  @Test
  void mostRounds_target_oneMoreWouldExceedIt() {
    long rounds = new NoiseCalibration(RDP, 2, 1e-5).mostRounds(n -> run(0.01, 1, n));

    assertThat(RDP.compose(run(0.01, 1, rounds)).epsilon(1e-5)).isLessThanOrEqualTo(2);
    assertThat(RDP.compose(run(0.01, 1, rounds + 1)).epsilon(1e-5)).isGreaterThan(2);
  }

  @Test
  void smallestExpectedCohort_fixedNoiseToSignal_oneLessWouldExceedTheTarget() {
    NoiseCalibration calibration = new NoiseCalibration(RDP, 2, 1e-6);
    NoiseCalibration.SampledRun run = (q, z) -> run(q, z, 1000);
    long cohort = calibration.smallestExpectedCohort(100_000, 0.01, run);

    assertThat(RDP.compose(run.at(cohort / 1e5, 0.01 * cohort)).epsilon(1e-6))
        .isLessThanOrEqualTo(2);
    assertThat(RDP.compose(run.at((cohort - 1) / 1e5, 0.01 * (cohort - 1))).epsilon(1e-6))
        .isGreaterThan(2);
  }

  private static DpEvent run(double q, double z, long rounds) {
    return new DpEvent.SelfComposed(new DpEvent.PoissonSampled(q, new DpEvent.Gaussian(z)), rounds);
  }
}
