package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.dpfed.cli.DpfedCommand;
import org.dpfed.dl4j.ModelFile;
import org.dpfed.imaging.networks.ImageNetwork;
import picocli.CommandLine;

/** A training run on images through the command line, in a directory. */
final class ImageRun {
  /** Settings of everything but data and model: three rounds. */
  static final String PLAN =
      """
      client:
        learningRate: 0.1
      privacy:
        expectedCohortSize: 8
        rounds: 3
        clipNorm: 1
        noiseMultiplier: 1
        delta: 1.0e-3
      run:
        directory: runs
        evaluateEvery: 1
      """;

  private final Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /**
   * @param directory that of the settings, the data and the runs
   */
  ImageRun(Path directory) {
    this.directory = directory;
  }

  /** What the last command printed. */
  String out() {
    return out.toString();
  }

  /** What it printed of errors. */
  String err() {
    return err.toString();
  }

  /** Executes a command. */
  int dpfed(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine command = DpfedCommand.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(arguments);
  }

  /** Trains with these settings of data and model, and more flags. */
  int train(String settings, String... flags) throws IOException {
    Path file = Files.writeString(directory.resolve("run.yaml"), settings + PLAN);
    return dpfed(
        Stream.concat(Stream.of("train", "--config", file.toString()), Stream.of(flags))
            .toArray(String[]::new));
  }

  /** Of the run. */
  JsonNode report() throws IOException {
    return new ObjectMapper().readTree(path().resolve("report.json").toFile());
  }

  /** Directory of the run. */
  Path path() {
    return directory.resolve("runs/run");
  }

  /** All rounds were run, and the model is a graph that can be read. */
  void assertTrained() throws IOException {
    assertThat(report().path("status").asText()).isEqualTo("finished");
    assertThat(report().path("roundsFinished").asInt()).isEqualTo(3);
    ComputationGraph network =
        ModelFile.readGraph(path().resolve("model.zip"), ImageNetwork.SAVED_CLASSES);
    assertThat(network.numParams()).isEqualTo(report().path("parameters").asLong());
    assertThat(Files.readString(path().resolve("model-card.md"))).contains("SAVED_CLASSES");
    network.close();
  }
}
