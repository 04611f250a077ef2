package org.dpfed.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Reads the features of new rows from a CSV file, a few rows at a time, so that a trained network
 * can predict their labels. The order of the columns may differ from the training files. Label and
 * key may be absent, and other columns are ignored ({@link CsvSchema#forNewRows}).
 */
public final class CsvFeatureReader implements AutoCloseable {
  private final MalformedDataException.Place file;
  private final CsvSchema schema;
  private final CsvRecords records;
  private final CsvColumns columns;
  private final FeatureColumns features;
  private final int copied;
  private List<String> record;
  private long number;
  private long dropped;

  private CsvFeatureReader(
      String name, CsvSchema schema, CsvRecords records, @Nullable String copiedColumn)
      throws IOException {
    this.file = MalformedDataException.in(name);
    this.schema = schema;
    this.records = records;
    this.record = records.next();
    if (record.isEmpty()) {
      throw file.problem(
          schema.header()
              ? "expected a header, found an empty file"
              : "expected at least one record, found none");
    }
    this.columns = new CsvColumns(name, schema, record, records.line());
    this.features = new FeatureColumns(schema, columns);
    this.copied = copiedColumn == null ? -1 : columns.find(copiedColumn);
    if (schema.header()) {
      record = records.next();
    }
  }

  /**
   * Opens a file and finds its columns.
   *
   * @param schema of the files that were trained on
   * @param file plain or gzipped
   * @param copiedColumn a column whose values are returned with the features, such as a row number;
   *     null for none
   * @throws MalformedDataException when a column is missing
   * @throws IllegalStateException when the schema has a rule for remaining columns
   */
  public static CsvFeatureReader open(CsvSchema schema, Path file, @Nullable String copiedColumn)
      throws IOException {
    CsvSchema forNewRows = schema.forNewRows();
    CsvRecords records = CsvRecords.open(file, forNewRows.syntax());
    try {
      return new CsvFeatureReader(file.toString(), forNewRows, records, copiedColumn);
    } catch (IOException | RuntimeException e) {
      records.close();
      throw e;
    }
  }

  /**
   * The next rows; empty at the end of the file.
   *
   * @param most at least 1
   * @throws MalformedDataException when a value does not fit; the message has line and column
   */
  public Optional<Batch> next(int most) throws IOException {
    List<Long> numbers = new ArrayList<>();
    List<String> copies = new ArrayList<>();
    List<float[]> rows = new ArrayList<>();
    for (; !record.isEmpty() && rows.size() < most; record = records.next()) {
      MalformedDataException.Place place = file.line(records.line());
      columns.requireWhole(record, place);
      number++;
      if (schema.missingValues() == MissingValues.DROP_ROW && features.anyMissing(record)) {
        dropped++;
        continue;
      }
      rows.add(features.row(record, place));
      numbers.add(number);
      copies.add(copied < 0 ? "" : record.get(copied));
    }
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(new Batch(numbers, copies, Nd4j.create(rows.toArray(float[][]::new))));
  }

  /** Number of rows so far that were left out for a missing value. */
  public long dropped() {
    return dropped;
  }

  @Override
  public void close() throws IOException {
    records.close();
  }

  /**
   * Some rows.
   *
   * @param numbers of the rows in the file, counted from 1 without the header
   * @param copies the value of the copied column of each row; empty texts where there is none
   * @param features {@code float [rows, features]}; whoever asked for the batch closes it
   */
  public record Batch(List<Long> numbers, List<String> copies, INDArray features) {
    public Batch {
      numbers = List.copyOf(numbers);
      copies = List.copyOf(copies);
    }
  }
}
