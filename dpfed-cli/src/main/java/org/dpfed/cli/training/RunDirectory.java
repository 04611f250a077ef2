package org.dpfed.cli.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.cli.WholeFile;
import org.dpfed.cli.report.ModelCard;
import org.dpfed.cli.report.ReportPage;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.CsvSchemaFile;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.InUseException;

/**
 * The files that a run writes: {@code config.yaml}, {@code model.zip}, {@code report.json} with its
 * pages for people, {@code checkpoints} and, for data other than images, {@code
 * preprocessing.json}, or for an index of images {@code images.yaml}, in a separate directory. No
 * run overwrites another, and each file is written completely or not at all, also when the machine
 * stops: a run that was charged can be resumed only with its settings.
 *
 * @param path of the directory
 */
record RunDirectory(Path path) {
  /** Name of the file with the trained model. */
  static final String MODEL = "model.zip";

  /** Name of the file with the report. */
  static final String REPORT = "report.json";

  /** Status of a run whose rounds are all done. */
  static final String FINISHED = "finished";

  /** Name of the file with the configuration. */
  static final String CONFIGURATION = "config.yaml";

  /** Name of the file that describes how columns become features. */
  static final String PREPROCESSING = "preprocessing.json";

  /** Name of the file with the settings of the images that an index was made of. */
  static final String IMAGES = "images.yaml";

  /**
   * Makes the directory of that name.
   *
   * @throws UsageException when it exists
   */
  static RunDirectory named(Path runs, String name) throws IOException {
    Path path = under(runs, name);
    try {
      return new RunDirectory(Files.createDirectory(path));
    } catch (FileAlreadyExistsException e) {
      throw new UsageException(
          path + " holds an earlier run; choose another --name or remove it", e);
    }
  }

  /** Makes the directory {@code name}, or else the first of {@code name-2}, {@code name-3}, … */
  static RunDirectory numbered(Path runs, String name) throws IOException {
    Path path = under(runs, name);
    for (int number = 2; ; number++) {
      try {
        return new RunDirectory(Files.createDirectory(path));
      } catch (FileAlreadyExistsException e) {
        path = runs.resolve(name + "-" + number);
      }
    }
  }

  /**
   * The directory of an earlier run.
   *
   * @throws UsageException when there is none
   */
  static RunDirectory existing(Path path) {
    if (!Files.isRegularFile(path.resolve(CONFIGURATION))) {
      throw new UsageException(path + " is not the directory of a run: it has no " + CONFIGURATION);
    }
    return new RunDirectory(path);
  }

  /**
   * The directory of that name, made if there is none, for a run of exactly this configuration.
   *
   * @throws UsageException when it holds a run with another one
   */
  static RunDirectory kept(Path runs, String name, Configuration configuration) throws IOException {
    requireSame(runs, name, configuration);
    return new RunDirectory(Files.createDirectories(under(runs, name)));
  }

  /**
   * Refuses a directory that holds a run with another configuration, and names the first setting
   * that differs.
   *
   * @throws UsageException when it does
   */
  static void requireSame(Path runs, String name, Configuration configuration) throws IOException {
    RunDirectory directory = new RunDirectory(under(runs, name));
    if (Files.notExists(directory.configuration())) {
      return;
    }
    // Read, as an earlier dpfed wrote no settings that it did not have: they count as their
    // defaults.
    List<String> here = Configuration.of(directory.configuration()).toYaml().lines().toList();
    List<String> asked = configuration.toYaml().lines().toList();
    if (!here.equals(asked)) {
      throw new UsageException(
          "%s holds a run with other settings: it has '%s' where the file says '%s'; start another sweep for these"
              .formatted(directory.path, firstNotIn(asked, here), firstNotIn(here, asked)));
    }
  }

  private static String firstNotIn(List<String> others, List<String> lines) {
    return lines.stream()
        .filter(line -> !others.contains(line))
        .findFirst()
        .map(String::strip)
        .orElse("nothing");
  }

  /** Whether the tables of a sweep stand beside the directory that this one is in. */
  boolean isOneOfSweep() {
    return Files.isRegularFile(
        path.toAbsolutePath().normalize().resolve("../../results.csv").normalize());
  }

