package org.dpfed.cli.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.dpfed.cli.UsageException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers in odd forms, for every option that takes one. */
final class NumberFormsTest {
  private static final List<String> NEVER =
      List.of(
          "0x10",
          "0x1p3",
          "1_000",
          "NaN",
          "Infinity",
          "-Infinity",
          "1e999",
          "1e-999",
          "1f",
          "1d",
          "1L",
          "1,5",
          "ten",
          "",
          " ",
          "1 000",
          "１",
          "½",
          "1e",
          ".",
          "--1",
          "1e1.5",
          "0b1",
          "#1");

  static Stream<Arguments> everyNumericOptionAndOddForm() {
    return Stream.of(Flag.values())
        .filter(flag -> flag.kind().isNumeric())
        .flatMap(
            flag ->
                NEVER.stream()
                    .filter(text -> !flag.isList() || !text.equals("1,5"))
                    .map(text -> Arguments.of(flag, text)));
  }

  @ParameterizedTest(name = "{0} ''{1}''")
  @MethodSource("everyNumericOptionAndOddForm")
  void account_oddForm_isRefusedInOneLineByTheOptionsName(Flag flag, String text) {
    CommandRun run = CommandRun.of(withOption(flag, text));
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains(flag.option() + " must be").contains("was '");
  }

  static Stream<Arguments> everyNumericOption() {
    return Stream.of(Flag.values())
        .filter(flag -> flag.kind().isNumeric())
        .flatMap(
            flag ->
                Stream.of("1e-5", ".5", "+7", "7.", "1e1", "99999999999999999999", "-1", "0", "1")
                    .map(text -> Arguments.of(flag, text)));
  }

  /** What kinds take of the forms that are decimals; all others refuse them. */
  private static Set<Kind> takers(String text) {
    Set<Kind> any = EnumSet.of(Kind.NUMBER, Kind.POSITIVE, Kind.NOT_NEGATIVE);
    switch (text) {
      case "1e-5", ".5" ->
          any.addAll(EnumSet.of(Kind.PROBABILITY, Kind.SMALL_DELTA, Kind.FRACTION));
      case "+7", "7.", "1e1" -> any.addAll(EnumSet.of(Kind.COUNT, Kind.INDEX));
      case "1" -> any.addAll(EnumSet.of(Kind.COUNT, Kind.INDEX, Kind.PROBABILITY));
      case "-1" -> any.retainAll(EnumSet.of(Kind.NUMBER));
      case "0" -> {
        any.remove(Kind.POSITIVE);
        any.add(Kind.FRACTION);
      }
      default -> assertThat(text).isEqualTo("99999999999999999999");
    }
    return any;
  }

  @ParameterizedTest(name = "{0} ''{1}''")
  @MethodSource("everyNumericOption")
  void kind_decimal_isTakenOrRefusedByItsBound(Flag flag, String text) {
    if (takers(text).contains(flag.kind())) {
      assertThat(flag.kind().read(flag.option(), text)).isEqualTo(Double.parseDouble(text));
    } else {
      assertThatThrownBy(() -> flag.kind().read(flag.option(), text))
          .isInstanceOf(UsageException.class)
          .hasMessageStartingWith(flag.option() + " must be")
          .hasMessageContaining(text);
      CommandRun run = CommandRun.of(withOption(flag, text));
      assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
      assertThat(run.err()).contains(flag.option() + " must be").contains(text);
    }
  }

  /** A command that is complete but for this value of one of its options. */
  private static List<String> withOption(Flag flag, String text) {
    String others =
        switch (flag) {
          case NOISE_MULTIPLIER -> "account --rounds=8 --delta=1e-5";
          case ROUNDS -> "account --noise-multiplier=5 --delta=1e-5";
          case SAMPLING_PROBABILITY, DELTA -> "account --noise-multiplier=5 --rounds=8";
          case COHORT -> "account --noise-multiplier=5 --rounds=8 --population=1000";
          case POPULATION -> "account --noise-multiplier=5 --rounds=8 --cohort=10";
          case MAX_COHORT ->
              "account --noise-multiplier=5 --rounds=8 --sampling=capped-poisson --cohort=10"
                  + " --population=1000";
          case MAX_PARTICIPATIONS ->
              "account --mechanism=tree --relation=zero-out --noise-multiplier=5 --rounds=8";
          case MIN_SEPARATION ->
              "account --mechanism=tree --relation=zero-out --noise-multiplier=5 --rounds=8"
                  + " --max-participations=2";
          case TREE_ROUNDS -> "account --mechanism=tree --relation=zero-out --noise-multiplier=5";
          case COEFFICIENTS ->
              "account --mechanism=matrix --relation=zero-out --noise-multiplier=5 --rounds=8"
                  + " --max-participations=2";
          case BUFFER_DECAY ->
              "account --mechanism=matrix --relation=zero-out --noise-multiplier=5 --rounds=8"
                  + " --max-participations=2 --output-scale=0.3";
          case OUTPUT_SCALE ->
              "account --mechanism=matrix --relation=zero-out --noise-multiplier=5 --rounds=8"
                  + " --max-participations=2 --buffer-decay=0.9";
          case BANDS ->
              "account --mechanism=banded --relation=zero-out --noise-multiplier=5 --rounds=8"
                  + " --max-participations=2";
          case GROUPS ->
              "account --mechanism=amplified-banded --noise-multiplier=5 --rounds=8"
                  + " --sampling-probability=0.1";
          case COLUMN_NORM ->
              "account --mechanism=amplified-banded --noise-multiplier=5 --rounds=8 --groups=2"
                  + " --sampling-probability=0.1";
          case BUFFERS ->
              "account --mechanism=blt --relation=zero-out --noise-multiplier=5 --rounds=8"
                  + " --max-participations=2";
          case MOMENTUM ->
              "account --mechanism=blt --relation=zero-out --noise-multiplier=5 --rounds=8"
                  + " --max-participations=2 --buffers=1 --workload=momentum";
          case CLIP_NORM, GRANULARITY, ROUNDING_BIAS, DIMENSION, LOCAL_STDDEV, NOISY_CLIENTS ->
              discreteGaussianWithout(flag);
          case LOCAL_EPSILON -> "account --mechanism=local-dp --rounds=8";
          case LOCAL_DELTA -> "account --mechanism=local-dp --rounds=8 --local-epsilon=0.5";
          case EPSILON -> "account --noise-multiplier=5 --rounds=8";
          case COUNT_STDDEV -> "account --noise-multiplier=5";
          case NOISE_TO_SIGNAL -> "calibrate --epsilon=3 --rounds=8 --population=1000";
          default -> throw new AssertionError(flag + " is numeric and has no command here");
        };
    boolean asksEpsilon =
        !EnumSet.of(Flag.DELTA, Flag.EPSILON, Flag.COUNT_STDDEV).contains(flag)
            && !others.contains("--delta");
    String all = others + (asksEpsilon ? " --delta=1e-5" : "");
    return Stream.concat(Stream.of(all.split(" ")), Stream.of(flag.option() + "=" + text)).toList();
  }

  private static String discreteGaussianWithout(Flag flag) {
    StringBuilder command = new StringBuilder("account --mechanism=discrete-gaussian --rounds=8");
    List<String> values =
        List.of(
            "--clip-norm=1",
            "--granularity=0.05",
            "--dimension=64",
            "--local-stddev=0.2",
            "--noisy-clients=50");
    values.stream()
        .filter(value -> !value.startsWith(flag.option() + "="))
        .forEach(value -> command.append(' ').append(value));
    return command.toString();
  }
}
