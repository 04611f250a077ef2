package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden case, answered by the default accountant and by the one that the case names. */
class GoldenCasesTest {
  static Stream<GoldenCase> all() {
    return GoldenCase.all();
  }

  @Test
  void all_file_has78CasesIn9Groups() {
    assertThat(GoldenCase.all()).hasSize(78);
    assertThat(GoldenCase.all().map(golden -> golden.text("group")).distinct()).hasSize(9);
  }

  @ParameterizedTest
  @MethodSource("all")
  void tightestAccountant_goldenCase_isWithinItsBounds(GoldenCase golden) {
    assertThat(answer(golden, new TightestAccountant(golden.relation())))
        .isBetween(golden.acceptMin(), golden.acceptMax());
  }

  @ParameterizedTest
  @MethodSource("all")
  void namedAccountant_goldenCase_isWithinItsBounds(GoldenCase golden) {
    assertThat(answer(golden, named(golden))).isBetween(golden.acceptMin(), golden.acceptMax());
  }

  private static PrivacyAccountant named(GoldenCase golden) {
    String name = golden.text("accountant");
    if (name.startsWith("rdp")) {
      return new RdpAccountant(golden.relation(), RdpAccountant.defaultOrders());
    } else if (name.startsWith("pld")) {
      return new PldAccountant(golden.relation());
    } else if (name.startsWith("analytic")) {
      return new AnalyticGaussianAccountant(golden.relation());
    }
    return new TightestAccountant(golden.relation());
  }

  private static double answer(GoldenCase golden, PrivacyAccountant accountant) {
    return switch (golden.text("query")) {
      case "value_noise_multiplier" ->
          new AdaptiveClippingSplit(
                  golden.number("noise_multiplier"), golden.number("clipped_count_stddev"))
              .valueNoiseMultiplier();
      case "delta_given_epsilon" ->
          accountant.compose(golden.event()).delta(golden.number("epsilon"));
      case "noise_multiplier_given_epsilon_delta" ->
          new NoiseCalibration(
                  accountant,
                  golden.number(golden.has("epsilon") ? "epsilon" : "target_epsilon"),
                  golden.number("delta"))
              .smallestNoiseMultiplier(golden::event);
      default -> epsilon(golden, accountant);
    };
  }

  private static double epsilon(GoldenCase golden, PrivacyAccountant accountant) {
    double delta = golden.number("delta");
    if (golden.text("mechanism").equals("shuffled_pure_ldp")) {
      return new ShuffleAmplification(golden.number("local_epsilon"), golden.integer("n"))
          .epsilonAt(delta);
    }
    return accountant.compose(golden.event()).epsilon(delta);
  }
}
