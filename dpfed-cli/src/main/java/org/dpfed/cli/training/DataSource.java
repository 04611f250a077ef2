package org.dpfed.cli.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.data.CsvReader;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.FashionMnist;
import org.dpfed.data.IdxReader;
import org.dpfed.data.LabelledData;
import org.dpfed.data.Scaling;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.data.WisconsinBreastCancer;
import org.dpfed.data.partition.ByKey;
import org.dpfed.data.partition.Partition;
import org.dpfed.data.partition.Partitioner;
import org.dpfed.federated.FederatedDataset;

/**
 * The examples selected by a configuration.
 *
 * @param split what clients hold, and what is held out
 * @param schema how the features come from the columns of a CSV file, where they do
 * @param unit what one client stands for, where the configuration says
 * @param indexed the clients, where an index holds them; {@code split} has no rows to train on then
 * @param series how many the images are of, where they come in series
 */
record DataSource(
    TrainTestSplit split,
    Optional<CsvSchema> schema,
    Optional<String> unit,
    Optional<FederatedDataset> indexed,
    OptionalInt series) {
  /** Held out where nothing else is said. */
  static final double TEST_SHARE = 0.2;

  /**
   * Reads the data.
   *
   * @throws UsageException when a file is missing or does not hold what it should
   */
  static DataSource of(Configuration configuration) {
    try {
      return switch (configuration.text("data.set")) {
        case "wdbc" ->
            rows(configuration, WisconsinBreastCancer.split(), WisconsinBreastCancer.schema());
        case "fashion-mnist" ->
            images(
                configuration,
                FashionMnist.read(
                    directory(configuration, FashionMnist.DIRECTORY), Scaling.Affine.PIXEL));
        case "idx" ->
            images(
                configuration,
                new IdxReader(configuration.texts("data.classes"), Scaling.Affine.PIXEL)
                    .readDirectory(Path.of(configuration.text("data.directory"))));
        case "medmnist" -> images(configuration, ImageSource.medMnist(configuration));
        case "image-folder" ->
            ofUnits(
                configuration, ImageSource.folder(configuration), ImageSource.unit(configuration));
        case "nifti" -> ofUnits(configuration, NiftiSource.split(configuration), "patient");
        case "dicom" -> dicom(configuration);
        case IndexedSource.SET -> IndexedSource.read(configuration, true);
        default -> csv(configuration);
      };
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    } catch (IllegalArgumentException e) {
      throw configuration.refused(e);
    }
  }

  private static DataSource rows(
      Configuration configuration, TrainTestSplit split, CsvSchema schema) {
    return new DataSource(
        split,
        Optional.of(schema),
        configuration.optionalText("data.unit"),
        Optional.empty(),
        OptionalInt.empty());
  }

  private static DataSource images(Configuration configuration, TrainTestSplit split) {
    return new DataSource(
        split,
        Optional.empty(),
        configuration.optionalText("data.unit"),
        Optional.empty(),
        OptionalInt.empty());
  }

  private static DataSource dicom(Configuration configuration) throws IOException {
    DicomSource.Read read = DicomSource.read(configuration);
    DataSource source = ofUnits(configuration, read.split(), "patient");
    return new DataSource(
        source.split, source.schema, source.unit, source.indexed, OptionalInt.of(read.series()));
  }

  /** Images with keys: each is a patient, or a site, where clients come by key. */
  private static DataSource ofUnits(
      Configuration configuration, TrainTestSplit split, String fallback) {
    return new DataSource(
        split,
        Optional.empty(),
        configuration
            .optionalText("data.unit")
            .or(
                () ->
                    Optional.of(fallback)
                        .filter(unit -> configuration.text("partition.by").equals("by-key"))),
        Optional.empty(),
        OptionalInt.empty());
  }

  /** The population: as an index holds it, or else as the configuration deals its rows. */
  FederatedDataset clients(Configuration configuration) {
    return indexed.orElseGet(() -> partition(Experiment.partitioner(configuration)));
  }

  /** The population, called what the configuration says where the partition can bear it. */
  Partition partition(Partitioner partitioner) {
    return unit.isPresent()
        ? partitioner.partition(split.train(), unit.get())
        : partitioner.partition(split.train());
  }

  /**
   * What is held out as clients, none of whom takes part in training.
   *
   * @throws IllegalArgumentException when nothing says which client a held-out row belongs to
   */
  Partition heldOutClients(Partitioner partitioner) {
    if (partitioner instanceof ByKey && split.test().keys().isEmpty()) {
      throw new IllegalArgumentException(
          "model.personal is evaluated on held-out clients, and no key says which client a held-out row belongs to; hold out whole clients by data.testShare instead of data.testFile, or name a key column by data.key");
    }
    return partitioner.partition(split.test());
  }

  private static DataSource csv(Configuration configuration) throws IOException {
    CsvReader reader = new CsvReader(CsvSettings.schema(configuration));
    List<Path> files = files(configuration);
    TrainTestSplit split = split(configuration, reader, files);
    return rows(configuration, split, reader.resolve(files));
  }

  private static TrainTestSplit split(
      Configuration configuration, CsvReader reader, List<Path> files) throws IOException {
    LabelledData rows = declared(configuration, read(configuration, reader, files));
    if (configuration.has("data.testFile")) {
      Path testFile = Path.of(configuration.text("data.testFile"));
      LabelledData test = reader.read(testFile);
      for (Path file : files) {
        if (Files.mismatch(file, testFile) < 0) {
          throw new IllegalArgumentException(
              "data.testFile must hold other rows than those to train on, but %s and %s have the same content"
                  .formatted(testFile, file));
        }
      }
      return TrainTestSplit.ofSeparate(rows, test);
    }
    long seed = configuration.longInteger("data.splitSeed");
    return configuration.has("data.testExamples")
        ? TrainTestSplit.about(rows, configuration.integer("data.testExamples"), seed)
        : TrainTestSplit.byUnit(
            rows, configuration.optionalNumber("data.testShare").orElse(TEST_SHARE), seed);
  }

  private static List<Path> files(Configuration configuration) throws IOException {
    if (configuration.has("data.files")) {
      return configuration.texts("data.files").stream().map(Path::of).toList();
    }
    return configuration.has("data.directory")
        ? CsvReader.filesIn(Path.of(configuration.text("data.directory")))
        : List.of(Path.of(configuration.text("data.file")));
  }

  /** One file by its rows; several by their names, where clients come by key and no column says. */
  private static LabelledData read(Configuration configuration, CsvReader reader, List<Path> files)
      throws IOException {
    boolean byFile =
        !configuration.has("data.file")
            && !configuration.has("data.key")
            && configuration.text("partition.by").equals("by-key");
    return byFile ? reader.readEach(files) : reader.read(files);
  }

  private static LabelledData declared(Configuration configuration, LabelledData rows) {
    return configuration.text("data.rowsPerUnit").equals("one")
        ? rows.oneRowPer(configuration.text("data.unit"))
        : rows;
  }

  private static Path directory(Configuration configuration, Path fallback) {
    return configuration.optionalText("data.directory").map(Path::of).orElse(fallback);
  }
}
