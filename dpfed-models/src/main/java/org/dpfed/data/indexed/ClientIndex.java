package org.dpfed.data.indexed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.dpfed.data.MalformedDataException;
import org.dpfed.federated.FederatedDataset;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * A population in the files that {@link ClientIndexWriter} wrote. A client is found by its number
 * and read by itself; the files are mapped, so what is held of them is for the operating system to
 * decide, and not on the Java heap. A client's examples have the bits that they had when they were
 * written: each record has a checksum, and one that is damaged, or of another index, fails this
 * client alone.
 *
 * <p>The files must not change while they are read.
 */
public final class ClientIndex implements FederatedDataset {
  private final Path folder;
  private final IndexHeader header;
  private final ByteBuffer entries;
  private final int population;
  private final AtomicReferenceArray<@Nullable ByteBuffer> parts;

  private ClientIndex(
      Path folder, IndexHeader header, ByteBuffer entries, int population, int parts) {
    this.folder = folder;
    this.header = header;
    this.entries = entries;
    this.population = population;
    this.parts = new AtomicReferenceArray<>(parts);
  }

  /**
   * Opens an index; reads its entries once, to check them, and no client nor part ({@link
   * #requireParts}).
   *
   * @throws MalformedDataException when the folder holds none, or a damaged one
   */
  public static ClientIndex open(Path folder) throws IOException {
    Path file = folder.resolve(IndexHeader.FILE);
    if (!Files.isRegularFile(file)) {
      throw problem(
          folder,
          "expected the folder of an index of clients, and it has no clients.index; write one by 'dpfed data index'");
    }
    ByteBuffer in = map(file);
    IndexHeader header = IndexHeader.read(in);
    if (header == null) {
      throw problem(
          file,
          "expected an index of clients of version %d; write it again"
              .formatted(IndexHeader.VERSION));
    }
    int start = in.position();
    int end = in.limit() - IndexHeader.TRAILER;
    boolean isWhole = end >= start && checksum(in) == in.getInt(in.limit() - Integer.BYTES);
    int population = isWhole ? in.getInt(end) : -1;
    if (population < 0 || end - start != (long) population * IndexHeader.ENTRY) {
      throw problem(file, "the index is damaged or cut short; write it again");
    }
    ByteBuffer entries = slice(in, start, end - start);
    int parts = in.getInt(end + Integer.BYTES);
    if (parts < 0 || parts > population || !areSound(entries, parts)) {
      throw problem(file, "the index names places that it cannot have; write it again");
    }
    return new ClientIndex(folder, header, entries, population, parts);
  }

  /** A checksum is no seal: whoever changes an entry can compute it anew. */
  private static boolean areSound(ByteBuffer entries, int parts) {
    for (int at = 0; at < entries.limit(); at += IndexHeader.ENTRY) {
      boolean isSound =
          entries.getLong(at) >>> IndexHeader.OFFSET_BITS < parts
              && entries.getInt(at + Long.BYTES) >= 0
              && entries.getInt(at + Long.BYTES + Integer.BYTES) >= 0;
      if (!isSound) {
        return false;
      }
    }
    return true;
  }

  /** What the writer of the index added for its readers. */
  public String about() {
    return header.text().about();
  }

  @Override
  public String unit() {
    return header.text().unit();
  }

  @Override
  public List<String> assumptions() {
    return header.text().assumptions();
  }

  @Override
  public int population() {
    return population;
  }

