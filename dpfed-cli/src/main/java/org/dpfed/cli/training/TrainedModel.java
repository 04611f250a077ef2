package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.CsvSchemaFile;
import org.dpfed.dl4j.ModelFile;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A trained model from a run's directory, with the conversion from CSV columns to its features.
 *
 * @param schema of the files that it was trained on
 * @param network its parameters are finite
 * @param note what its user must know of personal layers, in a line; empty where there are none
 */
record TrainedModel(CsvSchema schema, MultiLayerNetwork network, Optional<String> note)
    implements AutoCloseable {
  /**
   * Reads the directory of a run.
   *
   * @throws UsageException when it is none, or when a file in it is missing or damaged
   */
  static TrainedModel of(Path run) {
    Path model = file(run);
    CsvSchema schema = schema(run);
    return new TrainedModel(schema, network(model, schema), note(run));
  }

  /**
   * The file of a run's model.
   *
   * @throws UsageException when there is none
   */
  static Path file(Path run) {
    if (!Files.isRegularFile(run.resolve(RunDirectory.CONFIGURATION))) {
      throw new UsageException(
          "%s is not the directory of a run, it has no %s; give the one that 'dpfed train' has written, such as runs/wdbc"
              .formatted(run, RunDirectory.CONFIGURATION));
    }
    Path model = run.resolve(RunDirectory.MODEL);
    if (!Files.isRegularFile(model)) {
      throw new UsageException(
          "%s has no %s: the run has not ended yet, or failed before it had a model"
              .formatted(run, RunDirectory.MODEL));
    }
    return model;
  }

  static Optional<String> note(Path run) {
    return Configuration.of(run.resolve(RunDirectory.CONFIGURATION))
        .value("model.personal")
        .map(
            layers ->
                "personal layers (model.personal %s) have their initial values here, not those of any client: this is the global model"
                    .formatted(layers.isTextual() ? layers.asText() : layers));
  }

  private static CsvSchema schema(Path run) {
    Path file = run.resolve(RunDirectory.PREPROCESSING);
    if (!Files.isRegularFile(file)) {
      throw new UsageException(withoutPreprocessing(run));
    }
    try {
      CsvSchema schema = CsvSchemaFile.read(file);
      schema.forNewRows();
      return schema;
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          file + ": is damaged or was changed; restore the file as dpfed wrote it", e);
    }
  }

  private static String withoutPreprocessing(Path run) {
    String set = TrainedImageModel.settings(run).optionalText("data.set").orElse("csv");
    if (set.equals(IndexedSource.SET)) {
      return "%s was trained on an index, and has neither %s nor %s: a file was removed. It is in the directory of any other run on the index; training again would write it, and is charged again"
          .formatted(run, RunDirectory.PREPROCESSING, RunDirectory.IMAGES);
    }
    return set.equals("idx") || set.equals("fashion-mnist")
        ? "%s was trained on images (%s); predict and evaluate read rows of CSV files. Load %s with DL4J's ModelSerializer and give it flat images, each pixel divided by 255"
            .formatted(run, set, RunDirectory.MODEL)
        : "%s has no %s: a dpfed before 0.1.0 trained it, or the file was removed. Load %s with DL4J's ModelSerializer and scale features as config.yaml says; training again would write the file, and is charged again"
            .formatted(run, RunDirectory.PREPROCESSING, RunDirectory.MODEL);
  }

  private static MultiLayerNetwork network(Path file, CsvSchema schema) {
    MultiLayerNetwork network;
    try {
      network = ModelFile.read(file);
    } catch (IOException e) {
      throw damaged(e);
    }
    requireFit(file, network, schema);
    requireFinite(file, network.params());
    return network;
  }

  /** What to say of a file that holds no model. */
  static UsageException damaged(IOException problem) {
    return new UsageException(
        Causes.words(problem)
            + "; expected a model that dpfed wrote, found a damaged or other file",
        problem);
  }

  /**
   * @param file that the parameters are from
   */
  static void requireFinite(Path file, INDArray parameters) {
    for (float parameter : parameters.toFloatVector()) {
      if (!Float.isFinite(parameter)) {
        throw new UsageException(
            file
                + ": its parameters are not finite, training has diverged; train with a smaller learning rate");
      }
    }
  }

  private static void requireFit(Path file, MultiLayerNetwork network, CsvSchema schema) {
    int inputs = network.layerInputSize(0);
    int outputs = network.layerSize(network.getnLayers() - 1);
    int classes = schema.labelRange().isPresent() ? 1 : schema.classNames().size();
    if (inputs != schema.featureCount() || outputs != classes) {
      throw new UsageException(
          "%s has %d inputs and %d outputs, %s beside it says %d and %d; restore the files of one run"
              .formatted(
                  file,
                  inputs,
                  outputs,
                  RunDirectory.PREPROCESSING,
                  schema.featureCount(),
                  classes));
    }
  }

  @Override
  public void close() {
    network.close();
  }
}
