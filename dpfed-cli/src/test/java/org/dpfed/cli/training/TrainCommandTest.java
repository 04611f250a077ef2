package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.data.WisconsinBreastCancer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.api.DataSet;
import picocli.CommandLine;

final class TrainCommandTest {
  @TempDir Path runs;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void train_fewRounds_leavesModelReportLedgerAndConfiguration() throws IOException {
    assertThat(train("--rounds", "3", "--name", "a")).isZero();

    JsonNode report = report("a");
    assertThat(report.path("status").asText()).isEqualTo("finished");
    assertThat(report.at("/guarantee/epsilon").asDouble()).isBetween(2.99, 3.0);
    assertThat(report.at("/guarantee/unit").asText()).isEqualTo("patient");
    assertThat(report.at("/guarantee/assumptions").size()).isPositive();
    assertThat(report.at("/rounds").size()).isEqualTo(3);
    assertThat(report.at("/machine/kernel").asText()).startsWith("kernel ");
    assertThat(report.at("/versions/deeplearning4j").asText()).isEqualTo("1.0.0-M2.1");
    assertThat(Files.readAllLines(runs.resolve("ledgers/wdbc-patient.jsonl"))).hasSize(6);
    assertThat(accuracyOfTheSavedModel("a"))
        .isCloseTo(
            report.at("/notCoveredByGuarantee/evaluation/accuracy").asDouble(), within(1e-9));
    assertThat(out.toString())
        .contains("accuracy", "rocAuc", "3.0000", "1.0E-4", "add-or-remove-one", "patient")
        .contains("on 114 held-out rows, not covered by the guarantee");
  }

  @Test
  void train_withoutDiagnostics_reportsNothingFromInsideARound() throws IOException {
    train("--rounds", "2", "--name", "quiet");
    train("--rounds", "2", "--name", "open", "--diagnostics");
    assertThat(report("quiet").findValue("cohortSize")).isNull();
    assertThat(report("open").at("/rounds/0/notCoveredByGuarantee/cohortSize").asInt())
        .isPositive();
  }

  @Test
  void train_configurationOfASeededRun_reproducesItsModel() throws IOException {
    train("--rounds", "3", "--name", "first", "--noise-seed", "5");
    Path config = runs.resolve("first/config.yaml");
    train("--config", config.toString(), "--name", "second");
    assertThat(model("second").params()).isEqualTo(model("first").params());
    train("--config", config.toString(), "--name", "third", "--noise-seed", "6");
    assertThat(model("third").params()).isNotEqualTo(model("first").params());
  }

  @Test
  void train_seededOrWithoutNoise_saysNoPrivacyWhereverEpsilonWouldStand() throws IOException {
    train("--rounds", "2", "--name", "seeded", "--noise-seed", "5");
    train("--rounds", "2", "--name", "baseline", "--noise-multiplier", "0");
    for (String name : List.of("seeded", "baseline")) {
      assertThat(report(name).at("/guarantee/isPrivate").asBoolean()).isFalse();
      assertThat(report(name).at("/guarantee/epsilon").isNull()).isTrue();
      assertThat(report(name).at("/guarantee/summary").asText()).contains("no privacy");
    }
    assertThat(out.toString()).contains("no privacy (seeded noise)");
  }

  @Test
  void train_showClientErrors_isAnAssumptionOfTheGuarantee() throws IOException {
    train("--rounds", "1", "--name", "closed");
    train("--rounds", "1", "--name", "shown", "--show-client-errors");
    assertThat(report("closed").at("/guarantee/assumptions").toString()).doesNotContain("failed");
    assertThat(report("shown").at("/guarantee/assumptions").toString())
        .contains("which clients failed");
    assertThat(report("shown").at("/roundsCharged").asInt()).isEqualTo(1);
  }

  @Test
  void train_flagAndFile_flagWins() throws IOException {
    Path file = runs.resolve("mine.yaml");
    Files.writeString(
        file,
        """
        data: {set: wdbc}
        partition: {by: iid, examplesPerClient: 5}
        model: {architecture: logistic}
        client: {learningRate: 0.1, updater: adam}
        server: {optimizer: yogi, learningRate: 0.05}
        privacy: {expectedCohortSize: 20, rounds: 9, clipNorm: 1, noiseMultiplier: 1, delta: 0.001}
        """);
    assertThat(train("--config", file.toString(), "--rounds", "2", "--name", "b")).isZero();
    assertThat(report("b").at("/plan/rounds").asInt()).isEqualTo(2);
    assertThat(report("b").at("/plan/population").asInt()).isEqualTo(91);
    assertThat(report("b").at("/configuration/server/optimizer").asText()).isEqualTo("yogi");
  }

