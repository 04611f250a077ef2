package org.dpfed.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AdaptiveClippingSplitTest {
  static Stream<JsonNode> golden() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(
            AdaptiveClippingSplitTest.class.getResourceAsStream("clipping-split.json"))) {
      JsonNode cases = new ObjectMapper().readTree(file).get("cases");
      return StreamSupport.stream(cases.spliterator(), false).toList().stream();
    }
  }

  @Test
  void golden_file_hasCasesOfSeveralCounts() throws IOException {
    assertThat(golden().mapToInt(each -> each.get("groups").asInt()).distinct().toArray())
        .containsExactly(1, 4, 10);
  }

  @ParameterizedTest
  @MethodSource("golden")
  void valueNoiseMultiplier_goldenCase_isTheSame(JsonNode golden) {
    AdaptiveClippingSplit split =
        new AdaptiveClippingSplit(
            golden.get("z").asDouble(),
            golden.get("sigmaB").asDouble(),
            golden.get("groups").asInt());

    // Both are a few operations on doubles.
    assertThat(split.valueNoiseMultiplier())
        .isCloseTo(golden.get("zValue").asDouble(), withinPercentage(1e-12));
  }

  /** Trap 9: the query that adapts the clip norm is accounted for. */
  @ParameterizedTest
  @CsvSource({"1, 50, 1.020621", "1.2, 120, 1.206045", "0.5, 50, 0.502519"})
  void valueNoiseMultiplier_cohortTwentiethAsStddev_isThatOfThePaper(
      double z, double cohort, double expected) {
    // Given to six decimals.
    assertThat(new AdaptiveClippingSplit(z, cohort / 20).valueNoiseMultiplier())
        .isCloseTo(expected, within(5e-7));
  }

  @Test
  void valueNoiseMultiplier_sumAndCountsTogether_areTheWhole() {
    AdaptiveClippingSplit split = new AdaptiveClippingSplit(2, 5, 10);
    double squares = Math.pow(split.valueNoiseMultiplier(), -2) + 10 * Math.pow(2 * 5, -2);

    // Some ten roundings of 1e-16.
    assertThat(1 / Math.sqrt(squares)).isCloseTo(2, within(1e-14));
  }

  @Test
  void constructor_countsTakeAllOfTheNoise_isRefusedNamingWhatToChange() {
    assertThatThrownBy(() -> new AdaptiveClippingSplit(5, 2.5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "noiseMultiplier must be below twice countStddev, 5.0, was 5.0; raise countStddev, for"
                + " instance to 5.0, with which the sum gets 15.5 % more noise");
    assertThatThrownBy(() -> new AdaptiveClippingSplit(2.5, 2.5, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "noiseMultiplier must be below twice countStddev divided by the root of counts ="
                + " 4, 2.5, was 2.5; raise countStddev, for instance to 5.0, with which the sum gets 15.5 %"
                + " more noise, or adapt fewer clip norms");
    // (z⁻² − (2z)⁻²)^(−½) = z·√(4/3).
    assertThat(new AdaptiveClippingSplit(2.5, 5, 4).valueNoiseMultiplier() / 2.5)
        .isCloseTo(1.1547, within(1e-4));
    assertThatThrownBy(() -> new AdaptiveClippingSplit(1, 2.5, 0))
        .hasMessage("counts must be at least 1, was 0");
    assertThat(new AdaptiveClippingSplit(2.4, 2.5, 4).valueNoiseMultiplier()).isGreaterThan(2.4);
  }
}
