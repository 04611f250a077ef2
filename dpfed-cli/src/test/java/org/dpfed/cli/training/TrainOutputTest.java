package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.cli.output.EventLines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code dpfed train} prints for people, for nobody and for machines. */
final class TrainOutputTest {
  @TempDir Path runs;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(List<String> more) {
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(more);
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return DpfedCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments.toArray(String[]::new));
  }

  private int train(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("--runs", runs.toString(), "--name", name, "--rounds", "4"));
    arguments.addAll(List.of(more));
    return execute(arguments);
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(runs.resolve(name).resolve("report.json").toFile());
  }

  private List<String> roundLines() {
    return out.toString().lines().filter(line -> line.startsWith("round ")).toList();
  }

  @Test
  void lines_eachEvaluation_showMetricEpsilonAndTimeLeft() throws IOException {
    assertThat(train("plain", "--evaluate-every", "1")).isZero();
    List<String> lines = roundLines();
    assertThat(lines).hasSize(4);
    assertThat(lines.subList(0, 3))
        .allMatch(line -> line.matches("round \\d of 4: accuracy .*, ε [0-9.]+, .*\\d s left"));
    assertThat(lines.get(3)).matches("round 4 of 4: accuracy .*, ε 3\\.0000");
    assertThat(lines).allMatch(line -> line.length() <= 100);
    assertThat(out.toString()).doesNotContain("\r", "\u001b");
    assertThat(err.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--noise-multiplier, 0, no privacy",
    "--noise-seed, 5, no privacy (seeded noise)",
    "--clipping, adaptive, clip norm"
  })
  void lines_noPrivacyOrAdaptiveClipNorm_say(String flag, String value, String said) {
    List<String> more = new ArrayList<>(List.of("--evaluate-every", "1", flag, value));
    if (value.equals("adaptive")) {
      more.addAll(List.of("--clip-norm", "none"));
    }
    assertThat(train("said", more.toArray(String[]::new))).as(err.toString()).isZero();
    assertThat(roundLines()).hasSize(4).allMatch(line -> line.contains(", " + said));
  }

  @Test
  void quiet_privateRun_printsNothing() throws IOException {
    assertThat(train("quiet", "--quiet")).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).isEmpty();
    assertThat(report("quiet").path("status").asText()).isEqualTo("finished");
    assertThat(train("dry", "--quiet", "--dry-run")).isZero();
    assertThat(out.toString() + err).isEmpty();
  }

  @Test
  void quiet_somethingToKnow_isOnStandardError() {
    assertThat(train("seeded", "--quiet", "--noise-seed", "5")).isZero();
    assertThat(err.toString()).contains("warning: no privacy", "(seeded noise)").hasLineCount(1);
    assertThat(train("cut", "--quiet", "--max-epsilon", "2.9")).isEqualTo(3);
    assertThat(err.toString()).contains("2.9").hasLineCount(1);
    assertThat(train("refused", "--quiet", "--delta", "2")).isEqualTo(2);
    assertThat(err.toString()).startsWith("dpfed train: ").hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void json_finished_hasTheNumbersOfTheReport() throws IOException {
    assertThat(train("a", "--json", "--evaluate-every", "2")).isZero();
    EventLines lines = EventLines.of(out.toString());
    assertThat(err.toString()).isEmpty();
    JsonNode report = report("a");
    JsonNode plan = lines.named("plan").get(0);
    for (String field :
        List.of("isSecure", "plan", "parameters", "notes", "configuration", "roundsPlanned")) {
      assertThat(plan.path(field)).as(field).isEqualTo(report.path(field));
    }
    assertThat(plan.at("/guarantee/epsilon")).isEqualTo(report.at("/guarantee/epsilon"));
    assertThat(plan.at("/notCoveredByGuarantee/heldOut"))
        .isEqualTo(report.at("/notCoveredByGuarantee/heldOut"));
    List<JsonNode> rounds = lines.named("round");
    assertThat(rounds).hasSize(4);
    for (int i = 0; i < 4; i++) {
      assertThat(rounds.get(i).path("round")).isEqualTo(report.at("/rounds/" + i + "/round"));
      assertThat(rounds.get(i).path("epsilon"))
          .isEqualTo(report.at("/epsilonByRound/" + i + "/epsilon"));
      assertThat(rounds.get(i).at("/notCoveredByGuarantee/evaluation"))
          .isEqualTo(report.at("/rounds/" + i + "/notCoveredByGuarantee/evaluation"));
      assertThat(rounds.get(i).at("/notCoveredByGuarantee/secondsLeft").isNumber()).isTrue();
    }
    JsonNode last = lines.last();
    for (String field :
        List.of("status", "roundsFinished", "roundsCharged", "guarantee", "guaranteeOfAllRuns")) {
      assertThat(last.path(field)).as(field).isEqualTo(report.path(field));
    }
    assertThat(last.at("/notCoveredByGuarantee/evaluation"))
        .isEqualTo(report.at("/notCoveredByGuarantee/evaluation"));
    assertThat(last.path("exitStatus").asInt()).isZero();
    assertThat(last.path("directory").asText()).isEqualTo(runs.resolve("a").toString());
  }

  @Test
  void json_withDiagnostics_revealsNothingFromInsideARound() throws IOException {
    assertThat(train("open", "--json", "--diagnostics")).isZero();
    for (JsonNode event : EventLines.of(out.toString()).all()) {
      assertThat(event.findValue("cohortSize")).isNull();
      assertThat(event.findValue("meanDeltaNorm")).isNull();
      assertThat(event.findValue("meanNorm")).isNull();
      assertThat(event.findValue("confusion")).isNull();
    }
  }

  @Test
  void json_noPrivacy_isNullAndAWarning() throws IOException {
    assertThat(train("none", "--json", "--noise-multiplier", "0")).isZero();
    JsonNode round = EventLines.of(out.toString()).named("round").get(0);
    assertThat(round.path("epsilon").isNull()).isTrue();
    assertThat(round.path("isPrivate").asBoolean(true)).isFalse();
    assertThat(err.toString()).startsWith("warning: no privacy").hasLineCount(1);
  }

  @Test
  void json_stoppedByBudget_endsWithTheReason() throws IOException {
    assertThat(train("cut", "--json", "--max-epsilon", "2.9")).isEqualTo(3);
    JsonNode last = EventLines.of(out.toString()).last();
    assertThat(last.path("event").asText()).isEqualTo("stopped");
    assertThat(last.path("exitStatus").asInt()).isEqualTo(3);
    assertThat(last.path("budgetRefusal")).isEqualTo(report("cut").path("budgetRefusal"));
    assertThat(err.toString()).contains(last.path("budgetRefusal").asText());
  }

  @Test
  void json_failed_endsWithMessageAndWhatWasSpent() throws IOException {
    assertThat(train("full", "--noise-multiplier", "2", "--epsilon", "none")).isZero();
    Path directory = runs.resolve("full");
    Files.delete(directory.resolve("model.zip"));
    Files.createDirectories(directory.resolve("model.zip/in-the-way"));
    assertThat(execute(List.of("--resume", directory.toString(), "--rounds", "6", "--json")))
        .isEqualTo(1);
    JsonNode last = EventLines.of(out.toString()).last();
    assertThat(last.path("event").asText()).isEqualTo("failed");
    assertThat(last.path("status").asText()).isEqualTo("failed");
    assertThat(last.path("exitStatus").asInt()).isEqualTo(1);
    assertThat(last.path("guarantee")).isEqualTo(report("full").path("guarantee"));
    assertThat(last.path("roundsCharged").asInt()).isEqualTo(6);
    assertThat(err.toString()).contains("dpfed train: " + last.path("message").asText());
  }

  @ParameterizedTest
  @CsvSource({"--delta, 2", "--epsilon, -1", "--config, /nowhere.yaml", "--hidden, many"})
  void json_usageError_isTheOnlyEventAndOnStandardError(String flag, String value)
      throws IOException {
    assertThat(train("refused", "--json", flag, value)).isEqualTo(2);
    EventLines lines = EventLines.of(out.toString());
    assertThat(lines.all()).hasSize(1);
    assertThat(lines.last().path("exitStatus").asInt()).isEqualTo(2);
    assertThat(err.toString().strip())
        .isEqualTo("dpfed train: " + lines.last().path("message").asText());
  }

  @Test
  void json_withQuiet_isRefused() throws IOException {
    assertThat(train("both", "--json", "--quiet")).isEqualTo(2);
    assertThat(EventLines.of(out.toString()).last().path("message").asText())
        .contains("exclude each other");
    assertThat(runs).isEmptyDirectory();
  }

  @Test
  void json_dryRun_isThePlanAndAnEnd() throws IOException {
    assertThat(train("dry", "--json", "--dry-run")).isZero();
    EventLines lines = EventLines.of(out.toString());
    assertThat(lines.all()).hasSize(2);
    assertThat(lines.all().get(0).path("event").asText()).isEqualTo("plan");
    assertThat(lines.last().path("status").asText()).isEqualTo("dry run");
    assertThat(runs).isEmptyDirectory();
  }
}
