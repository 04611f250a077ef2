package org.dpfed.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads labelled CSV files according to a {@link CsvSchema}.
 *
 * <p>Files are plain or gzipped, whatever their names. The text is in UTF-8, in the encoding of its
 * byte order mark, or in the encoding that the schema states. Records follow RFC 4180: a quoted
 * value may contain delimiters, doubled quotes and line breaks. Blanks around a value and blank
 * lines are ignored.
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
    return read(List.of(file));
  }

  /**
   * The records of several files as if they were one.
   *
   * @param files in order; each once
   * @throws MalformedDataException when a file does not fit the schema
   * @throws IllegalArgumentException when two are the same file or have the same content
   */
  public LabelledData read(List<Path> files) throws IOException {
    requireDistinct(files);
    RowCollector rows = new RowCollector(schema);
    for (Path file : files) {
      append(file, null, rows);
    }
    return build(rows, files.size() == 1 ? files.get(0).toString() : files.toString());
  }

  /**
   * The records of several files, each file one client's: a hospital, a site. The file's key takes
   * the place of a key column.
   *
   * @param filesByKey in the order in which the clients are numbered
   * @throws MalformedDataException when a file does not fit the schema
   * @throws IllegalStateException when the schema names a key column
   * @throws IllegalArgumentException when two are the same file or have the same content
   */
  public LabelledData readAll(SortedMap<String, Path> filesByKey) throws IOException {
    if (schema.keyColumn().isPresent()) {
      throw new IllegalStateException(
          "key must come from the files or from a column, not from both; the schema names column '%s'"
              .formatted(schema.keyColumn().get()));
    }
    requireDistinct(filesByKey.values());
    RowCollector rows = new RowCollector(schema);
    for (Map.Entry<String, Path> entry : filesByKey.entrySet()) {
      append(entry.getValue(), entry.getKey(), rows);
    }
    return build(rows, filesByKey.values().toString());
  }

  /**
   * As {@link #readAll}, the key of a file being its name without directory and endings: {@code
   * north.csv.gz} is {@code north}.
   *
   * @throws IllegalArgumentException when two files have one name
   */
  public LabelledData readEach(List<Path> files) throws IOException {
    SortedMap<String, Path> byKey = new TreeMap<>();
    for (Path file : files) {
      String key = String.valueOf(file.getFileName()).replaceFirst("(?i)(?<=.)\\.gz$", "");
      Path other = byKey.putIfAbsent(key.replaceFirst("(?<=.)\\.[^.]*$", ""), file);
      if (other != null) {
        throw new IllegalArgumentException(
            "files must have distinct names, since a name is a client: %s and %s have the same"
                .formatted(other, file));
      }
    }
    return readAll(byKey);
  }

  /**
   * Refuses files that are given twice: under two names, through a link, or as a copy. Otherwise
   * one file could be two clients, or both train and test a model.
   *
   * @throws IllegalArgumentException when two are the same file or have the same content
   */
  public static void requireDistinct(Iterable<Path> files) throws IOException {
    DistinctFiles.require(files);
  }

  /**
   * The files of a directory, sorted by name; hidden files and directories are left out.
   *
   * @throws NoSuchFileException when there is no such directory, or no file in it
   */
  public static List<Path> filesIn(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(
          directory.toString(), null, "expected a directory of CSV files, found none");
    }
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> files =
          entries
              .filter(file -> !Files.isDirectory(file))
              .filter(file -> !String.valueOf(file.getFileName()).startsWith("."))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new NoSuchFileException(
            directory.toString(), null, "expected CSV files in this directory, found none");
      }
      return files;
    }
  }

  /**
   * The schema with every feature column named, in the order of the features: where the schema has
   * a rule for remaining columns, they come as in these files. A model needs its features in that
   * order ever after.
   *
   * @param files that are read, or were
   * @throws MalformedDataException when the first of them does not fit the schema
   */
  public CsvSchema resolve(List<Path> files) throws IOException {
    if (schema.remaining().isEmpty()) {
      return schema;
    }
    for (Path file : files) {
      try (CsvRecords records = CsvRecords.open(file, schema.syntax())) {
        List<String> first = records.next();
        if (!first.isEmpty()) {
          return schema.withFeatures(
              CsvLayout.of(file.toString(), schema, first, records.line()).features());
        }
      }
    }
    throw MalformedDataException.in(files.toString())
        .problem("expected at least one record, found none");
  }

  /** The records of a stream, which is closed. */
  LabelledData read(InputStream stream, String name) throws IOException {
    RowCollector rows = new RowCollector(schema);
    try (CsvRecords records = new CsvRecords(stream, name, schema.syntax())) {
      append(records, name, null, rows);
    }
    return build(rows, name);
  }

  private void append(Path file, @Nullable String fileKey, RowCollector rows) throws IOException {
    try (CsvRecords records = CsvRecords.open(file, schema.syntax())) {
      append(records, file.toString(), fileKey, rows);
    }
  }

  private LabelledData build(RowCollector rows, String source) throws MalformedDataException {
    if (rows.rows() == 0) {
      throw MalformedDataException.in(source)
          .problem(
              "expected at least one complete record, found none"
                  + (rows.dropped() == 0
                      ? ""
                      : "; all %d were dropped for missing values".formatted(rows.dropped())));
    }
    return rows.build(
        schema.keyColumn().map("its value of column '%s'"::formatted).orElse(RowKeys.FILE));
  }

  private void append(CsvRecords records, String name, @Nullable String fileKey, RowCollector rows)
      throws IOException {
    CsvLayout layout = null;
    int key = -1;
    for (List<String> record = records.next(); !record.isEmpty(); record = records.next()) {
      boolean first = layout == null;
      if (layout == null) {
        layout = CsvLayout.of(name, schema, record, records.line());
        rows.begin(name, layout);
        key = fileKey == null ? -1 : fileKey(fileKey, name, rows);
      }
      if (!first || !schema.header()) {
        layout.add(record, records.line(), key, rows);
      }
    }
  }

  private static int fileKey(String key, String file, RowCollector rows)
      throws MalformedDataException {
    try {
      return rows.key(key, file, 1);
    } catch (CellException e) {
      throw MalformedDataException.in(file).problem("as the name of a client, " + e.getMessage());
    }
  }
}
