package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.TightestAccountant;
import org.dpfed.cli.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class SweepSettingsTest {
  private static final String BASE =
      """
      data:
        set: wdbc
      partition:
        by: one-per-client
      model:
        architecture: logistic
      client:
        learningRate: 0.5
      privacy:
        expectedCohortSize: 91
        rounds: 5
        delta: 1.0e-4
      """;

  @TempDir Path directory;

  private SweepSettings read(String sweep) throws IOException {
    return SweepSettings.of(Files.writeString(directory.resolve("s.yaml"), BASE + sweep));
  }

  @Test
  void runs_gridZipAndSeeds_combineInTheOrderOfTheFile() throws IOException {
    SweepSettings sweep =
        read(
            """
            sweep:
              privacy.clipNorm: [0.1, 1]
              zip:
                privacy.noiseMultiplier: [1, 2, 2]
                server.learningRate: [0.5, 0.5, 1]
              seeds: [7, 8]
            """);
    assertThat(sweep.varied())
        .containsExactly(
            "privacy.clipNorm", "privacy.noiseMultiplier", "server.learningRate", "seed");
    List<Map<String, String>> runs = sweep.runs().stream().map(VariedRun::settings).toList();
    assertThat(runs).hasSize(2 * 3 * 2);
    assertThat(runs.stream().map(run -> String.join(" ", run.values())))
        .containsExactly(
            "0.1 1 0.5 7",
            "0.1 1 0.5 8",
            "0.1 2 0.5 7",
            "0.1 2 0.5 8",
            "0.1 2 1 7",
            "0.1 2 1 8",
            "1 1 0.5 7",
            "1 1 0.5 8",
            "1 2 0.5 7",
            "1 2 0.5 8",
            "1 2 1 7",
            "1 2 1 8");
    assertThat(sweep.runs().get(11).name()).isEqualTo("012");
  }

  @Test
  void runs_listsForValues_areOneValueEach() throws IOException {
    SweepSettings sweep =
        read(
            """
              clipNorm: 0.3
              noiseMultiplier: 1
            sweep:
              client.schedule: [{1: 1, 3: 0.5}, {1: 2}]
            """);
    assertThat(sweep.runs())
        .extracting(run -> run.settings().get("client.schedule"))
        .containsExactly("{1:1,3:0.5}", "{1:2}");
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("", "has no section 'sweep:' with lists of values"),
        mistake("  privacy.clipNrom: [1]", "line 14: privacy.clipNrom is not a setting"),
        mistake("  privacy.clipNorm: 1", "line 14: privacy.clipNorm must be a list of values"),
        mistake("  privacy.clipNorm: []", "line 14: privacy.clipNorm must be a list of values"),
        mistake(
            "  privacy.clipNorm: [1, -1]",
            "line 14, value 2 of the list: privacy.clipNorm must be"),
        mistake(
            "  privacy.clipNorm: [1, 2, 1.0]",
            "line 14, value 3 of the list: privacy.clipNorm repeats value 1"),
        mistake("  privacy.rounds: [1, 2]", "line 14: privacy.rounds is also set in line 11"),
        mistake(
            "  privacy.clipNorm: [1]\n  zip:\n    privacy.clipNorm: [2]",
            "privacy.clipNorm is also set in line 1"),
        mistake("  zip: [1, 2]", "line 14: zip must be a map from settings to lists of values"),
        mistake(
            "  zip:\n    privacy.clipNorm: [1, 2]\n    server.momentum: [0.5]",
            "line 14: the lists below zip must have the same length, privacy.clipNorm has 2 values and server.momentum has 1"),
        mistake("  seeds: 3", "line 14: seeds must be a list of values"),
        mistake("  seeds: [1, x]", "line 14, value 2 of the list: model.seed must be"),
        mistake("  seeds: [1, 1]", "value 2 of the list: seeds repeats value 1"),
        mistake("  run.ledger: [a, b]", "line 14: run.ledger is one for the whole sweep"));
  }

  private static Arguments mistake(String section, String message) {
    return Arguments.of(section.isEmpty() ? "" : "sweep:\n" + section + "\n", message);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void of_mistake_isOneLineThatNamesThePlace(String sweep, String message) {
    assertThatThrownBy(() -> read(sweep))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("s.yaml")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void of_seedsAndASeed_isRefused() {
    assertThatThrownBy(() -> read("run:\n  seed: 3\nsweep:\n  seeds: [1]\n"))
        .hasMessageContaining("line 14: run.seed is one of the seeds of the sweep");
    assertThatThrownBy(() -> read("run:\n  name: a\nsweep:\n  seeds: [1]\n"))
        .hasMessageContaining("line 14: a sweep numbers its runs");
  }

  @Test
  void train_fileOfASweep_isToldApart() throws IOException {
    Path file = Files.writeString(directory.resolve("s.yaml"), BASE + "sweep:\n  seeds: [1]\n");
    assertThatThrownBy(() -> Configuration.of(file))
        .hasMessageContaining("line 14: the section sweep is for 'dpfed sweep'");
  }

  @Test
  void planned_eachRun_hasItsOwnCost() throws IOException {
    List<PlannedTraining> plans =
        read(
                """
                sweep:
                  privacy.clipNorm: [0.3]
                  privacy.noiseMultiplier: [0, 1, 2]
                """)
            .runs()
            .stream()
            .map(VariedRun::planned)
            .toList();
    assertThat(plans.get(0).epsilon()).isInfinite();
    assertThat(plans.get(1).epsilon()).isGreaterThan(plans.get(2).epsilon());
    PlannedRun planned = plans.get(1).planned();
    double charged =
        new TightestAccountant(planned.relation())
            .compose(planned.cost(ChargedRounds.first(planned.rounds())))
            .epsilon(planned.delta());
    assertThat(plans.get(1).epsilon()).isEqualTo(charged);
    assertThat(plans).allMatch(plan -> plan.workers() == 1);
    assertThat(plans).allMatch(plan -> plan.ledger().endsWith("ledgers/wdbc-patient.jsonl"));
  }
}
