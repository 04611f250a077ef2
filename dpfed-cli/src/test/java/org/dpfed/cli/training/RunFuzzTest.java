package org.dpfed.cli.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.cli.UsageException;
import org.dpfed.fuzz.Envelope;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Damaged settings, and damaged files of a run, are read or refused. */
final class RunFuzzTest {
  private static final String EVERY_KIND_OF_VALUE =
      """
      # Rows of two hospitals.
      data: {set: csv, files: [a.csv, "b \u00e9.csv"], label: sick, classes: {healthy: [0], ill: [1, 2]},
             categories: {sex: [f, m]}, ranges: {age: [0, 100]}, ignore: [id, ''], missing: ["?"],
             onMissing: drop-row, header: true, testShare: .2}
      partition:
        by: one-per-client
      client:
        learningRate: .5
        schedule: {1: 1, 20: 0.1}
      model:
        architecture: 'mlp'
        hidden: [64, 16]
      privacy:
        expectedCohortSize: 1e1
        rounds: 40
        clipNorm: >-
          0.3
        epsilon: 3
        delta: 1e-4
      """;

  @TempDir private static Path runs;
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("readers")
  void read_damaged_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.FEW, directory);
  }

  @ParameterizedTest
  @MethodSource("readers")
  @Tag("stress")
  void read_damagedManyTimes_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.MANY, directory);
  }

  static List<FuzzedReader> readers() throws IOException {
    Path run = run();
    byte[] configuration = Files.readAllBytes(run.resolve("config.yaml"));
    byte[] model = Files.readAllBytes(run.resolve("model.zip"));
    byte[] preprocessing = Files.readAllBytes(run.resolve("preprocessing.json"));
    FuzzedReader settings =
        FuzzedReader.of(
                "settings",
                "config.yaml",
                List.of(configuration, standard(), EVERY_KIND_OF_VALUE.getBytes(UTF_8)),
                UsageException.class,
                file -> Configuration.of(file).complete().toYaml())
            // The YAML parser copies a value each time that it reads on, 1,025 characters further.
            .allocating(1024);
    FuzzedReader networks =
        FuzzedReader.of(
                "model of a run",
                "model.zip",
                List.of(model),
                UsageException.class,
                file -> TrainedModel.of(file.resolveSibling("")).network().params().close())
            .in(Envelope.ZIP)
            .beside("config.yaml", configuration)
            .beside("preprocessing.json", preprocessing);
    FuzzedReader schemas =
        FuzzedReader.of(
                "schema of a run",
                "preprocessing.json",
                List.of(preprocessing),
                UsageException.class,
                file -> TrainedModel.of(file.resolveSibling("")).network().params().close())
            .beside("config.yaml", configuration)
            .beside("model.zip", model);
    return List.of(settings, networks, schemas);
  }

  private static byte[] standard() throws IOException {
    try (InputStream stream = Configuration.class.getResourceAsStream("wdbc.yaml")) {
      return Objects.requireNonNull(stream).readAllBytes();
    }
  }

  /** The directory that a short training has left. */
  private static Path run() throws IOException {
    Path made = runs.resolve("run");
    if (!Files.exists(made)) {
      StringWriter errors = new StringWriter();
      List<String> words = new ArrayList<>(List.of("train", "--name", "run", "--rounds", "1"));
      words.addAll(List.of("--model", "logistic", "--runs", runs.toString()));
      CommandLine command = DpfedCommand.commandLine().setErr(new PrintWriter(errors, true));
      int status =
          command.setOut(new PrintWriter(new StringWriter())).execute(words.toArray(String[]::new));
      assertThat(status).as(errors.toString()).isZero();
    }
    return made;
  }
}
