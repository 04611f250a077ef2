package org.dpfed.cli.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
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
 * held-out rows, each a client of that index. Names of keys and sites are not in it.
 */
final class IndexedSource {
  /** Value of {@code data.set}. */
  static final String SET = "indexed";

  private static final String HELD_OUT = "held-out";
  private static final ObjectMapper JSON = new ObjectMapper();

  private IndexedSource() {}

  /**
   * What the rows are, apart from their values.
   *
   * @param shape of an example: one size, or height, width and channels
   * @param isFlat whether images are rows of pixels
   * @param classes of a row, or of each pixel; empty where a number is to be predicted
   * @param areMasks whether each pixel has a class
   * @param ledger absolute path of the ledger of the data
   * @param heldOut random, and what the index of the held-out rows has about itself
   */
  private record About(
      List<Long> shape,
      boolean isFlat,
      List<String> classes,
      boolean areMasks,
      String ledger,
      String heldOut) {

    About {
      boolean isShape = shape != null && (shape.size() == 1 || shape.size() == 3);
      if (!isShape || shape.stream().anyMatch(size -> size == null || size < 1)) {
        throw new IllegalArgumentException(
            "an example has one size, or height, width and channels");
      }
    }

    static About of(LabelledData rows, Path ledger) {
      InputType type = rows.inputType();
      List<Long> shape;
      if (type instanceof InputType.InputTypeConvolutional image) {
        shape = List.of(image.getHeight(), image.getWidth(), image.getChannels());
      } else if (type instanceof InputType.InputTypeConvolutionalFlat image) {
        shape = List.of(image.getHeight(), image.getWidth(), image.getDepth());
      } else {
        shape = List.of(type.arrayElementsPerExample());
      }
      return new About(
          shape,
          type.getType() == InputType.Type.CNNFlat,
          rows.classNames(),
          rows.isSegmentation(),
          ledger.toString(),
          UUID.randomUUID().toString());
    }

    InputType inputType() {
      if (shape.size() == 1) {
        return InputType.feedForward(shape.get(0));
      }
      return isFlat
          ? InputType.convolutionalFlat(shape.get(0), shape.get(1), shape.get(2))
          : InputType.convolutional(shape.get(0), shape.get(1), shape.get(2));
    }

    /** Rows that have the values of these examples. */
    LabelledData rows(float[] features, float[] labels, int count) {
      if (classes.isEmpty()) {
        return LabelledData.regression(inputType(), features, labels);
      }
      int places = areMasks ? Math.toIntExact(shape.get(0) * shape.get(1)) : 1;
      byte[] masks = new byte[areMasks ? count * places : 0];
      int[] classOf = new int[areMasks ? 0 : count];
      for (int i = 0; i < count * places; i++) {
        int first = i / places * classes.size() * places + i % places;
        int hot = 0;
        while (labels[first + hot * places] != 1) {
          hot++;
        }
        if (areMasks) {
          masks[i] = (byte) hot;
        } else {
          classOf[i] = hot;
        }
      }
      return areMasks
          ? LabelledData.segmentation(
              (InputType.InputTypeConvolutional) inputType(), features, masks, classes)
          : LabelledData.of(inputType(), features, classOf, classes);
    }
  }

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
    Path ledger =
        LedgerChoice.of(configuration, clients.unit()).file().toAbsolutePath().normalize();
    LabelledData test = source.split().test();
    Partition heldOut = new OnePerClient().partition(test);
    About about = About.of(test, ledger);
    ClientIndexWriter.write(
        folder,
        clients,
        JSON.writeValueAsString(about),
        unfinished -> {
          ClientIndexWriter.write(unfinished.resolve(HELD_OUT), heldOut, about.heldOut);
          if (source.schema().isPresent()) {
            CsvSchemaFile.write(
                source.schema().get(), unfinished.resolve(RunDirectory.PREPROCESSING));
          }
        });
    return new Written(clients.population(), ledger);
  }

  /**
   * Opens an index; reads no client of it.
   *
   * @param readsHeldOut whether to read the held-out rows; there are none if not
   */
  static DataSource read(Configuration configuration, boolean readsHeldOut) throws IOException {
    Path folder = folder(configuration);
    ClientIndex clients = ClientIndex.open(folder);
    About about = about(folder, clients);
    Path preprocessing = folder.resolve(RunDirectory.PREPROCESSING);
    LabelledData none = about.rows(new float[0], new float[0], 0);
    LabelledData heldOut = readsHeldOut ? heldOut(about, folder.resolve(HELD_OUT)) : none;
    return new DataSource(
        new TrainTestSplit(none, heldOut),
        Files.exists(preprocessing)
            ? Optional.of(CsvSchemaFile.read(preprocessing))
            : Optional.empty(),
        Optional.empty(),
        Optional.of(clients),
        OptionalInt.empty());
  }

  private static LabelledData heldOut(About about, Path folder) throws IOException {
    ClientIndex rows = ClientIndex.open(folder);
    if (!rows.about().equals(about.heldOut)) {
      throw MalformedDataException.in(folder.toString())
          .problem("expected the held-out rows of this index, and these are of another one");
    }
    int count = rows.population();
    int width = Math.toIntExact(about.inputType().arrayElementsPerExample());
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
    return about.rows(features, labels, count);
  }

  private static void copy(INDArray row, float[] to, int number) {
    float[] values = row.data().asFloat();
    System.arraycopy(values, 0, to, number * values.length, values.length);
  }

  /** The ledger of the data that the index was made of. */
  static Path ledger(Configuration configuration) {
    return Path.of(about(configuration).ledger);
  }

  private static About about(Configuration configuration) {
    Path folder = folder(configuration);
    try {
      return about(folder, ClientIndex.open(folder));
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    }
  }

  private static About about(Path folder, ClientIndex index) throws IOException {
    try {
      About about = JSON.readValue(index.about(), About.class);
      if (about != null
          && about.shape != null
          && about.classes != null
          && about.ledger != null
          && about.heldOut != null) {
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
