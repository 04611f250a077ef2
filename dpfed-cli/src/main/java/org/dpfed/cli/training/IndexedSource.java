package org.dpfed.cli.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.CsvSchemaFile;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.data.indexed.ClientIndex;
import org.dpfed.data.indexed.ClientIndexWriter;
import org.dpfed.data.partition.OnePerClient;
import org.dpfed.data.partition.Partition;
import org.dpfed.federated.FederatedDataset;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Data of a configuration in the files of an index: the clients, and in a folder beside them the
 * held-out rows, each a client of that index. Names of keys are not in it, and of sites those of
 * held-out rows alone.
 */
final class IndexedSource {
  /** Value of {@code data.set}. */
  static final String SET = "indexed";

  private static final String HELD_OUT = "held-out";

  /** What says how images are read, whatever files they are in. */
  static final Set<String> OF_IMAGES =
      Set.of(
          "data.set",
          "data.name",
          "data.validation",
          "data.classes",
          "data.imageSize",
          "data.fit",
          "data.channels",
          "data.bits",
          "data.transparency",
          "data.orientation",
          "data.scaling",
          "data.plane",
          "data.damaged",
          "data.labels",
          "data.masks");

  private static final ObjectMapper JSON = new ObjectMapper();

  private IndexedSource() {}

  /**
   * An index that was written.
   *
   * @param clients how many there are
   * @param ledger that runs on the index and on its data are charged to; an absolute path
   */
  record Written(int clients, Path ledger) {}

  /**
   * Writes what a configuration says of data.
   *
   * @param folder a new one
   * @return what was written
   */
  static Written write(Configuration configuration, Path folder) throws IOException {
    if (configuration.text("data.set").equals(SET)) {
      throw new UsageException(
          "data.set is indexed: an index is made of the data themselves; copy this folder, or name the data that it was made of");
    }
    DataSource source = DataSource.of(configuration);
    FederatedDataset clients = source.clients(configuration);
    requireOutside(configuration, folder);
    Path ledger = LedgerChoice.real(LedgerChoice.of(configuration, clients.unit()).file());
    LabelledData test = source.split().test();
    Partition heldOut = new OnePerClient().partition(test);
    String images = source.schema().isPresent() ? "" : imageSettings(configuration);
    IndexedExamples examples = IndexedExamples.of(test, ledger, images);
    Files.createDirectories(folder.toAbsolutePath().resolveSibling(""));
    ClientIndexWriter.write(
        folder,
        clients,
        JSON.writeValueAsString(examples),
        unfinished -> {
          String preprocessing = writeSchema(source.schema(), unfinished);
          ClientIndexWriter.write(
              unfinished.resolve(HELD_OUT),
              heldOut,
              JSON.writeValueAsString(IndexedHeldOut.of(examples.heldOut(), test, preprocessing)));
        });
    return new Written(clients.population(), ledger);
  }

  /** Runs on the data would read the index as data. */
  private static void requireOutside(Configuration configuration, Path folder) throws IOException {
    Optional<Path> data = configuration.optionalText("data.directory").map(Path::of);
    if (data.isPresent() && LedgerChoice.real(folder).startsWith(LedgerChoice.real(data.get()))) {
      throw new UsageException(
          "%s lies in data.directory, where runs would take it for data; name another folder"
              .formatted(folder));
    }
  }

  /** Without the name of a file that says which MedMNIST set it is. */
  private static String imageSettings(Configuration configuration) {
    if (configuration.text("data.set").equals("medmnist")) {
      configuration.with("data.name", ImageSource.medMnistSet(configuration).publishedName());
    }
    return configuration.toYaml(OF_IMAGES::contains);
  }

  private static String writeSchema(Optional<CsvSchema> schema, Path folder) throws IOException {
    if (schema.isEmpty()) {
      return "";
    }
    Path file = folder.resolve(RunDirectory.PREPROCESSING);
    CsvSchemaFile.write(schema.get(), file);
    return hash(file);
  }

