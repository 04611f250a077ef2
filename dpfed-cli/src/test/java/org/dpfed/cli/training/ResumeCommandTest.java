package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.Guarantee;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.ledger.LedgerHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import picocli.CommandLine;

/** {@code dpfed train --resume} on real run directories. */
final class ResumeCommandTest {
  private static final int ROUNDS = 24;

  @TempDir Path runs;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** The process has no time to save anything: the rounds since the last checkpoint are lost. */
  @Test
  @Timeout(180)
  void resume_processWasKilled_endsWithTheModelOfAnUninterruptedRun()
      throws IOException, InterruptedException {
    assertThat(train(seeded("whole"))).as(err.toString()).isZero();
    kill(seeded("cut"));
    Path ledger = runs.resolve("ledgers/wdbc-patient.jsonl");
    int lost = LedgerHistory.read(ledger).charged(2).reached() % 3;

    assertThat(train("--resume", runs.resolve("cut").toString())).as(err.toString()).isZero();
    assertThat(parameters("cut")).isEqualTo(parameters("whole"));
    JsonNode report = report("cut");
    assertThat(report.path("status").asText()).isEqualTo("finished");
    assertThat(report.path("rounds")).hasSize(ROUNDS);
    ChargedRounds charged = LedgerHistory.read(ledger).charged(2);
    assertThat(charged.reached()).isEqualTo(ROUNDS);
    // A checkpoint of the last round that was charged may not have been finished.
    assertThat(charged.again()).isIn(lost, lost + 3);
    assertThat(report.path("roundsChargedAgain").asInt()).isEqualTo(charged.again());
  }

  private String[] seeded(String name) {
    return new String[] {
      "--rounds",
      Integer.toString(ROUNDS),
      "--noise-seed",
      "7",
      "--checkpoint-every",
      "3",
      "--evaluate-every",
      "1",
      "--runs",
      runs.toString(),
      "--name",
      name
    };
  }

  private void kill(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.dpfed.cli.Main",
                "train"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader output = process.inputReader()) {
      Stream<String> accuracies = output.lines().filter(line -> line.contains("accuracy"));
      assertThat(accuracies.limit(8).count()).isEqualTo(8);
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(report("cut").path("status").asText()).isEqualTo("running");
  }

  @Test
  void resume_finishedRunWithMoreRounds_isChargedForThoseAlone() throws IOException {
    String directory = runs.resolve("a").toString();
    assertThat(
            train(
                "--rounds",
                "3",
                "--noise-multiplier",
                "2",
                "--epsilon",
                "none",
                "--runs",
                runs.toString(),
                "--name",
                "a"))
        .as(err.toString())
        .isZero();
    assertThat(train("--resume", directory, "--rounds", "5")).as(err.toString()).isZero();
    assertThat(report("a").path("roundsCharged").asInt()).isEqualTo(5);
    assertThat(report("a").at("/guaranteeOfAllRuns/epsilon").asDouble())
        .isEqualTo(report("a").at("/guarantee/epsilon").asDouble());
    assertRefused("resume it with at least 5", "--resume", directory, "--rounds", "4");
  }

  @Test
  void resume_moreRoundsThanTheNoiseWasMadeFor_needALargerEpsilon() throws IOException {
    String directory = runs.resolve("a").toString();
    assertThat(train("--rounds", "3", "--runs", runs.toString(), "--name", "a")).isZero();
    double noise = report("a").at("/plan/noiseMultiplier").asDouble();

    assertRefused("in 5 rounds, more than the 3.0 allowed", "--resume", directory, "--rounds", "5");
    assertThat(train("--resume", directory, "--rounds", "5", "--epsilon", "4"))
        .as(err.toString())
        .isZero();
    assertThat(report("a").at("/plan/noiseMultiplier").asDouble()).isEqualTo(noise);
    assertThat(report("a").at("/guarantee/epsilon").asDouble()).isBetween(3.0, 4.0);
    assertRefused("resume it with at least 5", "--resume", directory, "--rounds", "4");
  }

  /** The directory stands for any error of the disk. */
  @Test
  void resume_reportCannotBeWritten_leavesNoReportOfFewerRoundsBesideTheModel() throws IOException {
    Path run = runs.resolve("a");
    assertThat(train("--rounds", "2", "--runs", runs.toString(), "--name", "a")).isZero();
    byte[] model = Files.readAllBytes(run.resolve("model.zip"));
    Files.createDirectories(run.resolve("report.json.part/x"));

    assertThat(train("--resume", run.toString(), "--rounds", "4", "--epsilon", "9")).isEqualTo(1);
    assertThat(Files.readAllBytes(run.resolve("model.zip"))).isNotEqualTo(model);
    assertThat(run.resolve("report.json")).doesNotExist();
    assertThat(run.resolve("report.html")).doesNotExist();
    assertThat(run.resolve("model-card.md")).doesNotExist();
  }

