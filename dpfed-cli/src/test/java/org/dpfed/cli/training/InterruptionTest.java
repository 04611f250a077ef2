package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.cli.output.EventLines;
import org.dpfed.ledger.LedgerHistory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A real process is interrupted as Ctrl-C does it. */
final class InterruptionTest {
  @TempDir Path runs;

  private static final int COLUMNS = 60;

  /** Where progress goes. */
  enum Shown {
    LINES,
    /** A bar on a pseudo-terminal, which must not take over the signals. */
    BAR,
    EVENTS
  }

  @ParameterizedTest
  @EnumSource
  @Timeout(180)
  void interrupt_midRun_leavesTheLastFinishedRound(Shown shown)
      throws IOException, InterruptedException {
    assumeTrue(
        System.getProperty("os.name").equals("Linux"),
        "skipped: needs kill, script, and GNU env to undo an ignored SIGINT");
    boolean onTerminal = shown == Shown.BAR;
    Process process = start(shown);
    StringBuilder all = new StringBuilder();
    try (BufferedReader output = process.inputReader()) {
      waitFor("accuracy", output, all);
      long java =
          onTerminal
              ? process
                  .descendants()
                  .filter(each -> each.info().command().orElse("").endsWith("java"))
                  .findFirst()
                  .orElseThrow()
                  .pid()
              : process.pid();
      new ProcessBuilder("kill", "-INT", Long.toString(java)).start().waitFor();
      StringWriter rest = new StringWriter();
      output.transferTo(rest);
      all.append(rest);
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);

    requireReadable(shown, all.toString());
    JsonNode report = new ObjectMapper().readTree(runs.resolve("cut/report.json").toFile());
    assertThat(report.path("status").asText()).isEqualTo("stopped");
    int finished = report.path("roundsFinished").asInt();
    assertThat(finished).isBetween(1, 99_999);
    Path ledger = runs.resolve("ledgers/wdbc-patient.jsonl");
    assertThat(LedgerHistory.read(ledger).spentRounds(1)).isEqualTo(finished);
    assertThat(
            ModelSerializer.restoreMultiLayerNetwork(runs.resolve("cut/model.zip").toFile())
                .numParams())
        .isEqualTo(30 * 16 + 16 + 16 * 2 + 2);
    resume(finished + 2);
  }

  /** The run was saved when it was interrupted, so that nothing is charged twice. */
  private void resume(int rounds) throws IOException {
    StringWriter err = new StringWriter();
    int status =
        DpfedCommand.commandLine()
            .setErr(new PrintWriter(err, true))
            .setOut(new PrintWriter(new StringWriter(), true))
            .execute(
                "train",
                "--resume",
                runs.resolve("cut").toString(),
                "--rounds",
                Integer.toString(rounds));
    assertThat(status).as(err.toString()).isZero();
    JsonNode report = new ObjectMapper().readTree(runs.resolve("cut/report.json").toFile());
    assertThat(report.path("status").asText()).isEqualTo("finished");
    assertThat(report.path("roundsFinished").asInt()).isEqualTo(rounds);
    assertThat(report.path("roundsCharged").asInt()).isEqualTo(rounds);
    assertThat(report.path("roundsChargedAgain").asInt()).isZero();
  }

  private static void requireReadable(Shown shown, String all) throws IOException {
    switch (shown) {
      case LINES ->
          assertThat(all)
              .contains("stopped after")
              .doesNotContain("\r", "\u001b")
              .doesNotContainPattern("round .{95}");
      case BAR ->
          assertThat(
                  all.substring(all.indexOf('\r'), all.indexOf("\r\n", all.indexOf("accuracy")))
                      .split("\r", -1))
              .hasSizeGreaterThan(2)
              .allMatch(drawn -> drawn.length() < COLUMNS && !drawn.contains("\u001b"));
      case EVENTS -> {
        JsonNode last = EventLines.of(all).last();
        assertThat(last.path("event").asText()).isEqualTo("stopped");
        assertThat(last.path("status").asText()).isEqualTo("stopped");
        assertThat(last.path("exitStatus").isNull()).isTrue();
        assertThat(last.path("roundsCharged").asInt()).isPositive();
      }
    }
  }

  /** Reads on until {@code text} has come: a round has finished. */
  private static void waitFor(String text, BufferedReader output, StringBuilder all)
      throws IOException {
    while (all.indexOf(text, Math.max(0, all.length() - text.length())) < 0) {
      int next = output.read();
      assertThat(next).as("output until '%s'", text).isNotNegative();
      all.append((char) next);
    }
  }

  private Process start(Shown shown) throws IOException {
    List<String> command = command(shown);
    if (shown == Shown.BAR) {
      String quoted =
          command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
      command = List.of("script", "-qec", "exec " + quoted, "/dev/null");
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("TERM", "xterm");
    return builder.start();
  }

  private List<String> command(Shown shown) {
    // A build in the background starts with SIGINT ignored, and so would the process it starts.
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Ddpfed.terminal=" + (shown == Shown.BAR),
                "-Ddpfed.columns=" + COLUMNS,
                "-cp",
                System.getProperty("java.class.path"),
                "org.dpfed.cli.Main",
                "train",
                "--rounds",
                "100000",
                "--noise-multiplier",
                "100",
                "--evaluate-every",
                "1",
                "--runs",
                runs.toString(),
                "--name",
                "cut"));
    if (shown == Shown.EVENTS) {
      command.add("--json");
    }
    return command;
  }
}
