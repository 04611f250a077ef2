package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuaranteeTest {
  private static Guarantee with(double epsilon) {
    return new Guarantee(
        epsilon, 1e-5, NeighbouringRelation.ZERO_OUT, "patient", "PLD", List.of("all is well"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1e-12, 1.00E-12",
    "9.996e-12, 1.00E-11",
    "4.9e-324, 4.90E-324",
    "0.00102120001, 0.0010213",
    "0.0099999999, 0.0100000",
    "0.1, 0.1000",
    "0.3, 0.3000",
    "1.82825, 1.8283",
    "1.8283, 1.8283",
    "1.82830000000001, 1.8284",
    "999999.99999, 1000000.0000",
    "1e9, 1.0000E9",
    "1.00001e9, 1.0001E9",
    "1.7976931348623157e308, 1.7977E308",
    "Infinity, ∞"
  })
  void displayedEpsilon_anySize_isRoundedUpToAFewDigits(double epsilon, String text) {
    assertThat(with(epsilon).displayedEpsilon()).isEqualTo(text);
    assertThat(Guarantee.displayed(epsilon)).isEqualTo(text);
  }

  @Test
  void displayedEpsilon_100000Values_readBackIsNotBelowAndNotMuchAbove() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 100_000; i++) {
      double epsilon = Math.pow(10, -320 + 628 * random.nextDouble());
      if (i % 2 == 0) {
        // Where people's budgets are, and on short decimals, which must stay as they are.
        epsilon = Math.rint(random.nextDouble() * 1e6) / Math.pow(10, i % 9);
      }
      String text = Guarantee.displayed(epsilon);
      double readBack = Double.parseDouble(text);

      assertThat(text).as("seed 5, %d: %s", i, epsilon).matches("[0-9]+(\\.[0-9]+(E-?[0-9]+)?)?");
      assertThat(text.length()).isLessThan(14);
      // One unit of the last digit: of four after the point, of seven, or a hundredth of the value.
      double unit = epsilon < 1e-5 ? 0.01 * epsilon : epsilon < 0.01 ? 1e-7 : 1e-4 * (1 + epsilon);
      assertThat(readBack).as(text).isBetween(epsilon, epsilon + unit * (1 + 1e-9));
    }
  }

  @Test
  void summary_finiteEpsilon_statesAllThatItMeans() {
    assertThat(with(1.82825).summary())
        .isEqualTo("(ε = 1.8283, δ = 1.0E-5)-differential privacy for one patient, zero-out (PLD)");
    assertThat(with(1e300).summary()).contains("ε = 1.0000E300,");
    assertThat(with(1)).hasToString(with(1).summary() + "\n  assuming all is well");
  }

  @Test
  void summary_infiniteEpsilon_claimsNoPrivacyAndPrintsNoNumber() {
    assertThat(with(Double.POSITIVE_INFINITY).summary())
        .isEqualTo("no privacy: the privacy loss of one patient has no bound");
    assertThat(with(Double.POSITIVE_INFINITY).isPrivate()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, Double.NaN, Double.NEGATIVE_INFINITY})
  void guarantee_noEpsilonAtAll_isRefusedWithItsValue(double epsilon) {
    assertThatThrownBy(() -> with(epsilon))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon")
        .hasMessageContaining(Double.toString(epsilon));
    assertThatThrownBy(() -> Guarantee.displayed(epsilon))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