  @Test
  void resume_whatCannotBe_isRefusedInOneLineAndChargesNothing() throws IOException {
    String directory = runs.resolve("a").toString();
    assertThat(train("--rounds", "2", "--runs", runs.toString(), "--name", "a")).isZero();
    byte[] ledger = Files.readAllBytes(runs.resolve("ledgers/wdbc-patient.jsonl"));

    assertRefused("is not the directory of a run", "--resume", runs.toString());
    assertRefused("leave out --config", "--resume", directory, "--config", "x.yaml");
    assertRefused("--data cannot change", "--resume", directory, "--data", "fashion-mnist");
    assertRefused("clipping was Fixed", "--resume", directory, "--clip-norm", "9");
    assertRefused("network was", "--resume", directory, "--hidden", "[4]");
    assertRefused("seed was 0, is 3", "--resume", directory, "--seed", "3");
    assertRefused("diagnostics was false", "--resume", directory, "--diagnostics");
    assertRefused(
        "another ledger or an older copy",
        "--resume",
        directory,
        "--ledger",
        runs.resolve("other.jsonl").toString());
    assertThat(Files.readAllBytes(runs.resolve("ledgers/wdbc-patient.jsonl"))).isEqualTo(ledger);
  }

  private void assertRefused(String message, String... arguments) {
    err.getBuffer().setLength(0);
    assertThat(train(arguments)).as(err.toString()).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
    String refusal = err.toString();
    // What a run refuses, its dry run refuses in the same words.
    err.getBuffer().setLength(0);
    List<String> dry = new ArrayList<>(List.of(arguments));
    dry.add("--dry-run");
    assertThat(train(dry.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).isEqualTo(refusal);
  }

  /** Refusals of settings that cannot change come first: see above. */
  @Test
  void resume_finishedRun_saysSoInALineAndChangesNothing() throws IOException {
    String directory = runs.resolve("a").toString();
    assertThat(train("--rounds", "3", "--runs", runs.toString(), "--name", "a")).isZero();
    Map<Path, FileTime> before = written();
    out.getBuffer().setLength(0);
    assertThat(train("--resume", directory)).as(err.toString()).isZero();
    assertThat(out.toString())
        .isEqualTo(
            "%s is finished: all 3 rounds were trained before, and nothing was trained or charged now; the model is %s, the report %s%n"
                .formatted(directory, runs.resolve("a/model.zip"), runs.resolve("a/report.html")));
    out.getBuffer().setLength(0);
    assertThat(train("--resume", directory, "--quiet")).isZero();
    assertThat(out.toString()).isEmpty();
    assertThat(train("--resume", directory, "--json")).isZero();
    JsonNode event = new ObjectMapper().readTree(out.toString());
    assertThat(event.path("event").asText()).isEqualTo("finished");
    assertThat(event.path("exitStatus").asInt(-1)).isZero();
    assertThat(event.path("roundsCharged").asInt()).isEqualTo(3);
    assertThat(event.path("directory").asText()).isEqualTo(directory);
    assertThat(written()).isEqualTo(before);

    // Killed before the model was there: it is written now, and nothing is charged for it.
    Files.delete(runs.resolve("a/model.zip"));
    assertThat(train("--resume", directory)).as(err.toString()).isZero();
    assertThat(runs.resolve("a/model.zip")).exists();
    assertThat(report("a").path("roundsCharged").asInt()).isEqualTo(3);
  }

  /** Nothing changes, and the rounds that were charged are not counted twice. */
  @Test
  void resume_dryRun_saysWhatTheRestWillCost() throws IOException {
    String directory = runs.resolve("a").toString();
    assertThat(train("--rounds", "3", "--runs", runs.toString(), "--name", "a")).isZero();
    Map<Path, FileTime> before = written();
    out.getBuffer().setLength(0);
    assertThat(train("--resume", directory, "--rounds", "5", "--epsilon", "4", "--dry-run"))
        .as(err.toString())
        .isZero();
    String dry = out.toString();
    assertThat(dry)
        .contains("5, going on after round 3")
        .contains("this is the only run over these clients");
    assertThat(written()).isEqualTo(before);

    assertThat(train("--resume", directory, "--rounds", "5", "--epsilon", "4")).isZero();
    String all = Guarantee.displayed(report("a").at("/guaranteeOfAllRuns/epsilon").asDouble());
    assertThat(dry).contains("with this one " + all);
  }

  @Test
  void resume_dryRunBesideOtherRuns_saysThatAllAreOnTheLedger() throws IOException {
    String directory = runs.resolve("a").toString();
    assertThat(train("--rounds", "3", "--runs", runs.toString(), "--name", "a")).isZero();
    assertThat(train("--rounds", "1", "--runs", runs.toString(), "--name", "b")).isZero();
    for (List<String> dry :
        List.of(
            List.of("--resume", directory, "--rounds", "5", "--epsilon", "4"),
            List.of("--runs", runs.toString()))) {
      out.getBuffer().setLength(0);
      List<String> flags = new ArrayList<>(dry);
      flags.add("--dry-run");
      assertThat(train(flags.toArray(String[]::new))).as(err.toString()).isZero();
      assertThat(out.toString())
          .contains("- every run over these clients is on this ledger")
          .doesNotContain("only run");
    }
  }

  private Map<Path, FileTime> written() throws IOException {
    Map<Path, FileTime> times = new TreeMap<>();
    try (Stream<Path> files = Files.walk(runs)) {
      for (Path file : files.toList()) {
        times.put(file, Files.getLastModifiedTime(file));
      }
    }
    return times;
  }

  private int train(String... flags) {
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(List.of(flags));
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(arguments.toArray(String[]::new));
  }

  private INDArray parameters(String name) throws IOException {
    return ModelSerializer.restoreMultiLayerNetwork(runs.resolve(name + "/model.zip").toFile())
        .params();
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(runs.resolve(name + "/report.json").toFile());
  }
}
