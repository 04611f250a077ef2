package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScalingTest {
  @Test
  void range_valuesInsideAndOutside_stayWithinMinusOneAndOne() {
    Scaling age = new Scaling.Range(20, 120);

    assertThat(age.apply(20)).isEqualTo(-1);
    assertThat(age.apply(70)).isEqualTo(0);
    assertThat(age.apply(95)).isEqualTo(0.5f);
    assertThat(age.apply(120)).isEqualTo(1);
    assertThat(age.apply(-1e300)).isEqualTo(-1);
    assertThat(age.apply(1e300)).isEqualTo(1);
    assertThat(age.neutral()).hasValue(0);
  }

  @Test
  void affine_centre_becomesZero() {
    Scaling scaling = new Scaling.Affine(130, 20);

    assertThat(scaling.apply(130)).isEqualTo(0);
    assertThat(scaling.apply(100)).isEqualTo(-1.5f);
    assertThat(scaling.neutral()).hasValue(0);
    assertThat(new Scaling.None().neutral()).isEmpty();
  }

  @Test
  void constructor_constantsOutOfBounds_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Scaling.Range(1, 1))
        .withMessage("min and max must be finite with min below max, were 1.0 and 1.0");
    assertThatIllegalArgumentException().isThrownBy(() -> new Scaling.Range(Double.NaN, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Scaling.Range(0, Double.POSITIVE_INFINITY));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Scaling.Affine(1, 0))
        .withMessage("centre and divisor must be finite and divisor not 0, were 1.0 and 0.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fitted", "minmax", "standardize", "zscore"})
  void named_fittedScaling_isRefusedWithTheReason(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scaling.named(name))
        .withMessageContaining("'" + name + "' without constants would be fitted on the clients'")
        .withMessageContaining("Give public constants");
  }

  @Test
  void named_noneAndUnknown_areToldApart() {
    assertThat(Scaling.named("none")).isEqualTo(new Scaling.None());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Scaling.named("cubic"))
        .withMessage("scaling must be a range per column or 'none', was 'cubic'");
  }
}
