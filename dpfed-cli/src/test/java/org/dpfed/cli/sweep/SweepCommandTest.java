package org.dpfed.cli.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.cli.output.EventLines;
import org.dpfed.cli.plot.Plot;
import org.dpfed.ledger.LedgerFile;
import org.dpfed.ledger.LedgerHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.SAXException;
import picocli.CommandLine;

/** {@code dpfed sweep} on real runs over the breast cancer records. */
final class SweepCommandTest {
  private static final int ROUNDS = 30;
  private static final List<String> PLOTS =
      List.of(
          "accuracy-over-epsilon",
          "accuracy-over-clip-norm",
          "accuracy-over-noise",
          "accuracy-of-clip-and-noise",
          "accuracy-over-rounds",
          "norms-over-clip-norm",
          "clipped-over-clip-norm");

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /**
   * @param more settings of section privacy
   */
  private Path config(String name, String more, String sweep) throws IOException {
    return Files.writeString(
        directory.resolve(name + ".yaml"),
        """
        data:
          set: wdbc
        partition:
          by: one-per-client
        model:
          architecture: logistic
        client:
          learningRate: 0.5
        run:
          directory: %s
          diagnostics: true
          checkpointEvery: 3
          evaluateEvery: 10
        privacy:
          rounds: %d
          delta: 1.0e-4
        %s
        sweep:
        %s
        """
            .formatted(
                directory.resolve("runs"),
                ROUNDS,
                more.indent(2).stripTrailing(),
                sweep.indent(2).stripTrailing()));
  }

  private Path seeded(String name) throws IOException {
    return config(
        name,
        "seed: 1\nexpectedCohortSize: 91",
        "privacy.clipNorm: [0.1, 0.5]\nprivacy.noiseMultiplier: [0, 1, 2]");
  }

