package org.dpfed.data.indexed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Set;
import java.util.zip.CRC32C;
import org.dpfed.data.Unfinished;
import org.dpfed.federated.FederatedDataset;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Writes a population into a folder that {@link ClientIndex} reads. The folder appears when all of
 * it is written, and not at all otherwise. Only its owner may read it, where the file system knows
 * owners: it holds the examples themselves. It holds no keys: clients have numbers alone.
 *
 * <p>Holds one client in memory, and no list of them.
 */
public final class ClientIndexWriter implements AutoCloseable {
  /** Small enough to be mapped on any machine, and large enough to be few. */
  private static final long PART_BYTES = 1L << 30;

  /** Whose entries fit into a file that is mapped as a whole. */
  private static final int MOST_CLIENTS = 130_000_000;

  private final Path folder;
  private final long partBytes;
  private final long id = new SecureRandom().nextLong();
  private final CRC32C crc = new CRC32C();
  private final FileChannel index;
  private @Nullable FileChannel part;
  private int parts;
  private int clients;

  private ClientIndexWriter(Path folder, IndexHeader.Text text, long partBytes) throws IOException {
    this.folder = folder;
    this.partBytes = partBytes;
    this.index = create(IndexHeader.FILE);
    append(ByteBuffer.wrap(new IndexHeader(id, text).toBytes()));
  }

  /**
   * Writes all clients of a population.
   *
   * @param folder a new one, in a folder that exists
   * @param about what readers of this index get from {@link ClientIndex#about}; no keys, and
   *     nothing of single clients
   * @throws FileAlreadyExistsException when the folder exists
   */
  public static void write(Path folder, FederatedDataset population, String about)
      throws IOException {
    write(folder, population, about, PART_BYTES, unfinished -> {});
  }

  /**
   * As {@link #write(Path, FederatedDataset, String)}, with files beside the population's.
   *
   * @param more writes them into the folder before it gets its name; its owner alone may read it
   */
  public static void write(Path folder, FederatedDataset population, String about, Content more)
      throws IOException {
    write(folder, population, about, PART_BYTES, more);
  }

  /** Writes files into a folder. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes them.
     *
     * @throws IOException when they cannot be written; there is no folder then
     */
    void to(Path folder) throws IOException;
  }

  static void write(
      Path folder, FederatedDataset population, String about, long partBytes, Content more)
      throws IOException {
    if (population.population() > MOST_CLIENTS) {
      throw new IllegalArgumentException(
          "an index can have at most %d clients, were %d"
              .formatted(MOST_CLIENTS, population.population()));
    }
    IndexHeader.Text text =
        new IndexHeader.Text(population.unit(), population.assumptions(), about);
    try (Unfinished unfinished = Unfinished.at(folder)) {
      Path content = Files.createDirectory(unfinished.content(), Unfinished.ownerOnly("rwx------"));
      try (ClientIndexWriter writer = new ClientIndexWriter(content, text, partBytes)) {
        for (int client = 0; client < population.population(); client++) {
          DataSet examples = (DataSet) population.client(client);
          try {
            writer.add(examples);
          } finally {
            population.release(examples);
          }
        }
        writer.addTrailer();
      }
      more.to(content);
      unfinished.finish();
    }
  }

  private void add(DataSet examples) throws IOException {
    ByteBuffer record = RecordFormat.encode(id, clients, examples);
    FileChannel to = part;
    if (to == null || to.position() + record.remaining() > partBytes) {
      to = nextPart();
    }
    long place = (long) (parts - 1) << IndexHeader.OFFSET_BITS | to.position();
    append(
        RecordFormat.littleEndian(IndexHeader.ENTRY)
            .putLong(place)
            .putInt(record.remaining())
            .putInt(examples.numExamples())
            .flip());
    writeAll(to, record);
    clients++;
  }

  private FileChannel nextPart() throws IOException {
    if (part != null) {
      part.close();
    }
    FileChannel next = create(IndexHeader.part(parts));
    part = next;
    parts++;
    writeAll(
        next,
        RecordFormat.littleEndian(IndexHeader.PART_HEAD)
            .putInt(IndexHeader.PART_MAGIC)
            .putLong(id)
            .flip());
    return next;
  }

  private void addTrailer() throws IOException {
    append(
        RecordFormat.littleEndian(IndexHeader.TRAILER - Integer.BYTES)
            .putInt(clients)
            .putInt(parts)
            .flip());
    writeAll(index, RecordFormat.littleEndian(Integer.BYTES).putInt(0, (int) crc.getValue()));
  }

  private void append(ByteBuffer bytes) throws IOException {
    crc.update(bytes.duplicate());
    writeAll(index, bytes);
  }

  private FileChannel create(String name) throws IOException {
    return FileChannel.open(
        folder.resolve(name),
        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        Unfinished.ownerOnly("rw-------"));
  }

  private static void writeAll(FileChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  @Override
  public void close() throws IOException {
    try (FileChannel last = part) {
      index.close();
    }
  }
}
