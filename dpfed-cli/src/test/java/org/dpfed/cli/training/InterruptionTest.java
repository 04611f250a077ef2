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
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.ledger.LedgerHistory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real process is interrupted as Ctrl-C does it. */
final class InterruptionTest {
  @TempDir Path runs;

  /**
   * @param onTerminal whether there is a pseudo-terminal with a progress bar, whose library must
   *     not take over the signals
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Timeout(180)
  void interrupt_midRun_leavesTheLastFinishedRound(boolean onTerminal)
      throws IOException, InterruptedException {
    assumeTrue(
        System.getProperty("os.name").equals("Linux"),
        "skipped: needs kill, script, and GNU env to undo an ignored SIGINT");
    Process process = start(onTerminal);
    try (BufferedReader output = process.inputReader()) {
      waitFor("accuracy", output);
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
      output.lines().forEach(rest -> {});
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);

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

  /** Reads on until {@code text} has come: a round has finished. */
  private static void waitFor(String text, BufferedReader output) throws IOException {
    int matched = 0;
    while (matched < text.length()) {
      int next = output.read();
      assertThat(next).as("output until '%s'", text).isNotNegative();
      matched = next == text.charAt(matched) ? matched + 1 : next == text.charAt(0) ? 1 : 0;
    }
  }

  private Process start(boolean onTerminal) throws IOException {
    List<String> command = command(onTerminal);
    if (onTerminal) {
      String quoted =
          command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
      command = List.of("script", "-qec", "exec " + quoted, "/dev/null");
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put("TERM", "xterm");
    return builder.start();
  }

  private List<String> command(boolean onTerminal) {
    // A build in the background starts with SIGINT ignored, and so would the process it starts.
    return List.of(
        "env",
        "--default-signal=INT",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Ddpfed.terminal=" + onTerminal,
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
        "cut");
  }
}
