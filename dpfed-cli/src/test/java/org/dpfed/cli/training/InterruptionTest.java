package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real process is interrupted as Ctrl-C does it. */
final class InterruptionTest {
  @TempDir Path runs;

  @Test
  @Timeout(120)
  void interrupt_midRun_leavesTheLastFinishedRound() throws IOException, InterruptedException {
    assumeTrue(
        System.getProperty("os.name").equals("Linux"),
        "skipped: needs kill, and GNU env to undo an ignored SIGINT");
    Process process = start();
    try (BufferedReader output = process.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.startsWith("round 1 of")) {
        line = output.readLine();
      }
      assertThat(line).as("a finished round").isNotNull();
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
      output.lines().forEach(rest -> {});
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(130);

    JsonNode report = new ObjectMapper().readTree(runs.resolve("cut/report.json").toFile());
    assertThat(report.path("status").asText()).isEqualTo("stopped");
    int finished = report.path("roundsFinished").asInt();
    assertThat(finished).isBetween(1, 99_999);
    assertThat(Files.readAllLines(runs.resolve("cut/ledger.tsv"))).hasSize(finished);
    assertThat(
            ModelSerializer.restoreMultiLayerNetwork(runs.resolve("cut/model.zip").toFile())
                .numParams())
        .isEqualTo(30 * 16 + 16 + 16 * 2 + 2);
  }

  private Process start() throws IOException {
    // A build in the background starts with SIGINT ignored, and so would the process it starts.
    return new ProcessBuilder(
            "env",
            "--default-signal=INT",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
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
            "cut")
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
