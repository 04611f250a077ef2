package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.data.CsvSchema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of a command that applies a trained model to a file of new rows. */
final class NewRows {
  @Parameters(paramLabel = "RUN", description = "Directory of the run, such as runs/wdbc.")
  private Path run = Path.of("");

  @Option(
      names = "--data-file",
      paramLabel = "FILE",
      required = true,
      description = {
        "CSV file of rows, plain or gzipped. Columns go by the names",
        "in the training file; their order may differ."
      })
  private Path file = Path.of("");

  @Option(
      names = "--delimiter",
      paramLabel = "CHARACTER",
      description = "As in training unless set.")
  private @Nullable String delimiter;

  @Option(
      names = "--quote",
      paramLabel = "CHARACTER",
      description = "As in training unless set; off where nothing quotes.")
  private @Nullable String quote;

  @Option(names = "--encoding", paramLabel = "NAME", description = "As in training unless set.")
  private @Nullable String encoding;

  Path file() {
    return file;
  }

  /** The trained model of the run. */
  TrainedModel model() {
    return TrainedModel.of(run);
  }

  /**
   * How the file is read.
   *
   * @param trained how the training file was read
   */
  CsvSchema schema(CsvSchema trained) {
    Map<String, String> set = new HashMap<>();
    put(set, "data.delimiter", "--delimiter", delimiter);
    put(set, "data.quote", "--quote", quote);
    put(set, "data.encoding", "--encoding", encoding);
    CsvSchema.Builder schema = trained.toBuilder();
    try {
      CsvSettings.syntax(key -> Optional.ofNullable(set.get(key)), schema);
      return schema.build();
    } catch (IllegalArgumentException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  private static void put(Map<String, String> set, String key, String flag, @Nullable String text) {
    if (text != null) {
      Kind kind = Settings.named(key).kind();
      JsonNode value =
          kind.read(TextNode.valueOf(text))
              .orElseThrow(() -> new UsageException("%s must be %s".formatted(flag, kind.bound())));
      set.put(key, value.asText());
    }
  }
}
