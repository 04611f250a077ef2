package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GaussianDpTest {
  @ParameterizedTest
  @CsvSource({
    "1e-7, 5e-7, 5.346166870374359e-15",
    "1e-7, 0, 3.9894228040143249e-8",
    "0.04, 0.0005, 0.015711801818435371",
    "0.13, 0.28, 8.3117422345751266e-4",
    "3, 2, 0.68587416571604937"
  })
  void delta_anyMu_isAboveTheExactValueByLessThan2e12OfIt(double mu, double epsilon, double exact) {
    // Exact to 17 digits by 60-digit arithmetic; the margin allowed for rounding is 1e-12.
    assertThat(new GaussianDp(mu).delta(epsilon)).isBetween(exact, exact * (1 + 2e-12));
  }

  @ParameterizedTest
  @CsvSource({"1e-7, 1e-14", "0.02, 1e-6", "1, 0.3", "30, 1e-12"})
  void epsilon_anyDelta_isTheSmallestThatMeetsIt(double mu, double delta) {
    GaussianDp curve = new GaussianDp(mu);
    double epsilon = curve.epsilon(delta);

    assertThat(curve.delta(epsilon)).isLessThanOrEqualTo(delta);
    // Bisection stops at 1e-14 of ε, and δ changes by at most a few thousand times that.
    assertThat(curve.delta(epsilon * (1 - 1e-9))).isGreaterThan(delta);
  }
}
