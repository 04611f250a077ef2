package org.dpfed.cli.training;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.data.MalformedDataException;
import org.dpfed.dl4j.Dl4jPredictor;

/** Predictions for new images, as many at a time as memory is meant to hold. */
final class PredictImages {
  private final TrainedImageModel model;
  private final Configuration images;
  private final Dl4jPredictor predictor;
  private final long[] shape;
  private final List<String> names = new ArrayList<>();
  private final List<float[]> rows = new ArrayList<>();

  /**
   * @param images the configuration of the run, with the files of the images
   * @throws UsageException when there are none, or the model cannot take them
   */
  PredictImages(TrainedImageModel model, Configuration images) {
    this.model = model;
    this.images = images;
    try {
      this.shape = NewImages.shape(images);
      this.predictor = new Dl4jPredictor(model.network(), shape);
    } catch (IOException | IllegalArgumentException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  /**
   * Writes a table.
   *
   * @return how many damaged images were left out
   */
  int writeTable(Writer out) throws IOException {
    return write(ImagePredictions.table(model.classNames(), out));
  }

  /**
   * Writes masks into a new folder, which is there with all masks, or not at all.
   *
   * @return how many damaged images were left out
   */
  long writeMasks(Path folder) throws IOException {
    Path parent = folder.toAbsolutePath().normalize().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return PredictCommand.whole(
        folder,
        content ->
            write(
                ImagePredictions.masks(
                    Files.createDirectory(content), (int) shape[1], (int) shape[2])));
  }

  private int write(ImagePredictions predictions) throws IOException {
    int leftOut;
    try {
      leftOut =
          NewImages.read(
              images,
              (name, row) -> {
                names.add(name);
                rows.add(row);
                if (rows.size() == predictor.batchSize()) {
                  flush(predictions);
                }
              });
    } catch (MalformedDataException e) {
      throw new UsageException(Causes.words(e), e);
    }
    if (!rows.isEmpty()) {
      flush(predictions);
    }
    return leftOut;
  }

  private void flush(ImagePredictions predictions) throws IOException {
    float[][] outputs = predictor.outputs(rows);
    long pixels = model.isSegmentation() ? shape[1] * shape[2] : 1;
    if (outputs[0].length != model.classNames().size() * pixels) {
      throw new UsageException(
          "%s has other outputs than the %d classes that %s beside it says; restore the files of one run"
              .formatted(
                  RunDirectory.MODEL, model.classNames().size(), RunDirectory.CONFIGURATION));
    }
    for (int i = 0; i < outputs.length; i++) {
      predictions.write(names.get(i), outputs[i]);
    }
    names.clear();
    rows.clear();
  }
}
