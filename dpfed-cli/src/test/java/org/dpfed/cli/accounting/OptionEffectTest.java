package org.dpfed.cli.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option with every mechanism and sampling: it has an effect, or it is refused. */
final class OptionEffectTest {
  /** One value for each option that takes one, with which every form is a run with an answer. */
  private static final Map<Flag, String> SAMPLES =
      new EnumMap<>(
          Map.ofEntries(
              Map.entry(Flag.MECHANISM, "gaussian"),
              Map.entry(Flag.NOISE_MULTIPLIER, "5"),
              Map.entry(Flag.ROUNDS, "8"),
              Map.entry(Flag.RELATION, "replace-one"),
              Map.entry(Flag.SAMPLING, "poisson"),
              Map.entry(Flag.SAMPLING_PROBABILITY, "0.01"),
              Map.entry(Flag.COHORT, "10"),
              Map.entry(Flag.POPULATION, "1000"),
              Map.entry(Flag.MAX_COHORT, "30"),
              Map.entry(Flag.MAX_PARTICIPATIONS, "3"),
              Map.entry(Flag.MIN_SEPARATION, "4"),
              Map.entry(Flag.TREE_ROUNDS, "3,4,5,6"),
              Map.entry(Flag.COEFFICIENTS, "1,0.5"),
              Map.entry(Flag.BUFFER_DECAY, "0.9"),
              Map.entry(Flag.OUTPUT_SCALE, "0.3"),
              Map.entry(Flag.BANDS, "2"),
              Map.entry(Flag.GROUPS, "2"),
              Map.entry(Flag.COLUMN_NORM, "1.5"),
              Map.entry(Flag.BUFFERS, "1"),
              Map.entry(Flag.OBJECTIVE, "mean"),
              Map.entry(Flag.WORKLOAD, "momentum"),
              Map.entry(Flag.MOMENTUM, "0.5"),
              Map.entry(Flag.CLIP_NORM, "1"),
              Map.entry(Flag.GRANULARITY, "0.05"),
              Map.entry(Flag.ROUNDING_BIAS, "0.6"),
              Map.entry(Flag.DIMENSION, "64"),
              Map.entry(Flag.LOCAL_STDDEV, "0.2"),
              Map.entry(Flag.NOISY_CLIENTS, "5000"),
              Map.entry(Flag.LOCAL_EPSILON, "0.5"),
              Map.entry(Flag.LOCAL_DELTA, "1e-6"),
              Map.entry(Flag.EPSILON, "0.3"),
              Map.entry(Flag.DELTA, "1e-5"),
              Map.entry(Flag.ACCOUNTANT, "rdp"),
              Map.entry(Flag.ORDERS, "900"),
              Map.entry(Flag.COUNT_STDDEV, "4"),
              Map.entry(Flag.NOISE_TO_SIGNAL, "0.01"),
              Map.entry(Flag.BATCH, "cases.json"),
              Map.entry(Flag.UNIT, "patient"),
              Map.entry(Flag.PLOT, "epsilon.png")));

  /** Another value of each option that some form cannot do without. */
  private static final Map<Flag, String> OTHERS =
      new EnumMap<>(
          Map.ofEntries(
              Map.entry(Flag.NOISE_MULTIPLIER, "6"),
              Map.entry(Flag.ROUNDS, "3"),
              Map.entry(Flag.SAMPLING_PROBABILITY, "0.015"),
              Map.entry(Flag.COHORT, "11"),
              Map.entry(Flag.POPULATION, "2000"),
              Map.entry(Flag.MAX_COHORT, "20"),
              Map.entry(Flag.MAX_PARTICIPATIONS, "2"),
              Map.entry(Flag.TREE_ROUNDS, "2"),
              Map.entry(Flag.COEFFICIENTS, "1,0.6"),
              Map.entry(Flag.BUFFER_DECAY, "0.8"),
              Map.entry(Flag.OUTPUT_SCALE, "0.4"),
              Map.entry(Flag.BANDS, "4"),
              Map.entry(Flag.GROUPS, "4"),
              Map.entry(Flag.COLUMN_NORM, "2"),
              Map.entry(Flag.BUFFERS, "2"),
              Map.entry(Flag.CLIP_NORM, "2"),
              Map.entry(Flag.GRANULARITY, "0.06"),
              Map.entry(Flag.DIMENSION, "32"),
              Map.entry(Flag.LOCAL_STDDEV, "0.3"),
              Map.entry(Flag.NOISY_CLIENTS, "6000"),
              Map.entry(Flag.LOCAL_EPSILON, "0.6")));

  private static final Set<Flag> NOT_OF_THE_RUN =
      EnumSet.of(
          Flag.MECHANISM,
          Flag.DELTA,
          Flag.COUNT_STDDEV,
          Flag.NOISE_TO_SIGNAL,
          Flag.BATCH,
          Flag.UNIT,
          Flag.JSON);