  @Test
  void train_csvOfHospitals_makesEachKeyAClient() throws IOException {
    StringBuilder rows = new StringBuilder("hospital,age,sick\n");
    for (int i = 0; i < 60; i++) {
      rows.append("h%d,%s,%s%n".formatted(i % 6, i % 7 == 0 ? "?" : 20 + i, i > 30 ? "yes" : "no"));
    }
    Path csv = runs.resolve("rows.csv");
    Files.writeString(csv, rows);
    List<String> flags =
        List.of(
            "--data",
            "csv",
            "--data-file",
            csv.toString(),
            "--label",
            "sick",
            "--classes",
            "[no, yes]",
            "--key",
            "hospital",
            "--ranges",
            "{age: [0, 100]}",
            "--missing",
            "[\"?\"]",
            "--on-missing",
            "neutral",
            "--test-examples",
            "12",
            "--unit",
            "hospital",
            "--partition",
            "by-key",
            "--model",
            "logistic",
            "--cohort",
            "3",
            "--rounds",
            "2",
            "--noise-multiplier",
            "2",
            "--delta",
            "0.01",
            "--name",
            "h");
    assertThat(train(flags.toArray(String[]::new))).as(err.toString()).isZero();
    assertThat(report("h").at("/plan/population").asInt()).isEqualTo(6);
    assertThat(report("h").at("/guarantee/unit").asText()).isEqualTo("hospital");
  }

  @Test
  void train_dryRun_printsPlanAndCostAndLeavesNothing() {
    assertThat(train("--dry-run")).isZero();
    assertThat(out.toString())
        .contains("(ε = 3.0000", "455, each one patient", "530", "1.8188", "91.00, each client")
        .contains("nothing was trained, charged or written")
        .contains("this is the only run over these clients");
    assertThat(runs).isEmptyDirectory();
  }

  @Test
  void train_ownConfigurationAgain_makesANewRun() throws IOException {
    train("--rounds", "1", "--name", "a");
    String config = runs.resolve("a/config.yaml").toString();
    assertThat(train("--config", config)).as(err.toString()).isZero();
    assertThat(train("--config", config)).as(err.toString()).isZero();
    assertThat(runs.resolve("a-2/report.json")).exists();
    assertThat(Files.readString(runs.resolve("a-3/config.yaml")))
        .isEqualTo(Files.readString(runs.resolve("a/config.yaml")));
  }

  @Test
  void train_withoutName_isNumberedBesideEarlierRuns() {
    train("--rounds", "1");
    train("--rounds", "1");
    assertThat(runs.resolve("wdbc/report.json")).exists();
    assertThat(runs.resolve("wdbc-2/report.json")).exists();
  }