  private static String hash(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * Opens an index; reads no client of it.
   *
   * @param readsHeldOut whether to read what only evaluation needs; there are no held-out rows if
   *     not
   */
  static DataSource read(Configuration configuration, boolean readsHeldOut) throws IOException {
    Path folder = folder(configuration);
    ClientIndex clients = ClientIndex.open(folder);
    IndexedExamples examples = examples(folder, clients);
    LabelledData heldOut = examples.none();
    Optional<CsvSchema> schema = Optional.empty();
    if (readsHeldOut) {
      clients.requireParts();
      ClientIndex rows = heldOut(folder, examples);
      IndexedHeldOut about = about(folder, rows);
      schema = schema(folder, about);
      heldOut = rows(examples, rows, about);
    }
    return new DataSource(
        new TrainTestSplit(examples.none(), heldOut),
        schema,
        Optional.empty(),
        Optional.of(clients),
        OptionalInt.empty());
  }

  private static ClientIndex heldOut(Path folder, IndexedExamples examples) throws IOException {
    ClientIndex rows = ClientIndex.open(folder.resolve(HELD_OUT));
    if (!about(folder, rows).id().equals(examples.heldOut())) {
      throw MalformedDataException.in(folder.resolve(HELD_OUT).toString())
          .problem("expected the held-out rows of this index, and these are of another one");
    }
    return rows;
  }

  private static Optional<CsvSchema> schema(Path folder, IndexedHeldOut about) throws IOException {
    Path file = folder.resolve(RunDirectory.PREPROCESSING);
    if (about.preprocessing().isEmpty()) {
      return Optional.empty();
    }
    if (!hash(file).equals(about.preprocessing())) {
      throw MalformedDataException.in(file.toString())
          .problem("the file is damaged, or of another index; write the index again");
    }
    return Optional.of(CsvSchemaFile.read(file));
  }

  private static LabelledData rows(
      IndexedExamples examples, ClientIndex rows, IndexedHeldOut about) {
    int count = rows.population();
    int width = Math.toIntExact(examples.inputType().arrayElementsPerExample());
    float[] features = new float[Math.multiplyExact(count, width)];
    float[] labels = new float[0];
    for (int row = 0; row < count; row++) {
      DataSet example = (DataSet) rows.client(row);
      INDArray label = example.getLabels();
      if (row == 0) {
        labels = new float[Math.multiplyExact(count, Math.toIntExact(label.length()))];
      }
      copy(example.getFeatures(), features, row);
      copy(label, labels, row);
      rows.release(example);
    }
    return about.ofSites(examples.rows(features, labels, count));
  }

  private static void copy(INDArray row, float[] to, int number) {
    float[] values = row.data().asFloat();
    System.arraycopy(values, 0, to, number * values.length, values.length);
  }

  /**
   * What reading a whole index found.
   *
   * @param clients how many it has
   * @param rows of the clients that are right
   * @param damagedClients numbers of those that are not
   * @param heldOut held-out rows
   * @param damagedHeldOut numbers of those that are not right
   * @param otherDamage in a line each
   */
  record Verified(
      int clients,
      long rows,
      List<Integer> damagedClients,
      int heldOut,
      List<Integer> damagedHeldOut,
      List<String> otherDamage) {
    boolean isIntact() {
      return damagedClients.isEmpty() && damagedHeldOut.isEmpty() && otherDamage.isEmpty();
    }
  }

  /**
   * Reads all of an index.
   *
   * @throws IOException when it holds none, or one that says not where its clients are
   */
  static Verified verify(Path folder) throws IOException {
    ClientIndex clients = ClientIndex.open(folder);
    IndexedExamples examples = examples(folder, clients);
    ClientIndex.Found found = clients.verify();
    List<String> other = new ArrayList<>(parts(folder, found));
    int rows = 0;
    List<Integer> damagedRows = List.of();
    try {
      ClientIndex heldOut = heldOut(folder, examples);
      rows = heldOut.population();
      ClientIndex.Found foundRows = heldOut.verify();
      damagedRows = foundRows.damagedClients();
      other.addAll(parts(folder.resolve(HELD_OUT), foundRows));
      schema(folder, about(folder, heldOut));
    } catch (IOException e) {
      other.add(Causes.words(e));
    }
    return new Verified(
        clients.population(), found.rows(), found.damagedClients(), rows, damagedRows, other);
  }

  private static List<String> parts(Path folder, ClientIndex.Found found) {
    return found.damagedParts().stream()
        .map(part -> folder.resolve(part) + ": its beginning or its length is damaged")
        .toList();
  }

  /** The ledger of the data that the index was made of. */
  static Path ledger(Configuration configuration) {
    return Path.of(examples(configuration).ledger());
  }

  /**
   * How the images of the data that the index was made of are read, in YAML; empty where there are
   * none, and where the data are no index.
   */
  static Optional<String> images(Configuration configuration) {
    return Optional.of(configuration)
        .filter(each -> each.text("data.set").equals(SET))
        .map(each -> examples(each).images())
        .filter(images -> !images.isEmpty());
  }

  private static IndexedExamples examples(Configuration configuration) {
    Path folder = folder(configuration);
    try {
      return examples(folder, ClientIndex.open(folder));
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  private static IndexedExamples examples(Path folder, ClientIndex index) throws IOException {
    return text(folder, index, IndexedExamples.class);
  }

  private static IndexedHeldOut about(Path folder, ClientIndex rows) throws IOException {
    return text(folder.resolve(HELD_OUT), rows, IndexedHeldOut.class);
  }

  private static <T> T text(Path folder, ClientIndex index, Class<T> type) throws IOException {
    try {
      T about = JSON.readValue(index.about(), type);
      if (about != null) {
        return about;
      }
    } catch (JsonProcessingException e) {
      // Of whoever calls the library; what follows says so.
    }
    throw MalformedDataException.in(folder.toString())
        .problem("expected an index that 'dpfed data index' wrote");
  }

  private static Path folder(Configuration configuration) {
    return Path.of(configuration.text("data.directory"));
  }
}
