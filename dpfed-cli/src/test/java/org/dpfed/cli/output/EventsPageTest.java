package org.dpfed.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dpfed.cli.DpfedCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The table of events in {@code docs/configuration.md} has the events and fields that come. */
final class EventsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "configuration.md");
  private static final Pattern ROW =
      Pattern.compile("^\\| (train|sweep) \\| ((?:`\\w+`(?:, )?)+) \\| (.*) \\|$");
  private static final Pattern NAME = Pattern.compile("`([\\w.]+)`");

  @TempDir Path directory;

  private final Map<String, Set<String>> emitted = new TreeMap<>();

  @Test
  @Timeout(300)
  void page_events_areThoseThatCome() throws IOException {
    train("--rounds", "2", "--evaluate-every", "1");
    train("--rounds", "2", "--clipping", "adaptive", "--clip-norm", "none");
    train("--rounds", "2", "--dry-run");
    train("--rounds", "0");
    // With local trust there is a guarantee of the sums too.
    String local = Path.of("..", "benchmarks", "configs", "wdbc-local.yaml").toString();
    train(
        "--config",
        local,
        "--name",
        "stopped",
        "--max-epsilon",
        "4",
        "--ledger",
        directory.resolve("own.jsonl").toString());
    train("--config", local, "--name", "failing");
    Path failing = directory.resolve("runs/failing");
    Files.delete(failing.resolve("model.zip"));
    Files.createDirectories(failing.resolve("model.zip/in-the-way"));
    run("train", "--resume", failing.toString());
    sweep("mixed", "91, 1000");
    sweep("plain", "91");
    sweep("plain", "91", "--dry-run");
    Path other = directory.resolve("sweeps/plain/runs/001");
    Files.delete(other.resolve("report.json"));
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(other.resolve("checkpoints"), "*.checkpoint")) {
      for (Path file : files) {
        Files.writeString(file, "damaged");
      }
    }
    sweep("plain", "91", "--resume");
    // An interrupted sweep needs a process of its own, which SweepCommandTest has.
    emitted.put("sweep stopped", Objects.requireNonNull(emitted.get("sweep finished")));
    assertThat(documented()).isEqualTo(emitted);
  }

  private static Map<String, Set<String>> documented() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    for (String line : Files.readAllLines(PAGE)) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        for (String event : names(row.group(2))) {
          documented
              .computeIfAbsent(row.group(1) + " " + event, key -> new TreeSet<>())
              .addAll(names(row.group(3)));
        }
      }
    }
    return documented;
  }

  private static List<String> names(String cell) {
    return NAME.matcher(cell).results().map(match -> match.group(1)).toList();
  }

  private void sweep(String name, String cohorts, String... more) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("sweep.yaml"),
            """
            data: {set: wdbc}
            partition: {by: one-per-client}
            model: {architecture: logistic}
            client: {learningRate: 0.5}
            run: {directory: %s}
            privacy: {rounds: 2, clipNorm: 1, noiseMultiplier: 1, delta: 1.0e-4}
            sweep:
              privacy.expectedCohortSize: [%s]
              seeds: [1, 2]
            """
                .formatted(directory.resolve("sweep-runs"), cohorts));
    run(
        joined(
            List.of(
                "sweep",
                "--config",
                file.toString(),
                "--sweeps",
                directory.resolve("sweeps").toString(),
                "--name",
                name),
            more));
  }

  private void train(String... more) throws IOException {
    run(joined(List.of("train", "--runs", directory.resolve("runs").toString()), more));
  }

  private static String[] joined(List<String> first, String... more) {
    return Stream.concat(first.stream(), Arrays.stream(more)).toArray(String[]::new);
  }

  private void run(String... arguments) throws IOException {
    StringWriter out = new StringWriter();
    DpfedCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(new StringWriter(), true))
        .execute(joined(List.of(arguments), "--json"));
    for (JsonNode event : EventLines.of(out.toString()).all()) {
      Set<String> fields =
          emitted.computeIfAbsent(
              arguments[0] + " " + event.path("event").asText(), key -> new TreeSet<>());
      event.fieldNames().forEachRemaining(fields::add);
      fields.remove("event");
    }
  }
}
