package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.data.CsvSchema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options of a command that applies a trained model to new rows or images. */
final class NewRows {
  @Parameters(paramLabel = "RUN", description = "Directory of the run, such as runs/wdbc.")
  private Path run = Path.of("");

  @Option(
      names = "--data-file",
      paramLabel = "FILE",
      description = {
        "CSV file of rows, plain or gzipped. Columns go by the names",
        "in the training file; their order may differ. For a run on",
        "MedMNIST an .npz file, of which the held-out images are taken;",
        "on NIfTI a volume, or a CSV file with a column image."
      })
  private @Nullable Path file;

  @Option(
      names = "--data-directory",
      paramLabel = "DIRECTORY",
      description = "Directory of images, for a run on an image folder or on DICOM files.")
  private @Nullable Path directory;

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

  /** The CSV file. */
  Path file() {
    if (directory != null) {
      throw new UsageException("--data-directory is for runs on images; give --data-file");
    }
    if (file == null) {
      throw new UsageException("--data-file is needed: a CSV file of rows");
    }
    return file;
  }

  /** Whether the run was on images. */
  boolean areImages() {
    return TrainedImageModel.isIn(run);
  }

  /** The trained model of a run on images. */
  TrainedImageModel imageModel() {
    return TrainedImageModel.of(run);
  }

  /**
   * The settings of a run on images, with the new images in place of its own.
   *
   * @throws UsageException when an option does not fit the run
   */
  Configuration images(TrainedImageModel model) {
    if (delimiter != null || quote != null || encoding != null) {
      throw new UsageException("--delimiter, --quote and --encoding are for runs on CSV files");
    }
    Configuration images = model.configuration();
    String set = images.text("data.set");
    boolean isDirectory = set.equals("image-folder") || set.equals("dicom");
    Path given = isDirectory ? directory : file;
    if (given == null || (isDirectory ? file : directory) != null) {
      throw new UsageException(
          "%s was trained on images (%s): give them by %s alone"
              .formatted(run, set, isDirectory ? "--data-directory" : "--data-file"));
    }
    for (String server : List.of("data.url", "data.query", "data.credentials")) {
      images.withFlag(Settings.named(server), Configuration.NONE);
    }
    return images.withFlag(
        Settings.named(isDirectory ? "data.directory" : "data.file"), given.toString());
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