  /**
   * The client's number in this index, which is not another one: keys are not in it, and the files
   * of an index do not change. An index that is written again has other identities.
   */
  @Override
  public Optional<byte[]> identity(int id) {
    Objects.checkIndex(id, population);
    return Optional.of(
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES).putLong(header.id()).putInt(id).array());
  }

  @Override
  public int examples(int id) {
    return entries.getInt(entry(id) + Long.BYTES + Integer.BYTES);
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException when the record is damaged or cannot be read
   */
  @Override
  public DataSet client(int id) {
    int entry = entry(id);
    int part = partOf(entry);
    long offset = offsetOf(entry);
    int length = entries.getInt(entry + Long.BYTES);
    try {
      ByteBuffer records = part(part);
      DataSet examples =
          offset + length > records.limit()
              ? null
              : RecordFormat.decode(header.id(), id, slice(records, (int) offset, length));
      if (examples == null) {
        throw problem(
            folder.resolve(IndexHeader.part(part)),
            "a record is damaged, or of another index; write the index again");
      }
      return examples;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void release(DataSet examples) {
    close(examples.getFeatures());
    close(examples.getLabels());
    close(examples.getFeaturesMaskArray());
    close(examples.getLabelsMaskArray());
  }

  private static void close(@Nullable INDArray array) {
    if (array != null) {
      array.close();
    }
  }

  /**
   * What {@link #verify} found.
   *
   * @param rows examples of the clients whose records are as they were written
   * @param damagedClients numbers of the others, ascending
   * @param damagedParts names of files that are damaged beside the records, which harms no client
   */
  public record Found(long rows, List<Integer> damagedClients, List<String> damagedParts) {
    /** Whether all is as it was written. */
    public boolean isIntact() {
      return damagedClients.isEmpty() && damagedParts.isEmpty();
    }
  }

  /**
   * Refuses an index of which a part is missing, cut short or of another index: a run would count
   * all its clients as failed, and pay for rounds that nobody trained in. Reads no record.
   *
   * @throws MalformedDataException naming the part
   */
  public void requireParts() throws MalformedDataException {
    for (String part : damagedParts()) {
      throw problem(
          folder.resolve(part),
          "the part is missing, cut short or of another index; bring it back from a copy, or write the index again");
    }
  }

  /** Reads every byte of the parts; the index itself was checked when it was opened. */
  public Found verify() {
    long rows = 0;
    List<Integer> damaged = new ArrayList<>();
    for (int id = 0; id < population; id++) {
      try {
        release(client(id));
        rows += examples(id);
      } catch (UncheckedIOException e) {
        damaged.add(id);
      }
    }
    return new Found(rows, List.copyOf(damaged), damagedParts());
  }

  private List<String> damagedParts() {
    long[] ends = new long[parts.length()];
    Arrays.fill(ends, IndexHeader.PART_HEAD);
    for (int id = 0; id < population; id++) {
      int entry = entry(id);
      long end = offsetOf(entry) + entries.getInt(entry + Long.BYTES);
      ends[partOf(entry)] = Math.max(ends[partOf(entry)], end);
    }
    return IntStream.range(0, ends.length)
        .filter(part -> !isFramed(part, ends[part]))
        .mapToObj(IndexHeader::part)
        .toList();
  }

  /** Whether a part begins as one of this index, and ends with its last record. */
  private boolean isFramed(int part, long end) {
    try {
      ByteBuffer records = part(part);
      return records.limit() == end
          && records.getInt(0) == IndexHeader.PART_MAGIC
          && records.getLong(Integer.BYTES) == header.id();
    } catch (IOException e) {
      return false;
    }
  }

  private int partOf(int entry) {
    return (int) (entries.getLong(entry) >>> IndexHeader.OFFSET_BITS);
  }

  private long offsetOf(int entry) {
    return entries.getLong(entry) & ((1L << IndexHeader.OFFSET_BITS) - 1);
  }

  private int entry(int id) {
    return Objects.checkIndex(id, population) * IndexHeader.ENTRY;
  }

  /** Two threads may map a part at once; that is one mapping too many, for a while. */
  private ByteBuffer part(int number) throws IOException {
    ByteBuffer mapped = parts.get(number);
    if (mapped == null) {
      mapped = map(folder.resolve(IndexHeader.part(number)));
      parts.set(number, mapped);
    }
    return mapped;
  }

  private static ByteBuffer map(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw problem(file, "expected a file below 2 GiB; write the index again");
      }
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return mapped.order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  private static ByteBuffer slice(ByteBuffer of, int from, int length) {
    return of.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int checksum(ByteBuffer in) {
    CRC32C crc = new CRC32C();
    crc.update(in.slice(0, in.limit() - Integer.BYTES));
    return (int) crc.getValue();
  }

  private static MalformedDataException problem(Path file, String problem) {
    return MalformedDataException.in(file.toString()).problem(problem);
  }

  @Override
  public String toString() {
    return "ClientIndex[%d clients (%s) in %s]".formatted(population, unit(), folder);
  }
}