  @Test
  void train_fileWhoseNameIsNoDirectory_asksForAName() throws IOException {
    train("--rounds", "1", "--name", "a");
    String config = Files.readString(runs.resolve("a/config.yaml"));
    Path file =
        Files.writeString(runs.resolve("CON.yaml"), config.replaceFirst("(?m)^  name: a\n", ""));
    assertThat(train("--config", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("the name of " + file + ": run.name must be a name");
    assertThat(train("--config", file.toString(), "--name", "b")).isZero();
  }

  @Test
  void train_builtInValuesWithoutEffect_giveWayToFlags() throws IOException {
    assertThat(train("--rounds", "1", "--server-optimizer", "adam", "--name", "adam")).isZero();
    assertThat(report("adam").at("/configuration/server/momentum").isMissingNode()).isTrue();
    assertThat(train("--rounds", "1", "--noise-multiplier", "0", "--name", "open")).isZero();
    assertThat(report("open").at("/configuration/privacy/epsilon").isMissingNode()).isTrue();
  }

  @Test
  void train_noiseAboveTheBuiltInEpsilon_isRefusedUnlessEpsilonIsTakenBack() {
    assertThat(train("--noise-multiplier", "0.5", "--dry-run")).isEqualTo(2);
    assertThat(err.toString()).contains("more than the 3.0 allowed");
    assertThat(train("--noise-multiplier", "0.5", "--epsilon", "none", "--dry-run")).isZero();
  }

  @Test
  void train_existingName_isRefusedAndKept() throws IOException {
    train("--rounds", "1", "--name", "a");
    String before = Files.readString(runs.resolve("a/report.json"));
    assertThat(train("--rounds", "1", "--name", "a")).isEqualTo(2);
    assertThat(err.toString()).contains("holds an earlier run");
    assertThat(Files.readString(runs.resolve("a/report.json"))).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--rounds 0 | --rounds: privacy.rounds must be an integer from 1 to 2147483647, was 0",
        "--rounds many | privacy.rounds must be an integer",
        "--clip-norm -1 | privacy.clipNorm must be a positive number, was -1",
        "--delta 2 | privacy.delta must be a number in (0, 1), was 2",
        "--delta 0.1 | delta must be positive and below 1 / population",
        "--epsilon -3 | privacy.epsilon must be a positive number, was -3",
        "--model-seed 0 | model.seed must be an integer from 1 to 2147483647, was 0",
        "--cohort 456 | expectedCohortSize must be positive and at most the population of 455",
        "--server-momentum 1 | server.momentum must be a number in [0, 1), was 1",
        "--model resnet | model.architecture must be one of logistic",
        "--model lenet | lenet",
        "--hidden [x] | model.hidden must be a list of integers",
        "--partition iid | partition.examplesPerClient is needed",
        "--partition by-key | key",
        "--data moon | data.set must be one of wdbc",
        "--data idx | data.directory is needed",
        "--kernel warp | no kernel is called warp",
        "--rouds 3 | did you mean --rounds?",
        "--name ../x | run.name must be a name of at most 200 bytes without /",
        "--name /tmp/x | run.name must be a name",
        "--name nul | run.name must be a name",
        "--workers 100000 | run.workers must be at most",
        "--hidden [2147483647,2147483647] | choose smaller layers",
        "--hidden [1000000,1000000] | choose smaller layers",
        "--hidden [64,0] | model.hidden must be a list of integers from 1",
        "--epochs 2147483647 | client.epochs must be an integer from 1 to 1000000",
        "--rounds 1_000 | privacy.rounds must be an integer",
        "--rounds 9999999999 | privacy.rounds must be an integer",
        "--clip-norm 1e39 | clipNorm must be",
        "--key x | --key: data.key has no effect with data.set wdbc",
        "--hidden [3] --model logistic | --hidden: model.hidden has no effect with model.arch",
        "--server-momentum 0 --server-optimizer adam | only with server.optimizer sgd",
        "--epsilon 3 --noise-multiplier 0.0 | privacy.epsilon has no effect with privacy.noise",
        "--config /does/not/exist.yaml | there is no such file",
      })
  void train_badFlag_isOneLineAndStatusTwo(String flags, String message) {
    assertThat(train(flags.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
    assertThat(err.toString().strip().lines()).hasSize(1);
    assertThat(runs).isEmptyDirectory();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "privacy: {clipNrm: 1} | privacy.clipNrm is not a setting; did you mean privacy.clipNorm?",
        "privasy: {rounds: 1} | privasy.rounds is not a setting; did you mean privacy.rounds?",
        "privacy: 3 | line 1: section 'privacy' holds a value",
        "privacy: {rounds: 1.5} | privacy.rounds must be an integer from 1 to 2147483647, was 1.5",
        "privacy: {rounds: 1, rounds: 2} | line 1: 'rounds' stands here and in line 1",
        "privacy: {rounds: | is not YAML",
        "hello | line 1: expected a section of settings",
        "data: {set: wdbc} | partition.by is needed",
      })
  void train_badFile_isOneLineThatNamesFileAndKey(String yaml, String message) throws IOException {
    Path file = Files.writeString(runs.resolve("bad.yaml"), yaml);
    assertThat(train("--config", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("bad.yaml").contains(message);
    assertThat(err.toString().strip().lines()).hasSize(1);
  }

  @Test
  void train_verbose_showsTheStackTrace() {
    assertThat(train("--config", "/does/not/exist.yaml", "--verbose")).isEqualTo(2);
    assertThat(err.toString()).contains("\tat ");
  }

  private int train(String... flags) {
    List<String> arguments = new ArrayList<>(List.of("train"));
    arguments.addAll(List.of(flags));
    arguments.addAll(List.of("--runs", runs.toString()));
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(arguments.toArray(String[]::new));
  }

  private JsonNode report(String name) throws IOException {
    return new ObjectMapper().readTree(runs.resolve(name).resolve("report.json").toFile());
  }

  private MultiLayerNetwork model(String name) throws IOException {
    return ModelSerializer.restoreMultiLayerNetwork(
        runs.resolve(name).resolve("model.zip").toFile());
  }

  private double accuracyOfTheSavedModel(String name) throws IOException {
    DataSet test = WisconsinBreastCancer.split().test().toDataSet();
    Evaluation evaluation = new Evaluation();
    evaluation.eval(test.getLabels(), model(name).output(test.getFeatures()));
    return evaluation.accuracy();
  }
}
