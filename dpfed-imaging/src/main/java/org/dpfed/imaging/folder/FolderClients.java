package org.dpfed.imaging.folder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.Scaling;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.imaging.data.ImageRows;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Reads a client's images whenever they are asked for; keeps none. */
final class FolderClients implements FederatedDataset {
  private static final long MOST_CLIENT_BYTES = 1L << 30;

  private final ImageFolder folder;
  private final List<String> keys;
  private final ImageLoader loader;
  private final List<Scaling> scalings;
  private final DamagedImages damaged;

  FolderClients(
      ImageFolder folder, ImageLoader loader, List<Scaling> scalings, DamagedImages damaged) {
    this.folder = folder;
    this.keys = folder.keys();
    this.loader = loader;
    this.scalings = List.copyOf(scalings);
    this.damaged = damaged;
    // Refuses scalings that do not fit, before any client is read.
    folder.rows(loader, scalings);
    long pixels = (long) loader.height() * loader.width();
    long targets = folder.hasMasks() ? pixels * folder.outputs() : folder.outputs();
    long each = Float.BYTES * (pixels * loader.channels() + targets);
    for (String key : keys) {
      if (folder.images(key).size() * each > MOST_CLIENT_BYTES) {
        throw new IllegalArgumentException(
            "images of one client must take at most 1 GiB, those of one take more; resize them, or choose the patient as the unit");
      }
    }
  }

  @Override
  public String unit() {
    return folder.unit().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public List<String> assumptions() {
    return List.of(
        folder.unit() == Unit.SITE
            ? "one site is one folder, and no site has a second one; a patient with images at several sites is not covered as a whole"
            : "one patient is one folder of one site, and nobody has a second folder there or at another site");
  }

  @Override
  public int population() {
    return keys.size();
  }

  /** The folder of the client. */
  @Override
  public Optional<byte[]> identity(int id) {
    return Optional.of(keys.get(id).getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int examples(int id) {
    return folder.images(keys.get(id)).size();
  }

  /**
   * Reads the client's images.
   *
   * @throws UncheckedIOException when one cannot be read and is not left out, or when none can
   */
  @Override
  public DataSet client(int id) {
    String key = keys.get(id);
    List<LabelledImage> images = folder.images(key);
    if (images.isEmpty()) {
      return none();
    }
    ImageRows rows = folder.rows(loader, scalings);
    try {
      folder.addTo(rows, key, images, loader, damaged);
      if (rows.size() == 0) {
        throw MalformedDataException.in(String.valueOf(images.get(0).image().getParent()))
            .problem("expected at least one image that can be read, found none");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows.build().toDataSet();
  }

  private DataSet none() {
    long[] labels =
        folder.hasMasks()
            ? new long[] {0, folder.outputs(), loader.height(), loader.width()}
            : new long[] {0, folder.outputs()};
    return new org.nd4j.linalg.dataset.DataSet(
        Nd4j.create(DataType.FLOAT, 0, loader.channels(), loader.height(), loader.width()),
        Nd4j.create(DataType.FLOAT, labels));
  }

  @Override
  public void release(DataSet examples) {
    Stream.of(examples.getFeatures(), examples.getLabels()).forEach(array -> array.close());
  }

  @Override
  public String toString() {
    return "FolderClients[%d clients (%s)]".formatted(population(), unit());
  }
}
