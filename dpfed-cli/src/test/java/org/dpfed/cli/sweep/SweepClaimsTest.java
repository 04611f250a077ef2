package org.dpfed.cli.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.ledger.LedgerHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that {@code dpfed sweep} says of privacy is better than what was charged. */
final class SweepClaimsTest {
  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Path config(String privacy, String sweep) throws IOException {
    return Files.writeString(
        directory.resolve("s.yaml"),
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
        privacy:
          expectedCohortSize: 91
          clipNorm: 0.5
          rounds: 2
        %s
        sweep:
        %s
        """
            .formatted(
                directory.resolve("runs"),
                privacy.indent(2).stripTrailing(),
                sweep.indent(2).stripTrailing()));
  }

  private int sweep(Path config, String... more) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> arguments =
        new ArrayList<>(
            List.of("sweep", "--config", config.toString(), "--sweeps", path("sweeps").toString()));
    arguments.addAll(List.of(more));
    return DpfedCommand.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments.toArray(String[]::new));
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private String summary() throws IOException {
    return Files.readString(path("sweeps/s/summary.md"));
  }

  /** The numbers behind "ε = ", in order. */
  private static List<Double> epsilons(String text) {
    Matcher epsilon = Pattern.compile("ε = (\\d+\\.\\d+)").matcher(text);
    List<Double> found = new ArrayList<>();
    while (epsilon.find()) {
      found.add(Double.valueOf(epsilon.group(1)));
    }
    return found;
  }

  @Test
  void resume_fileHasOtherSettingsThanTheRuns_isRefusedAndChangesNoTable() throws IOException {
    assertThat(sweep(config("delta: 1.0e-4", "privacy.noiseMultiplier: [4, 8]"))).isZero();
    String results = Files.readString(path("sweeps/s/results.csv"));

    assertThat(sweep(config("delta: 1.0e-4", "privacy.noiseMultiplier: [0.5, 8]"), "--resume"))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("001 holds a run with other settings")
        .contains("'noiseMultiplier: 4' where the file says 'noiseMultiplier: 0.5'");
    assertThat(Files.readString(path("sweeps/s/results.csv"))).isEqualTo(results);
  }

  @Test
  void plan_ledgerHasRunsAlready_countsThem() throws IOException {
    Path config = config("delta: 1.0e-4", "privacy.noiseMultiplier: [4, 8]");
    assertThat(sweep(config, "--dry-run")).isZero();
    double alone = epsilons(out.toString()).get(2);
    assertThat(out.toString()).contains("2 runs to come on a new ledger");
    assertThat(sweep(config)).isZero();

    assertThat(sweep(config, "--name", "t", "--dry-run")).isZero();
    assertThat(out.toString()).contains("2 runs to come, 2 on it already");
    assertThat(epsilons(out.toString()).get(2)).isGreaterThan(alone);

    assertThat(sweep(config, "--resume", "--dry-run")).isZero();
    assertThat(epsilons(out.toString()).get(2)).isEqualTo(alone);
  }

  @Test
  void total_runsOfSeveralRelationsAndDeltas_isUnderEachAndBelowNoRun() throws IOException {
    Path config =
        config(
            "noiseMultiplier: 2",
            """
            zip:
              privacy.relation: [zero-out, replace-one]
              privacy.delta: [1.0e-3, 1.0e-6]
            """);
    assertThat(sweep(config)).isZero();

    String row = summary().lines().filter(line -> line.contains("all 2 runs")).findFirst().get();
    assertThat(row).contains("0.001, zero-out").contains("1.0E-6, replace-one");
    assertThat(sweep(config, "--resume", "--dry-run")).isZero();
    List<Double> planned = epsilons(out.toString());
    assertThat(epsilons(row).get(0)).isGreaterThan(planned.get(0));
    assertThat(epsilons(row).get(1)).isGreaterThan(planned.get(1));
  }

  @Test
  void maxEpsilon_runsOfSeveralDeltas_isRefused() throws IOException {
    Path config = config("noiseMultiplier: 2\nmaxEpsilon: 3", "privacy.delta: [1.0e-3, 1.0e-6]");

    assertThat(sweep(config)).isEqualTo(2);
    assertThat(err.toString()).contains("privacy.maxEpsilon needs one privacy.relation");
    assertThat(path("sweeps")).doesNotExist();
  }

  @Test
  void plan_seededNoise_saysThatThereIsNoPrivacy() throws IOException {
    assertThat(
            sweep(config("delta: 1.0e-4\nseed: 5", "privacy.noiseMultiplier: [4, 8]"), "--dry-run"))
        .isZero();
    assertThat(out.toString().lines().filter(line -> line.startsWith("run 00")))
        .hasSize(2)
        .allMatch(line -> line.contains("no privacy, seeded noise"));
  }

  @Test
  void summary_bestRunHasNoGuarantee_namesTheBestOfThoseThatHave() throws IOException {
    assertThat(
            sweep(config("delta: 1.0e-4", "privacy.noiseMultiplier: [0, 8]\nprivacy.rounds: [1]")))
        .isEqualTo(2);
    assertThat(err.toString()).contains("privacy.rounds is also set in");
    assertThat(sweep(config("delta: 1.0e-4", "privacy.noiseMultiplier: [0, 8]"))).isZero();

    assertThat(summary())
        .contains("Highest mean accuracy with a guarantee")
        .contains("in `runs/002`")
        .containsOnlyOnce("One of the 114 held-out rows is 0.0088 of accuracy.")
        .contains("Do not publish")
        .contains("`./dpfed ledger show " + path("runs/ledgers/wdbc-patient.jsonl"));
  }

  @Test
  void runsOfASweep_sayInCardAndReportThatAChoiceCostsMore() throws IOException {
    assertThat(sweep(config("delta: 1.0e-4", "privacy.noiseMultiplier: [4]"))).isZero();

    Path run = path("sweeps/s/runs/001");
    assertThat(Files.readString(run.resolve("model-card.md"))).contains("is one of a sweep");
    assertThat(Files.readString(run.resolve("report.html"))).contains("is one of a sweep");
  }

  @Test
  void parallel_zero_isRefused() throws IOException {
    assertThat(sweep(config("delta: 1.0e-4", "privacy.noiseMultiplier: [4]"), "--parallel", "0"))
        .isEqualTo(2);
    assertThat(path("sweeps")).doesNotExist();
  }

  @Test
  void resume_reportOfARunIsDamaged_isWrittenAgain() throws IOException {
    Path config = config("delta: 1.0e-4", "privacy.noiseMultiplier: [4]");
    assertThat(sweep(config)).isZero();
    Path report = path("sweeps/s/runs/001/report.json");
    Files.writeString(report, "{");

    assertThat(sweep(config, "--resume")).as(err.toString()).isZero();
    assertThat(Files.readString(report)).contains("\"status\" : \"finished\"");
    assertThat(summary()).contains("1 runs: 1 finished");
  }

  @Test
  void resume_modelOfARunIsGone_isWrittenAgain() throws IOException {
    Path config = config("delta: 1.0e-4", "privacy.noiseMultiplier: [4]");
    assertThat(sweep(config)).isZero();
    Path model = path("sweeps/s/runs/001/model.zip");
    Files.delete(model);

    assertThat(sweep(config, "--resume")).as(err.toString()).isZero();
    assertThat(model).exists();
    assertThat(summary()).contains("1 runs: 1 finished");
    assertThat(LedgerHistory.read(path("runs/ledgers/wdbc-patient.jsonl")).charged(1).total())
        .isEqualTo(2);
  }

  /** That of a single run with these settings: the system follows the link before "..". */
  @Test
  void ledger_behindALink_isThatOfASingleRun() throws IOException {
    Path away = Files.createDirectories(path("far/away"));
    Files.createSymbolicLink(path("link"), away);
    Path config = config("delta: 1.0e-4", "privacy.noiseMultiplier: [4]");
    Files.writeString(
        config,
        Files.readString(config)
            .replace("run:", "run:\n  ledger: " + path("link/../ledger.jsonl")));
    assertThat(sweep(config)).as(err.toString()).isZero();
    assertThat(path("far/ledger.jsonl")).exists();
    assertThat(path("ledger.jsonl")).doesNotExist();
  }

  /** As if the columns had changed places since. */
  @Test
  void resume_runReadOtherColumns_isARunThatFailedAndKeepsItsOwn() throws IOException {
    Path config = config("delta: 1.0e-4", "privacy.noiseMultiplier: [4]");
    assertThat(sweep(config)).isZero();
    Path run = path("sweeps/s/runs/001");
    Files.delete(run.resolve("model.zip"));
    Path preprocessing = run.resolve("preprocessing.json");
    String before = Files.readString(preprocessing);
    List<String> columns =
        Pattern.compile("\"column\" : \"(.*?)\"")
            .matcher(before)
            .results()
            .map(found -> found.group(1))
            .toList();
    String edited =
        before
            .replace('"' + columns.get(0) + '"', "\"?\"")
            .replace('"' + columns.get(1) + '"', '"' + columns.get(0) + '"')
            .replace("\"?\"", '"' + columns.get(1) + '"');
    Files.writeString(preprocessing, edited);

    assertThat(sweep(config, "--resume")).isEqualTo(1);
    assertThat(out.toString()).contains("the columns of the data are not those");
    assertThat(preprocessing).hasContent(edited);
    assertThat(run.resolve("model.zip")).doesNotExist();
  }

  @Test
  void resume_allCheckpointsOfARunAreDamaged_isARunThatFailed() throws IOException {
    Path config = config("delta: 1.0e-4", "privacy.noiseMultiplier: [4]");
    assertThat(sweep(config)).isZero();
    Path run = path("sweeps/s/runs/001");
    Files.delete(run.resolve("report.json"));
    SweepCommandTest.damageCheckpoints(run);

    assertThat(sweep(config, "--resume")).isEqualTo(1);
    assertThat(out.toString()).contains("no intact checkpoint, only damaged ones");
  }
}
