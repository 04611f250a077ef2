package org.dpfed.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.datavec.api.records.reader.impl.csv.CSVRecordReader;
import org.datavec.api.split.InputStreamInputSplit;
import org.jspecify.annotations.Nullable;

/**
 * Reads labelled CSV files through DataVec, as a {@link CsvSchema} says.
 *
 * <p>Files are UTF-8, one record a line, values quoted with {@code "} where needed. Blanks around a
 * value and blank lines are ignored.
 */
public final class CsvReader {
  private final CsvSchema schema;

  /**
   * @param schema what the columns mean
   */
  public CsvReader(CsvSchema schema) {
    this.schema = schema;
  }

  /**
   * The records of one file.
   *
   * @throws MalformedDataException when the file does not fit the schema
   */
  public LabelledData read(Path file) throws IOException {
    RowCollector rows = new RowCollector();
    append(file, null, rows);
    return build(rows, file.toString());
  }

  /**
   * The records of several files, each file one client's: a hospital, a site. The file's key takes
   * the place of a key column.
   *
   * @param filesByKey in the order in which the clients are numbered
   * @throws MalformedDataException when a file does not fit the schema
   * @throws IllegalStateException when the schema names a key column
   */
  public LabelledData readAll(SortedMap<String, Path> filesByKey) throws IOException {
    if (schema.keyColumn().isPresent()) {
      throw new IllegalStateException(
          "key must come from the files or from a column, not from both; the schema names column '%s'"
              .formatted(schema.keyColumn().get()));
    }
    RowCollector rows = new RowCollector();
    for (Map.Entry<String, Path> entry : filesByKey.entrySet()) {
      append(entry.getValue(), entry.getKey(), rows);
    }
    return build(rows, filesByKey.values().toString());
  }

  /** The records of a stream, which is closed by the caller. */
  LabelledData read(InputStream stream, String name) throws IOException {
    RowCollector rows = new RowCollector();
    append(stream, name, null, rows);
    return build(rows, name);
  }

  private LabelledData build(RowCollector rows, String source) throws MalformedDataException {
    if (rows.rows() == 0) {
      throw new MalformedDataException(source, "expected at least one complete record, found none");
    }
    return rows.build(schema.classNames());
  }

  private void append(Path file, @Nullable String fileKey, RowCollector rows) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString(), null, "expected a CSV file, found none");
    }
    try (InputStream stream = Files.newInputStream(file)) {
      append(stream, file.toString(), fileKey, rows);
    }
  }

  private void append(InputStream stream, String name, @Nullable String fileKey, RowCollector rows)
      throws IOException {
    try (CSVRecordReader records = new CSVRecordReader(0, schema.delimiter(), '"')) {
      records.initialize(new InputStreamInputSplit(stream));
      CsvLayout layout = null;
      int key = -1;
      for (int line = 1; hasNext(records, name, line); line++) {
        List<String> record = next(records, name, line);
        if (record.size() == 1 && record.get(0).isEmpty()) {
          continue;
        }
        boolean first = layout == null;
        if (layout == null) {
          layout = CsvLayout.of(name, schema, record);
          rows.begin(name, layout);
          key = fileKey == null ? -1 : rows.key(fileKey);
        }
        if (!first || !schema.header()) {
          layout.add(record, line, key, rows);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading " + name, e);
    }
  }

  private static boolean hasNext(CSVRecordReader records, String name, int line)
      throws IOException {
    try {
      return records.hasNext();
    } catch (IllegalStateException e) {
      throw new IOException("%s, line %d: %s".formatted(name, line, e.getMessage()), e);
    }
  }

  private static List<String> next(CSVRecordReader records, String name, int line)
      throws IOException {
    List<String> record = new ArrayList<>();
    try {
      records.next().forEach(value -> record.add(value.toString().strip()));
    } catch (RuntimeException e) {
      // The parser's only complaint, which it wraps: a quote that the line does not close.
      if (e.getCause() instanceof IOException) {
        throw new MalformedDataException(name, "line " + line + ": a quote is opened, not closed");
      }
      throw e;
    }
    if (line == 1) {
      record.set(0, withoutByteOrderMark(record.get(0)));
    }
    return record;
  }

  private static String withoutByteOrderMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}
