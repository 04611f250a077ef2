package org.dpfed.cli.training;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dpfed.cli.Causes;
import org.dpfed.cli.OutputLostException;
import org.dpfed.cli.UsageException;
import org.dpfed.data.CsvFeatureReader;
import org.dpfed.data.Unfinished;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code dpfed predict}: predictions of a trained model for new rows, as CSV. */
@Command(
    name = "predict",
    description = {
      "Predict the labels of new rows or images with a model that 'dpfed train' has trained.",
      "Writes CSV: the number of each row or the name of each image, its predicted class and the",
      "probability of each class, or the predicted number. Label and key may be absent, other",
      "columns are ignored. A model of segmentation writes a mask for each image.",
      "The guarantee covers the people who were trained on, not those in these rows."
    },
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:everything was predicted, or left out where training did so",
      "1:the predictions could not be written",
      "2:what was asked for cannot be done"
    },
    sortOptions = false)
public final class PredictCommand implements Callable<Integer> {
  private static final int ROWS_AT_ONCE = 512;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private NewRows rows = new NewRows();

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = {
        "Where predictions are written, standard output unless set;",
        "for masks a new folder. Nothing is overwritten."
      })
  private @Nullable Path output;

  @Option(
      names = "--key",
      paramLabel = "COLUMN",
      description = "Column to copy beside each prediction, such as a patient's number.")
  private @Nullable String key;

  @Override
  public Integer call() throws IOException {
    if (rows.areImages()) {
      predictImages();
    } else {
      predictRows();
    }
    return CommandLine.ExitCode.OK;
  }

  private void predictImages() throws IOException {
    if (key != null) {
      throw new UsageException("--key is for runs on CSV files");
    }
    try (TrainedImageModel model = rows.imageModel()) {
      PredictImages images = new PredictImages(model, rows.images(model));
      long leftOut;
      if (model.isSegmentation()) {
        if (output == null) {
          throw new UsageException("--output is needed: a new folder for the masks");
        }
        leftOut = images.writeMasks(output);
      } else if (output == null) {
        leftOut = images.writeTable(spec.commandLine().getOut());
      } else {
        leftOut = table(output, images::writeTable);
      }
      PrintWriter err = spec.commandLine().getErr();
      model.notes().forEach(note -> err.println("note: " + note));
      if (leftOut > 0) {
        err.printf("%d damaged images were left out, as in training%n", leftOut);
      }
      err.flush();
    }
  }

  private void predictRows() throws IOException {
    try (TrainedModel model = rows.model();
        CsvFeatureReader reader = open(model)) {
      PrintWriter err = spec.commandLine().getErr();
      model.note().ifPresent(note -> err.println("note: " + note));
      if (output == null) {
        predict(model, reader, spec.commandLine().getOut());
      } else {
        table(output, out -> predict(model, reader, out));
      }
      if (reader.dropped() > 0) {
        err.printf("%d rows were left out for missing values, as in training%n", reader.dropped());
      }
      err.flush();
    }
  }

  private CsvFeatureReader open(TrainedModel model) {
    try {
      return CsvFeatureReader.open(rows.schema(model.schema()), rows.file(), key);
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  /** Writes predictions, and returns how many examples were left out. */
  @FunctionalInterface
  interface Predictions<T> {
    long write(T out) throws IOException;
  }

  /** A table is there with all predictions, or not at all. */
  private static long table(Path file, Predictions<Writer> predictions) throws IOException {
    return whole(
        file,
        content -> {
          try (Writer out = Files.newBufferedWriter(content)) {
            return predictions.write(out);
          }
        });
  }

  /**
   * A file or folder is there with all predictions, or not at all.
   *
   * @param predictions makes it at the path that it gets
   * @throws UsageException when there is one already, or no folder to make it in
   * @throws IOException when it cannot be written; names it
   */
  static long whole(Path output, Predictions<Path> predictions) throws IOException {
    try (Unfinished unfinished = open(output)) {
      long leftOut = predictions.write(unfinished.content());
      unfinished.finish();
      return leftOut;
    } catch (IOException e) {
      throw new IOException("%s was not written: %s".formatted(output, Causes.words(e)), e);
    }
  }

  private static Unfinished open(Path output) throws IOException {
    try {
      return Unfinished.at(output);
    } catch (FileAlreadyExistsException e) {
      throw new UsageException(output + " exists already; choose another --output or remove it", e);
    } catch (NoSuchFileException e) {
      throw new UsageException(output + " is in a directory that does not exist; make it first", e);
    }
  }

  private long predict(TrainedModel model, CsvFeatureReader reader, Writer out) throws IOException {
    PredictionTable table = new PredictionTable(model, Optional.ofNullable(key), out);
    for (Optional<CsvFeatureReader.Batch> batch = next(reader);
        batch.isPresent();
        batch = next(reader)) {
      table.add(batch.get());
      batch.get().features().close();
      OutputLostException.flush(out);
    }
    return reader.dropped();
  }

  private static Optional<CsvFeatureReader.Batch> next(CsvFeatureReader reader) {
    try {
      return reader.next(ROWS_AT_ONCE);
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }
}
