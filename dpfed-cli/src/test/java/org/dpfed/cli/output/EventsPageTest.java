package org.dpfed.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    String runs = directory.resolve("runs").toString();
    train("--runs", runs, "--rounds", "2", "--evaluate-every", "1");
    train("--runs", runs, "--rounds", "2", "--clipping", "adaptive", "--clip-norm", "none");
    train("--runs", runs, "--rounds", "2", "--dry-run");
    train("--runs", runs, "--rounds", "2", "--max-epsilon", "5");
    String local = Path.of("..", "benchmarks", "configs", "wdbc-local.yaml").toString();
    String other = directory.resolve("other.jsonl").toString();
    train("--config", local, "--runs", runs, "--rounds", "40", "--ledger", other);
    train("--runs", runs, "--rounds", "0");
    Path failing = directory.resolve("runs/failing");
    train(
        "--runs",
        runs,
        "--name",
        "failing",
        "--rounds",
        "1",
        "--noise-multiplier",
        "9",
        "--epsilon",
        "none");
    Files.delete(failing.resolve("model.zip"));
    Files.createDirectories(failing.resolve("model.zip/in-the-way"));
    train("--resume", failing.toString(), "--rounds", "2");
    sweep("91, 1000");
    sweep("91");
    sweep("91", "--dry-run");
    // An interrupted sweep needs a process of its own: SweepCommandTest has one, with these fields.
    emitted.put(
        "sweep stopped",
        Set.of("status", "exitStatus", "runsPlanned", "runsDone", "runsFailed", "directory"));
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

  private void sweep(String cohorts, String... more) throws IOException {
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
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "sweep",
                "--config",
                file.toString(),
                "--sweeps",
                directory.resolve("sweeps").toString(),
                "--name",
                "s" + cohorts.length()));
    arguments.addAll(List.of(more));
    execute(arguments);
  }

  private void train(String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(List.of(more));
    execute(arguments);
  }

  private void execute(List<String> arguments) throws IOException {
    List<String> all = new ArrayList<>(arguments);
    all.add("--json");
    StringWriter out = new StringWriter();
    DpfedCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(new StringWriter(), true))
        .execute(all.toArray(String[]::new));
    for (JsonNode event : EventLines.of(out.toString()).all()) {
      Set<String> fields =
          emitted.computeIfAbsent(
              all.get(0) + " " + event.path("event").asText(), key -> new TreeSet<>());
      event.fieldNames().forEachRemaining(fields::add);
      fields.remove("event");
    }
  }
}
