package org.dpfed.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.dpfed.federated.FederatedDataset;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/**
 * A population in Parquet files that are sorted by a column of keys, the numbers of the clients: a
 * client's rows are found by the statistics of row groups and the column index, and read by
 * themselves. What is held in memory grows with the number of row groups, not with that of clients.
 *
 * <p>Keys are integers from 0 to n − 1, each of which has a row; columns are numbers or booleans,
 * one to a row, and come as floats. The checksums of pages, which Parquet's Java writer writes
 * unless told otherwise, are checked: a damaged page fails the clients with rows in it. Headers of
 * pages, statistics and indexes have no checksums in this format, and are trusted.
 *
 * <p>Files are read from paths of the machine, such as a storage that all machines mount. They must
 * not change while they are read.
 */
public final class ParquetClients implements FederatedDataset {
  private final String unit;
  private final Function<float[][], DataSet> examples;
  private final List<RowGroup> groups;
  private final int population;
  private final byte[] footers;

  /**
   * Rows that lie together.
   *
   * @param least key that it has
   * @param most key that it has
   */
  private record RowGroup(ParquetTable table, BlockMetaData block, long least, long most) {}

  private ParquetClients(
      String unit,
      Function<float[][], DataSet> examples,
      List<RowGroup> groups,
      int population,
      byte[] footers) {
    this.unit = unit;
    this.examples = examples;
    this.groups = groups;
    this.population = population;
    this.footers = footers;
  }

  /**
   * Opens files; reads what they say of themselves, and no row.
   *
   * @param unit what one client is, such as {@code patient}
   * @param files all with these columns, in any order; the same on each machine
   * @param key name of the column of keys
   * @param columns names of the columns to read, labels among them
   * @param examples makes examples of a client's rows, each with its values in the order of the
   *     columns; called by several threads at once. {@link #release} closes the arrays
   * @throws IllegalArgumentException when a column is missing, or keys are not what they must be;
   *     it names the file, and no key
   */
  public static ParquetClients open(
      String unit,
      List<Path> files,
      String key,
      List<String> columns,
      Function<float[][], DataSet> examples)
      throws IOException {
    List<RowGroup> groups = new ArrayList<>();
    FooterHash footers = new FooterHash();
    long rows = 0;
    Set<Path> opened = new HashSet<>();
    for (Path file : files) {
      if (!opened.add(file.toRealPath())) {
        throw new IllegalArgumentException(
            file + ": expected each file once, found it twice; leave out one");
      }
      footers.add(file);
      ParquetTable table = ParquetTable.open(file, key, columns);
      for (BlockMetaData block : table.footer().getBlocks()) {
        if (block.getRowCount() > 0) {
          groups.add(group(table, block));
          rows += block.getRowCount();
        }
      }
    }
    groups.sort(Comparator.comparingLong(RowGroup::least).thenComparingLong(RowGroup::most));
    requireNumbers(groups, rows);
    long population = groups.isEmpty() ? 0 : groups.get(groups.size() - 1).most() + 1;
    return new ParquetClients(
        unit, examples, List.copyOf(groups), Math.toIntExact(population), footers.bytes());
  }

  private static RowGroup group(ParquetTable table, BlockMetaData block) {
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      if (chunk.getPath().toDotString().equals(table.key())) {
        Statistics<?> statistics = chunk.getStatistics();
        boolean isKnown =
            statistics != null
                && statistics.hasNonNullValue()
                && statistics.isNumNullsSet()
                && statistics.genericGetMin() instanceof Number
                && statistics.genericGetMax() instanceof Number;
        if (!isKnown) {
          throw table.refused(
              "expected statistics of column '%s' for each row group, found none; write the file with them"
                  .formatted(table.key()));
        }
        if (statistics.getNumNulls() > 0) {
          throw table.refused(
              "expected a key in each row, found rows without a value in column '%s'"
                  .formatted(table.key()));
        }
        return new RowGroup(
            table,
            block,
            ((Number) statistics.genericGetMin()).longValue(),
            ((Number) statistics.genericGetMax()).longValue());
      }
    }
    throw table.refused("expected column '%s' in each row group".formatted(table.key()));
  }

  /** As far as statistics tell: gaps within a row group show where there are too few rows. */
  private static void requireNumbers(List<RowGroup> groups, long rows) {
    long before = -1;
    for (RowGroup group : groups) {
      if (group.least() < before && before >= 0) {
        throw group
            .table()
            .refused(
                "expected files sorted by column '%s', found row groups whose keys overlap; sort all rows by it"
                    .formatted(group.table().key()));
      }
      if (group.least() < 0
          || group.least() > before + 1
          || group.most() >= Math.min(rows, Integer.MAX_VALUE)) {
        throw group
            .table()
            .refused(
                "expected keys in column '%s' that are the integers from 0 to n - 1, for n clients with a row or more each, found others; number the clients, and keep which number is whose elsewhere"
                    .formatted(group.table().key()));
      }
      before = group.most();
    }
  }

  @Override
  public String unit() {
    return unit;
  }

  @Override
  public int population() {
    return population;
  }

  /**
   * The client's number in these files: their footers are part of it, so files that are written
   * again have other identities unless they are the same in all that a footer says.
   */
  @Override
  public Optional<byte[]> identity(int id) {
    Objects.checkIndex(id, population);
    return Optional.of(
        ByteBuffer.allocate(footers.length + Integer.BYTES).put(footers).putInt(id).array());
  }

  /**
   * {@inheritDoc}
   *
   * <p>Reads the client's keys.
   *
   * @throws UncheckedIOException when they cannot be read
   */
  @Override
  public int examples(int id) {
    return rows(id, false).length;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException when its rows cannot be read
   * @throws RuntimeException of Parquet when a page is damaged
   */
  @Override
  public DataSet client(int id) {
    return examples.apply(rows(id, true));
  }

  private float[][] rows(int id, boolean hasValues) {
    Objects.checkIndex(id, population);
    List<float[]> rows = new ArrayList<>();
    try {
      for (int i = first(id); i < groups.size() && groups.get(i).least() <= id; i++) {
        groups.get(i).table().read(groups.get(i).block(), id, hasValues, rows);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows.toArray(float[][]::new);
  }

  /** The first row group that may have a client's rows. */
  private int first(int id) {
    int low = 0;
    int high = groups.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (groups.get(middle).most() < id) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Override
  public void release(DataSet made) {
    close(made.getFeatures());
    close(made.getLabels());
    close(made.getFeaturesMaskArray());
    close(made.getLabelsMaskArray());
  }

  private static void close(@Nullable INDArray array) {
    if (array != null && array.closeable()) {
      array.close();
    }
  }

  @Override
  public String toString() {
    return "ParquetClients[%d clients (%s) in %d row groups]"
        .formatted(population, unit, groups.size());
  }
}