  /**
   * Removes report and pages unless they count this many charges: beside another model they would
   * state too little.
   */
  void removeReportsBut(long roundsCharged) throws IOException {
    if (readReport().path("roundsCharged").asLong(-1) != roundsCharged) {
      for (String name : List.of(REPORT, ReportPage.FILE, ModelCard.FILE)) {
        Files.deleteIfExists(path.resolve(name));
      }
    }
  }

  /**
   * The report of a run that has nothing left to train; empty where rounds, model or report are
   * still to come.
   *
   * @param rounds of its plan
   */
  Optional<ObjectNode> finished(int rounds) throws IOException {
    if (!Files.isRegularFile(path.resolve(MODEL))) {
      return Optional.empty();
    }
    try {
      return readReport() instanceof ObjectNode report
              && report.path("status").asText().equals(FINISHED)
              && report.path("roundsFinished").asInt() == rounds
          ? Optional.of(report)
          : Optional.empty();
    } catch (JsonProcessingException e) {
      // As good as none: the run goes on from its last checkpoint and writes another.
      return Optional.empty();
    }
  }

  private JsonNode readReport() throws IOException {
    Path file = path.resolve(REPORT);
    return Files.exists(file)
        ? new ObjectMapper().readTree(file.toFile())
        : MissingNode.getInstance();
  }

  /** The file with the configuration. */
  Path configuration() {
    return path.resolve(CONFIGURATION);
  }

  /**
   * The checkpoints of the run, which it holds until they are closed.
   *
   * @throws UsageException when another process holds them
   */
  CheckpointDirectory checkpoints() throws IOException {
    try {
      return CheckpointDirectory.open(checkpointsPath());
    } catch (InUseException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  /** Where they are. */
  Path checkpointsPath() {
    return path.resolve("checkpoints");
  }

  private static Path under(Path runs, String name) throws IOException {
    try {
      Files.createDirectories(runs);
    } catch (FileAlreadyExistsException e) {
      throw new UsageException(
          runs + " is not a directory; choose another place for runs with --runs", e);
    }
    return runs.resolve(name);
  }

  void writeConfiguration(Configuration configuration) throws IOException {
    write(CONFIGURATION, file -> Files.writeString(file, configuration.toYaml()));
  }

  /**
   * Writes what new rows or images need that the configuration does not say: the conversion from
   * the columns of a CSV file to features, and how the images were read that an index is of.
   */
  void writePreprocessing(Experiment experiment) throws IOException {
    Optional<CsvSchema> schema = experiment.schema();
    if (schema.isPresent()) {
      write(PREPROCESSING, file -> CsvSchemaFile.write(schema.get(), file));
    }
    Optional<String> images = IndexedSource.images(experiment.configuration());
    if (images.isPresent()) {
      write(IMAGES, file -> Files.writeString(file, images.get()));
    }
  }

  /**
   * Refuses what {@link #writePreprocessing} would change, such as the order of columns that a file
   * has now.
   *
   * @throws UsageException when examples would be read in another way than before
   */
  void requirePreprocessing(Experiment experiment) throws IOException {
    Path file = path.resolve(PREPROCESSING);
    Optional<CsvSchema> schema = experiment.schema();
    boolean isOther =
        schema.isPresent() && Files.exists(file) && !CsvSchemaFile.holds(schema.get(), file);
    if (isOther) {
      throw new UsageException(
          "the columns of the data are not those that the run began with, as %s says; give it the same data, or start a new run"
              .formatted(file));
    }
  }

  /** Writes the model as DL4J's {@link ModelSerializer} reads it. */
  void writeModel(Model model) throws IOException {
    write(MODEL, file -> ModelSerializer.writeModel(model, file.toFile(), false));
  }

  /** Writes the report, its page for people, and the model card. */
  void writeReport(ObjectNode report) throws IOException {
    write(
        REPORT,
        file ->
            new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), report));
    write(ModelCard.FILE, file -> Files.writeString(file, ModelCard.of(report)));
    write(ReportPage.FILE, file -> Files.writeString(file, ReportPage.of(report)));
  }

  private void write(String name, WholeFile.Content content) throws IOException {
    WholeFile.write(path.resolve(name), content);
  }
}
