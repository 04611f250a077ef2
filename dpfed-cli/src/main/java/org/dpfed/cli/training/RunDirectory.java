package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.dpfed.cli.UsageException;
import org.dpfed.ledger.FileLedger;

/**
 * What a run leaves behind: {@code config.yaml}, {@code ledger.tsv}, {@code model.zip} and {@code
 * report.json}, in a directory of its own.
 *
 * @param path of the directory
 */
record RunDirectory(Path path) {
  /**
   * Makes the directory.
   *
   * @throws UsageException when it exists: no run overwrites another
   */
  static RunDirectory create(Path runs, String name) throws IOException {
    Path path = runs.resolve(name);
    Files.createDirectories(runs);
    try {
      return new RunDirectory(Files.createDirectory(path));
    } catch (FileAlreadyExistsException e) {
      throw new UsageException(
          path + " holds an earlier run; choose another --name or remove it", e);
    }
  }

  FileLedger openLedger() throws IOException {
    return new FileLedger(path.resolve("ledger.tsv"));
  }

  void writeConfiguration(Configuration configuration) throws IOException {
    Files.writeString(path.resolve("config.yaml"), configuration.toYaml());
  }

  /** Writes the model as DL4J's {@link ModelSerializer} reads it. */
  void writeModel(Model model) throws IOException {
    ModelSerializer.writeModel(model, path.resolve("model.zip").toFile(), false);
  }

  void writeReport(ObjectNode report) throws IOException {
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(path.resolve("report.json").toFile(), report);
  }
}
