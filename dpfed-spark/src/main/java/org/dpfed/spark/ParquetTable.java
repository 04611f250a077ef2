package org.dpfed.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * One Parquet file with a column of keys and others of numbers.
 *
 * @param footer what it says of itself
 * @param key name of the column of keys
 * @param columns names of the others
 */
record ParquetTable(Path file, ParquetMetadata footer, String key, List<String> columns) {
  private static final List<PrimitiveTypeName> NUMBERS =
      List.of(
          PrimitiveTypeName.FLOAT,
          PrimitiveTypeName.DOUBLE,
          PrimitiveTypeName.INT32,
          PrimitiveTypeName.INT64,
          PrimitiveTypeName.BOOLEAN);

  ParquetTable {
    columns = List.copyOf(columns);
  }

  /**
   * Reads the footer.
   *
   * @throws IllegalArgumentException when a column is missing or of another kind
   */
  static ParquetTable open(Path file, String key, List<String> columns) throws IOException {
    ParquetMetadata footer;
    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(file), options(FilterCompat.NOOP))) {
      footer = reader.getFooter();
    } catch (IOException | RuntimeException e) {
      throw new IOException(file + ": expected a Parquet file, found another or a damaged one", e);
    }
    ParquetTable table = new ParquetTable(file, footer, key, columns);
    PrimitiveTypeName keys = table.column(key);
    if (keys != PrimitiveTypeName.INT32 && keys != PrimitiveTypeName.INT64) {
      throw table.refused(
          "expected keys in column '%s' that are the integers from 0 to n - 1, found values of type %s; number the clients, and keep which number is whose elsewhere"
              .formatted(key, keys));
    }
    for (String column : columns) {
      PrimitiveTypeName type = table.column(column);
      if (!NUMBERS.contains(type)) {
        throw table.refused(
            "expected numbers in column '%s', found values of type %s".formatted(column, type));
      }
      table.requirePlain(column);
    }
    table.requirePlain(key);
    return table;
  }

  private PrimitiveTypeName column(String name) {
    MessageType schema = footer.getFileMetaData().getSchema();
    if (!schema.containsField(name)) {
      throw refused(
          "expected a column '%s', found none of that name among %d; is it spelled as in the file?"
              .formatted(name, schema.getFieldCount()));
    }
    Type type = schema.getType(name);
    if (!type.isPrimitive() || type.isRepetition(Type.Repetition.REPEATED)) {
      throw refused(
          "expected one value to a row in column '%s', found several; write a column for each"
              .formatted(name));
    }
    return type.asPrimitiveType().getPrimitiveTypeName();
  }

  /** Decimals, dates and unsigned integers are stored as integers that are other numbers. */
  private void requirePlain(String name) {
    LogicalTypeAnnotation meaning =
        footer.getFileMetaData().getSchema().getType(name).getLogicalTypeAnnotation();
    boolean isPlain =
        meaning == null
            || (meaning instanceof LogicalTypeAnnotation.IntLogicalTypeAnnotation integer
                && integer.isSigned());
    if (!isPlain) {
      throw refused(
          "expected signed integers, floating-point numbers or booleans in column '%s', found %s; write it as one of these"
              .formatted(name, meaning));
    }
  }

  IllegalArgumentException refused(String problem) {
    return new IllegalArgumentException(file + ": " + problem);
  }

  /**
   * Adds the rows of a key.
   *
   * @param block of this file
   * @param hasValues whether to read the other columns; rows are empty if not
   * @param rows in the order of the file
   */
  void read(BlockMetaData block, int client, boolean hasValues, List<float[]> rows)
      throws IOException {
    List<String> names = hasValues ? columns : List.of();
    MessageType schema = footer.getFileMetaData().getSchema();
    List<Type> wanted = new ArrayList<>(List.of(schema.getType(key)));
    names.stream()
        .filter(name -> !name.equals(key))
        .distinct()
        .map(schema::getType)
        .forEach(wanted::add);
    MessageType projection = new MessageType(schema.getName(), wanted);
    FilterCompat.Filter filter = FilterCompat.get(isOf(client));
    ParquetMetadata part = new ParquetMetadata(footer.getFileMetaData(), List.of(block));
    InputFile input = new LocalInputFile(file);
    try (ParquetFileReader reader =
        ParquetFileReader.open(input, part, options(filter), input.newStream())) {
      reader.setRequestedSchema(projection);
      PageReadStore pages = reader.readNextFilteredRowGroup();
      if (pages == null) {
        return;
      }
      RecordReader<float[]> records =
          new ColumnIOFactory(footer.getFileMetaData().getCreatedBy())
              .getColumnIO(projection, schema)
              .getRecordReader(pages, new NumberRows(projection, names), filter);
      for (long i = 0; i < pages.getRowCount(); i++) {
        float[] row = records.read();
        if (row != null && !records.shouldSkipCurrentRecord()) {
          rows.add(row);
        }
      }
    }
  }

  private FilterPredicate isOf(int client) {
    return column(key) == PrimitiveTypeName.INT32
        ? FilterApi.eq(FilterApi.intColumn(key), client)
        : FilterApi.eq(FilterApi.longColumn(key), (long) client);
  }

  /** Row groups are chosen before, by fewer reads than Parquet's own choice would make. */
  private static ParquetReadOptions options(FilterCompat.Filter filter) {
    return ParquetReadOptions.builder(new PlainParquetConfiguration())
        .withRecordFilter(filter)
        .useStatsFilter(false)
        .useDictionaryFilter(false)
        .useBloomFilter(false)
        .useColumnIndexFilter(true)
        .useRecordFilter(true)
        .usePageChecksumVerification(true)
        .build();
  }
}
