package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.dpfed.cli.UsageException;
import org.dpfed.dl4j.ModelFile;
import org.dpfed.dl4j.NetworkTemplate;
import org.dpfed.imaging.medmnist.MedMnist;
import org.dpfed.imaging.networks.ImageNetwork;

/**
 * A model that was trained on images, with the settings that say what images it takes.
 *
 * @param configuration of the run
 * @param classNames in the order of its outputs
 * @param network its parameters are finite
 * @param notes what its user must know of how images are converted and of personal layers, in a
 *     line each
 */
record TrainedImageModel(
    Configuration configuration, List<String> classNames, Model network, List<String> notes)
    implements AutoCloseable {
  private static final Set<String> SETS = Set.of("medmnist", "image-folder", "nifti", "dicom");
  private static final Set<String> GRAPHS = Set.of("image-cnn", "residual", "unet");

  /** Whether the directory is that of a run on images. */
  static boolean isIn(Path run) {
    return Files.isRegularFile(run.resolve(RunDirectory.CONFIGURATION))
        && settings(run).optionalText("data.set").filter(SETS::contains).isPresent();
  }

  /** Those of a run; for data it has those that its index was made of, where these are images. */
  static Configuration settings(Path run) {
    Path file = run.resolve(RunDirectory.CONFIGURATION);
    Path images = run.resolve(RunDirectory.IMAGES);
    Configuration own = Configuration.of(file);
    boolean isIndexed = own.optionalText("data.set").filter(IndexedSource.SET::equals).isPresent();
    if (!isIndexed || !Files.isRegularFile(images)) {
      return own;
    }
    Stream<SettingsReader.Entry> others =
        entries(file).filter(entry -> !entry.key().startsWith("data."));
    return Configuration.of(file, Stream.concat(others, entries(images)).toList());
  }

  private static Stream<SettingsReader.Entry> entries(Path file) {
    return SettingsReader.sections(SettingsFile.text(file), file.toString()).stream();
  }

  /**
   * Reads the directory of a run on images.
   *
   * @throws UsageException when a file in it is missing or damaged
   */
  static TrainedImageModel of(Path run) {
    Path file = TrainedModel.file(run);
    Configuration configuration = settings(run);
    try {
      List<String> classNames;
      if (configuration.text("data.set").equals("medmnist")) {
        MedMnist set = ImageSource.medMnistSet(configuration);
        classNames = set.classNames();
        // New files may have any name.
        configuration.with("data.name", set.publishedName());
      } else {
        classNames = ImageSettings.of(configuration).classNames();
      }
      Model network =
          GRAPHS.contains(configuration.text("model.architecture"))
              ? ModelFile.readGraph(file, ImageNetwork.SAVED_CLASSES)
              : ModelFile.read(file);
      TrainedModel.requireFinite(file, network.params());
      List<String> notes =
          Stream.of(ImageSource.conversions(configuration), TrainedModel.note(run))
              .flatMap(Optional::stream)
              .toList();
      return new TrainedImageModel(configuration, classNames, network, notes);
    } catch (IOException e) {
      throw TrainedModel.damaged(e);
    } catch (IllegalArgumentException e) {
      throw configuration.refused(e);
    }
  }

  /** Whether it gives each pixel a class. */
  boolean isSegmentation() {
    return configuration.text("model.architecture").equals("unet");
  }

  /** The network as one whose training would start from it. */
  NetworkTemplate template() {
    return network instanceof ComputationGraph graph
        ? NetworkTemplate.of(graph)
        : NetworkTemplate.of((MultiLayerNetwork) network);
  }

  @Override
  public void close() {
    if (network instanceof ComputationGraph graph) {
      graph.close();
    } else {
      ((MultiLayerNetwork) network).close();
    }
  }
}