  @TempDir Path folder;

  static Stream<Arguments> everyMechanismAndOption() {
    return Choices.MECHANISMS.forms().stream()
        .flatMap(
            form ->
                Stream.of(Flag.values())
                    .filter(flag -> !NOT_OF_THE_RUN.contains(flag))
                    .filter(flag -> !form.takes(Flag.SAMPLING) || !isOfSampling(flag))
                    .map(flag -> Arguments.of(form, flag)));
  }

  static Stream<Arguments> everySamplingAndOption() {
    return Choices.SAMPLINGS.forms().stream()
        .flatMap(form -> Choices.SAMPLINGS.flags().stream().map(flag -> Arguments.of(form, flag)));
  }

  private static boolean isOfSampling(Flag flag) {
    return flag == Flag.SAMPLING || Choices.SAMPLINGS.flags().contains(flag);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyMechanismAndOption")
  void account_mechanismAndOption_optionHasAnEffectOrIsRefused(Form<?> form, Flag flag) {
    Map<Flag, String> base = base(form, Flag.MECHANISM);
    if (form.takes(flag) && flag == Flag.ORDERS) {
      base.put(Flag.ACCOUNTANT, "rdp");
    } else if (form.takes(flag) && flag == Flag.MOMENTUM) {
      base.put(Flag.WORKLOAD, "momentum");
    }
    check(form, flag, base);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everySamplingAndOption")
  void account_samplingAndOption_optionHasAnEffectOrIsRefused(Form<?> form, Flag flag) {
    Map<Flag, String> base = base(form, Flag.SAMPLING);
    base.put(Flag.NOISE_MULTIPLIER, SAMPLES.get(Flag.NOISE_MULTIPLIER));
    base.put(Flag.ROUNDS, SAMPLES.get(Flag.ROUNDS));
    check(form, flag, base);
  }

  private void check(Form<?> form, Flag flag, Map<Flag, String> base) {
    CommandRun before = account(base);
    assertThat(before.status()).as(before.err()).isZero();
    if (form.needs().contains(flag)) {
      CommandRun without = account(without(base, flag));
      assertThat(without.isRefusedInOneLine()).as(without.toString()).isTrue();
      assertThat(without.err()).contains(flag.option()).contains(" is missing");
      CommandRun other = account(changed(base, flag, OTHERS.getOrDefault(flag, "")));
      assertThat(other.status()).as(other.err()).isZero();
      assertThat(other.out()).isNotEqualTo(before.out());
    } else if (form.allows().contains(flag)) {
      checkEffect(flag, base, before);
    } else {
      CommandRun with = account(changed(base, flag, SAMPLES.getOrDefault(flag, "")));
      assertThat(with.isRefusedInOneLine()).as(with.toString()).isTrue();
      assertThat(with.err()).contains(flag.option()).containsPattern("no effect|given together");
    }
  }

  private void checkEffect(Flag flag, Map<Flag, String> base, CommandRun before) {
    Map<Flag, String> with = changed(base, flag, SAMPLES.getOrDefault(flag, ""));
    if (flag == Flag.EPSILON) {
      with.remove(Flag.DELTA);
    } else if (flag == Flag.PLOT) {
      with.put(flag, folder.resolve("epsilon.png").toString());
    } else if (flag == Flag.ACCOUNTANT && before.out().contains("(RDP)")) {
      with.put(flag, "pld"); // Which has no answer there, and says so.
    }
    CommandRun after = account(with);
    assertThat(after.err()).doesNotContain("no effect").doesNotContain("missing");
    if (flag == Flag.PLOT) {
      assertThat(folder.resolve("epsilon.png")).isNotEmptyFile();
    } else {
      assertThat(after.toString()).isNotEqualTo(before.toString());
    }
  }

  /** A run with an answer that uses what the form needs and nothing else. */
  private static Map<Flag, String> base(Form<?> form, Flag chooser) {
    Map<Flag, String> base = new EnumMap<>(Flag.class);
    base.put(chooser, form.name());
    base.put(Flag.DELTA, SAMPLES.get(Flag.DELTA));
    form.needs().forEach(flag -> base.put(flag, SAMPLES.get(flag)));
    if (Set.of("tree", "matrix", "banded", "blt", "without-replacement").contains(form.name())) {
      base.put(Flag.RELATION, "zero-out"); // They have no guarantee under the default.
    }
    if (form.takes(Flag.OBJECTIVE)) {
      // Of so few rounds, where each size has another best matrix.
      base.put(Flag.MIN_SEPARATION, "3");
      base.put(Flag.OBJECTIVE, "max");
    }
    return base;
  }

  private static Map<Flag, String> changed(Map<Flag, String> base, Flag flag, String value) {
    Map<Flag, String> changed = new EnumMap<>(base);
    changed.put(flag, value);
    return changed;
  }

  private static Map<Flag, String> without(Map<Flag, String> base, Flag flag) {
    Map<Flag, String> fewer = new EnumMap<>(base);
    fewer.remove(flag);
    return fewer;
  }

  private static CommandRun account(Map<Flag, String> options) {
    return CommandRun.of(arguments("account", options));
  }

  private static List<String> arguments(String command, Map<Flag, String> options) {
    List<String> arguments = new ArrayList<>(List.of(command));
    options.forEach(
        (flag, value) ->
            arguments.add(flag.option() + (flag.kind() == Kind.SWITCH ? "" : "=" + value)));
    return arguments;
  }

  @ParameterizedTest
  @EnumSource(Flag.class)
  void account_everyOptionTwice_isRefused(Flag flag) {
    if (flag == Flag.NOISE_TO_SIGNAL) {
      return; // Of calibrate only.
    }
    List<String> once = arguments("account", Map.of(flag, SAMPLES.getOrDefault(flag, "")));
    List<String> twice = new ArrayList<>(once);
    twice.add(once.get(1));
    CommandRun run = CommandRun.of(twice);
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains(flag.option() + " is given more than once");
  }

  static Stream<Arguments> everyQuestionAndOption() {
    Map<Flag, Set<Flag>> refused = new EnumMap<>(Flag.class);
    refused.put(Flag.BATCH, without(Flag.BATCH));
    refused.put(
        Flag.COUNT_STDDEV,
        without(Flag.COUNT_STDDEV, Flag.NOISE_MULTIPLIER, Flag.JSON, Flag.BATCH));
    refused.put(Flag.EPSILON, EnumSet.of(Flag.DELTA, Flag.ALL, Flag.PLOT, Flag.UNIT));
    refused.put(Flag.ALL, EnumSet.of(Flag.ACCOUNTANT, Flag.ORDERS));
    return refused.entrySet().stream()
        .flatMap(
            entry -> entry.getValue().stream().map(flag -> Arguments.of(entry.getKey(), flag)));
  }

  private static Set<Flag> without(Flag... flags) {
    Set<Flag> others = EnumSet.allOf(Flag.class);
    others.removeAll(List.of(flags));
    others.remove(Flag.NOISE_TO_SIGNAL);
    return others;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyQuestionAndOption")
  void account_questionAndOptionOfAnother_isRefused(Flag question, Flag other) {
    Map<Flag, String> options = new EnumMap<>(Flag.class);
    options.put(question, SAMPLES.getOrDefault(question, ""));
    options.put(other, SAMPLES.getOrDefault(other, ""));
    CommandRun run = account(options);
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains(other.option() + " has no effect with " + question.option());
  }

  static Stream<Arguments> everyMechanismOfCalibrate() {
    return Choices.MECHANISMS.forms().stream()
        .filter(form -> form.takes(Flag.ACCOUNTANT))
        .flatMap(
            form ->
                Stream.of(Flag.NOISE_MULTIPLIER, Flag.ROUNDS)
                    .filter(form.needs()::contains)
                    .filter(found -> found != Flag.ROUNDS || !form.takes(Flag.MAX_PARTICIPATIONS))
                    .map(found -> Arguments.of(form, found)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("everyMechanismOfCalibrate")
  void calibrate_everyMechanism_findsWhatAccountConfirms(Form<?> form, Flag found)
      throws JsonProcessingException {
    Map<Flag, String> options = base(form, Flag.MECHANISM);
    options.remove(found);
    options.put(Flag.EPSILON, "2");
    CommandRun calibrated = CommandRun.of(arguments("calibrate", options));
    assertThat(calibrated.status()).as(calibrated.err()).isZero();
    String answer = calibrated.out().strip().split(" ", -1)[1];

    options.remove(Flag.EPSILON);
    options.put(found, answer);
    assertThat(epsilon(options)).isLessThanOrEqualTo(2);
    boolean noise = found == Flag.NOISE_MULTIPLIER;
    double value = Double.parseDouble(answer);
    options.put(found, noise ? Double.toString(0.99 * value) : Long.toString((long) value + 1));
    assertThat(epsilon(options)).isGreaterThan(2);
  }

  private static double epsilon(Map<Flag, String> options) throws JsonProcessingException {
    CommandRun run = account(changed(options, Flag.JSON, ""));
    assertThat(run.status()).as(run.err()).isZero();
    return new ObjectMapper().readTree(run.out()).get("epsilon").asDouble();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tree", "matrix"})
  void calibrate_roundsWhereParticipationsDecide_isRefused(String mechanism) {
    CommandRun run =
        CommandRun.of(
            "calibrate",
            "--mechanism=" + mechanism,
            "--epsilon=2",
            "--delta=1e-5",
            "--relation=zero-out",
            "--noise-multiplier=5",
            "--max-participations=2");
    assertThat(run.isRefusedInOneLine()).as(run.toString()).isTrue();
    assertThat(run.err()).contains("--max-participations, not --rounds, decides");
  }
}