  private int sweep(Path config, String... more) {
    CommandLine command =
        DpfedCommand.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] arguments = {
      "sweep", "--config", config.toString(), "--sweeps", directory.resolve("sweeps").toString()
    };
    return command.execute(
        IntStream.range(0, arguments.length + more.length)
            .mapToObj(i -> i < arguments.length ? arguments[i] : more[i - arguments.length])
            .toArray(String[]::new));
  }

  private Path of(String sweep, String file) {
    return directory.resolve("sweeps").resolve(sweep).resolve(file);
  }

  /** The rows without their last column, the seconds. */
  private List<String> rows(String sweep) throws IOException {
    return Files.readAllLines(of(sweep, "results.csv")).stream()
        .map(row -> row.replaceFirst(",[^,]*$", ""))
        .toList();
  }

  @Test
  @Timeout(300)
  void sweep_killedAndResumed_givesTheSameResultsAsOneAfterTheOther()
      throws IOException, InterruptedException, ParserConfigurationException, SAXException {
    assertThat(sweep(seeded("whole"), "--parallel", "1")).as(err.toString()).isZero();
    kill(seeded("cut"));
    assertThat(sweep(seeded("cut"))).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString()).contains("holds an earlier sweep; go on with --resume");
    assertThat(sweep(seeded("cut"), "--resume", "--parallel", "2")).as(err.toString()).isZero();

    assertThat(rows("cut")).isEqualTo(rows("whole")).hasSize(7);
    assertThat(rows("whole").get(0))
        .isEqualTo(
            "run,privacy.clipNorm,privacy.noiseMultiplier,accuracy,rocAuc,loss,epsilon,isPrivate,noiseMultiplier,notPrivate.normMedian,notPrivate.clippedShare,roundsFinished,status");
    assertThat(rows("whole").get(1))
        .matches("001,0\\.1,0,0\\..*,inf,no,0\\.0,[0-9.]+,[0-9.]+,30,finished");
    assertThat(rows("whole").get(6))
        .matches("006,0\\.5,2,0\\..*,no,2\\.0,[0-9.]+,[0-9.]+,30,finished");
    requireFiles("cut");
    for (String name : PLOTS) {
      for (String file : List.of(name + ".svg", name + ".png")) {
        assertThat(of("cut", file)).hasSameBinaryContentAs(of("whole", file));
      }
    }
    LedgerHistory ledger = LedgerHistory.read(directory.resolve("runs/ledgers/wdbc-patient.jsonl"));
    for (int run = 1; run <= 6; run++) {
      assertThat(ledger.charged(run).total()).as("run %d", run).isEqualTo(ROUNDS);
    }
  }

  private void requireFiles(String sweep)
      throws IOException, ParserConfigurationException, SAXException {
    for (String name : PLOTS) {
      BufferedImage image = ImageIO.read(of(sweep, name + ".png").toFile());
      assertThat(image.getWidth()).isEqualTo(Plot.SCALE * Plot.WIDTH);
      assertThat(image.getHeight()).isEqualTo(Plot.SCALE * Plot.HEIGHT);
      String root =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(of(sweep, name + ".svg").toFile())
              .getDocumentElement()
              .getTagName();
      assertThat(root).isEqualTo("svg");
    }
    requireNumbers(sweep);
    for (String name : List.of("accuracy-over-epsilon", "accuracy-of-clip-and-noise")) {
      assertThat(Files.readString(of(sweep, name + ".svg")))
          .contains("costs what all of them cost together");
    }
    assertThat(Files.readString(of(sweep, "clipped-over-clip-norm.svg"))).contains("NOT PRIVATE");
    assertThat(Files.readString(of(sweep, "norms-over-clip-norm.svg"))).contains("NOT PRIVATE");
    JsonNode json = new ObjectMapper().readTree(of(sweep, "results.json").toFile());
    assertThat(json.path("runs")).hasSize(6);
    for (int run = 1; run <= 6; run++) {
      Path path = of(sweep, "runs/00" + run);
      assertThat(path.resolve("model.zip")).exists();
      assertThat(path.resolve("config.yaml")).exists();
      JsonNode report = new ObjectMapper().readTree(path.resolve("report.json").toFile());
      assertThat(report.at("/rounds/0/notCoveredByGuarantee/deltaNormQuantiles/0.5").asDouble())
          .isPositive();
      assertThat(json.path("runs").path(run - 1).at("/notCoveredByGuarantee/accuracy"))
          .isEqualTo(report.at("/notCoveredByGuarantee/evaluation/accuracy"));
    }
  }

  /** The cells of the heat map are the rows of the table, ε rounded up to three digits. */
  private void requireNumbers(String sweep) throws IOException {
    List<String> cells =
        Files.readString(of(sweep, "accuracy-of-clip-and-noise.svg"))
            .replaceAll("<[^>]*>", "")
            .lines()
            .map(String::strip)
            .filter(text -> text.matches("[0-9.]+ %") || text.startsWith("ε "))
            .toList();
    List<String> expected = new ArrayList<>();
    List<List<String>> byNoise =
        rows(sweep).subList(1, 7).stream()
            .map(row -> List.of(row.split(",", -1)))
            .sorted(Comparator.comparing(row -> row.get(2)))
            .toList();
    for (List<String> fields : byNoise) {
      expected.add(String.format(Locale.ROOT, "%.1f %%", 100 * Double.parseDouble(fields.get(3))));
      expected.add(
          fields.get(6).equals("inf")
              ? "ε ∞"
              : "ε "
                  + new BigDecimal(fields.get(6))
                      .round(new MathContext(3, RoundingMode.UP))
                      .stripTrailingZeros()
                      .toPlainString());
    }
    assertThat(cells).containsExactlyElementsOf(expected);
  }

  /** As SIGTERM and Ctrl-C do it: the tables are written, no run counts as failed. */
  @Test
  @Timeout(300)
  void sweep_interrupted_leavesTheRestForResume() throws IOException, InterruptedException {
    Process process = start(seeded("cut"), "--json");
    StringBuilder events = new StringBuilder();
    try (BufferedReader output = process.inputReader()) {
      String line = "";
      while (!line.contains("finished")) {
        line = Objects.requireNonNull(output.readLine());
        events.append(line).append(System.lineSeparator());
      }
      // Process.destroy would close the output as well.
      new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
      output.lines().forEach(rest -> events.append(rest).append(System.lineSeparator()));
    }
    assertThat(process.waitFor()).isEqualTo(143);
    JsonNode last = EventLines.of(events.toString()).last();
    assertThat(last.path("event").asText()).isEqualTo("stopped");
    assertThat(last.path("exitStatus").isNull()).isTrue();
    assertThat(last.path("runsDone").asInt()).isBetween(1, 5);
    assertThat(last.path("runsPlanned").asInt()).isEqualTo(6);
    assertThat(last.path("runsFailed").asInt()).isZero();
    assertThat(last.path("directory").asText()).endsWith("cut");
    assertThat(rows("cut").subList(1, 7))
        .allMatch(row -> row.matches(".*,(finished|stopped|not finished)"))
        .anyMatch(row -> !row.endsWith(",finished"));
    assertThat(sweep(seeded("cut"), "--resume")).as(err.toString()).isZero();
    assertThat(rows("cut").subList(1, 7)).allMatch(row -> row.endsWith(",30,finished"));
  }

  private void kill(Path config) throws IOException, InterruptedException {
    Process process = start(config);
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.lines().filter(line -> line.contains("finished")).findFirst()).isPresent();
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(of("cut", "summary.md")).doesNotExist();
  }

  private Process start(Path config, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.dpfed.cli.Main",
                "sweep",
                "--parallel",
                "2",
                "--config",
                config.toString(),
                "--sweeps",
                directory.resolve("sweeps").toString()));
    command.addAll(List.of(more));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  @Test
  @Timeout(300)
  void sweep_json_isEventsWithTheNumbersOfItsResults() throws IOException {
    Path config =
        config(
            "events",
            "noiseMultiplier: 1",
            "privacy.clipNorm: [0.3]\nprivacy.expectedCohortSize: [91, 1000]");
    assertThat(sweep(config, "--json")).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    EventLines lines = EventLines.of(out.toString());
    assertThat(err.toString()).contains("run 002").contains("expectedCohortSize");
    assertThat(lines.named("plan").get(0).at("/runs/1/problem").asText())
        .contains("expectedCohortSize");
    assertThat(lines.last().path("event").asText()).isEqualTo("failed");
    assertThat(lines.last().path("exitStatus").asInt()).isEqualTo(1);
    assertThat(lines.last().path("runsFailed").asInt()).isEqualTo(1);
    JsonNode result =
        new ObjectMapper().readTree(of("events", "results.json").toFile()).at("/runs/0");
    JsonNode run = lines.named("run").get(0);
    for (String field :
        List.of(
            "run",
            "settings",
            "epsilon",
            "isPrivate",
            "noiseMultiplier",
            "status",
            "roundsCharged")) {
      assertThat(run.path(field)).as(field).isEqualTo(result.path(field));
    }
    assertThat(run.at("/notCoveredByGuarantee/accuracy"))
        .isEqualTo(result.at("/notCoveredByGuarantee/accuracy"));
    assertThat(run.findValue("normMedian")).isNull();
    assertThat(run.findValue("clippedShare")).isNull();
  }

  @Test
  @Timeout(300)
  void sweep_quiet_printsNothingButWarnings() throws IOException {
    Path config =
        config("quiet", "clipNorm: 1\nexpectedCohortSize: 91", "privacy.noiseMultiplier: [0, 1]");
    assertThat(sweep(config, "--quiet")).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("warning: no privacy in 1 of 2 runs").hasLineCount(1);
    assertThat(sweep(config, "--quiet", "--json")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(EventLines.of(out.toString()).last().path("exitStatus").asInt()).isEqualTo(2);
  }

  /** Secure noise, so that the page states what is proven. */
  @Test
  @Timeout(300)
  void sweep_someRunsFail_othersGoOnAndTheChoiceHasItsPrice() throws IOException {
    Path config =
        config(
            "mixed",
            "clipNorm: 0.3\nnoiseMultiplier: 1",
            "privacy.expectedCohortSize: [91, 1000]\nseeds: [1, 2]");
    assertThat(sweep(config)).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    assertThat(out.toString())
        .contains("expectedCohortSize")
        .contains("2 of 4 runs done, 2 failed");
    assertThat(rows("mixed").subList(3, 5))
        .containsExactly("003,1000,1,,,,,,,,,0,failed", "004,1000,2,,,,,,,,,0,failed");

    String page = Files.readString(of("mixed", "summary.md"));
    assertThat(page).contains("is itself a release").contains("- run 003 failed: ");
    double one = epsilon(page, "on public data");
    double both = epsilon(page, "by accuracy on data of these clients: all 2 runs on their ledger");
    assertThat(both).isGreaterThan(one);
    Path file = directory.resolve("runs/ledgers/wdbc-patient.jsonl");
    LedgerHistory ledger = LedgerHistory.read(file);
    assertThat(ledger.composed(NeighbouringRelation.ADD_OR_REMOVE_ONE).epsilon(1e-4))
        .isLessThanOrEqualTo(both)
        .isGreaterThan(both - 1e-4);

    JsonNode first = new ObjectMapper().readTree(of("mixed", "runs/001/report.json").toFile());
    JsonNode second = new ObjectMapper().readTree(of("mixed", "runs/002/report.json").toFile());
    assertThat(first.at("/configuration/model/seed").asInt()).isEqualTo(1);
    assertThat(second.at("/configuration/run/seed").asInt()).isEqualTo(2);
    assertThat(first.path("isSecure").asBoolean()).isTrue();

    // What the ledger holds counts: also of a run without report, and of one outside the sweep.
    try (LedgerFile other = LedgerFile.open(file)) {
      PlannedRun plan = Objects.requireNonNull(ledger.runs().get(1));
      other.begin(plan).charge(plan.firstRound());
    }
    Files.delete(of("mixed", "runs/002/report.json"));
    damageCheckpoints(of("mixed", "runs/002"));
    assertThat(sweep(config, "--resume")).isEqualTo(CommandLine.ExitCode.SOFTWARE);
    assertThat(out.toString()).contains("run 002 failed: ").contains("no intact checkpoint");
    assertThat(rows("mixed").get(2)).endsWith(",failed");
    page = Files.readString(of("mixed", "summary.md"));
    assertThat(epsilon(page, "by accuracy on data of these clients: all 3 runs"))
        .isGreaterThan(both);
  }

  static void damageCheckpoints(Path run) throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(run.resolve("checkpoints"), "*.checkpoint")) {
      for (Path file : files) {
        Files.writeString(file, "damaged");
      }
    }
  }

  private static double epsilon(String page, String row) {
    String line = page.lines().filter(l -> l.startsWith("| " + row)).findFirst().orElseThrow();
    return Double.parseDouble(line.replaceFirst(".*ε = ([0-9.]+) .*", "$1"));
  }

  @Test
  void sweep_nameThatLeavesTheDirectory_isRefused() throws IOException {
    for (String name : List.of("../other", "..", "a/b", ".hidden")) {
      assertThat(sweep(seeded("name"), "--name", name)).isEqualTo(CommandLine.ExitCode.USAGE);
    }
    assertThat(err.toString()).contains("--name must be the name of a directory");
    assertThat(directory.resolve("sweeps")).doesNotExist();
  }

  @Test
  void sweep_dryRun_printsCostsAndWritesNothing() throws IOException {
    Path config =
        config("dry", "clipNorm: 1\nexpectedCohortSize: 91", "privacy.noiseMultiplier: [0, 1]");
    assertThat(sweep(config, "--dry-run")).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("run 001 (privacy.noiseMultiplier=0): ε = ∞")
        .contains("together: without bound")
        .contains("without those that have no guarantee, 1: ε = ")
        .contains("nothing was trained");
    assertThat(directory.resolve("sweeps")).doesNotExist();
    assertThat(directory.resolve("runs/ledgers")).doesNotExist();
  }
}
