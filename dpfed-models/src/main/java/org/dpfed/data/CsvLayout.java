package org.dpfed.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** A schema laid over the columns of one file: which position holds what. */
final class CsvLayout {
  private final String file;
  private final CsvSchema schema;
  private final List<String> columns;
  private final int label;
  private final int key;
  private final Map<Integer, CsvFeature> features;
  private final int width;

  private CsvLayout(
      String file,
      CsvSchema schema,
      List<String> columns,
      int label,
      int key,
      Map<Integer, CsvFeature> features) {
    this.file = file;
    this.schema = schema;
    this.columns = columns;
    this.label = label;
    this.key = key;
    this.features = features;
    this.width = features.values().stream().mapToInt(CsvFeature::width).sum();
  }

  /**
   * @param firstRecord the header, or the first record of a file without one
   * @throws MalformedDataException when a column is missing, stated twice or left unexplained
   */
  static CsvLayout of(String file, CsvSchema schema, List<String> firstRecord)
      throws MalformedDataException {
    Columns columns = new Columns(file, schema.header(), firstRecord);
    int label = columns.take(schema.labelColumn());
    int key = schema.keyColumn().isPresent() ? columns.take(schema.keyColumn().get()) : -1;
    for (String ignored : schema.ignored()) {
      columns.take(ignored);
    }
    Map<Integer, CsvFeature> features = new LinkedHashMap<>();
    for (CsvFeature feature : schema.features()) {
      features.put(columns.take(feature.column()), feature);
    }
    for (int left : columns.left()) {
      String name = columns.names.get(left);
      Scaling scaling =
          schema
              .remaining()
              .orElseThrow(
                  () ->
                      new MalformedDataException(
                          file,
                          "column '"
                              + name
                              + "' is not in the schema; declare it numeric or categorical, ignore"
                              + " it, or give a scaling for the remaining columns"));
      features.put(left, new CsvFeature.Numeric(name, scaling));
    }
    return new CsvLayout(file, schema, columns.names, label, key, features);
  }

  /** Number of features of one row. */
  int width() {
    return width;
  }

  /** Names of the columns that become features, in order. */
  List<String> featureColumns() {
    return features.values().stream().map(CsvFeature::column).toList();
  }

  /**
   * Adds one record to {@code rows}, unless it is dropped for a missing value.
   *
   * @param line counted from 1, for errors
   * @param fileKey the key of a record when the schema names no key column; negative for none
   */
  void add(List<String> record, int line, int fileKey, RowCollector rows)
      throws MalformedDataException {
    if (record.size() != columns.size()) {
      throw new MalformedDataException(
          file,
          "line %d: expected %d columns, found %d".formatted(line, columns.size(), record.size()));
    }
    if (schema.missingValues() == MissingValues.DROP_ROW && anyMissing(record)) {
      return;
    }
    int position = label;
    try {
      int labelIndex = label(record.get(label));
      position = key;
      int keyIndex = key < 0 ? Math.max(fileKey, 0) : rows.key(key(record.get(key)));
      float[] row = new float[width];
      int at = 0;
      for (Map.Entry<Integer, CsvFeature> entry : features.entrySet()) {
        position = entry.getKey();
        encode(entry.getValue(), record.get(position), row, at);
        at += entry.getValue().width();
      }
      rows.add(row, labelIndex, keyIndex);
    } catch (CellException e) {
      throw new MalformedDataException(
          file, "line %d, column '%s': %s".formatted(line, columns.get(position), e.getMessage()));
    }
  }

  private boolean anyMissing(List<String> record) {
    return schema.isMissing(record.get(label))
        || (key >= 0 && schema.isMissing(record.get(key)))
        || features.keySet().stream().anyMatch(column -> schema.isMissing(record.get(column)));
  }

  private int label(String text) throws CellException {
    if (schema.isMissing(text)) {
      throw new CellException("label is missing; drop such rows or leave them out of the file");
    }
    OptionalInt index = schema.labelIndex().find(text);
    return index.orElseThrow(
        () ->
            new CellException(
                "label belongs to none of the classes "
                    + schema.classNames()
                    + "; state its class or map it to one of them"));
  }

  private String key(String text) throws CellException {
    if (schema.isMissing(text)) {
      throw new CellException("key is missing; every record must belong to a client");
    }
    return text;
  }

  private void encode(CsvFeature feature, String text, float[] row, int at) throws CellException {
    if (!schema.isMissing(text)) {
      feature.encode(text, row, at);
    } else if (schema.missingValues() == MissingValues.NEUTRAL) {
      feature.encodeMissing(row, at);
    } else {
      throw new CellException(
          "value is missing; choose what stands for it (NEUTRAL) or drop such rows (DROP_ROW)");
    }
  }

  /** The columns of a file while the schema claims them one by one. */
  private static final class Columns {
    private final String file;
    private final List<String> names;
    private final Map<String, Integer> positions = new HashMap<>();
    private final boolean[] taken;

    Columns(String file, boolean header, List<String> firstRecord) throws MalformedDataException {
      this.file = file;
      this.names =
          header
              ? firstRecord
              : IntStream.range(0, firstRecord.size()).mapToObj(String::valueOf).toList();
      this.taken = new boolean[names.size()];
      for (int i = 0; i < names.size(); i++) {
        if (positions.putIfAbsent(names.get(i), i) != null) {
          throw new MalformedDataException(
              file, "column names must be distinct, '" + names.get(i) + "' is repeated");
        }
      }
    }

    int take(String column) throws MalformedDataException {
      Integer position = positions.get(column);
      if (position == null
          && column.matches("\\d{1,6}")
          && Integer.parseInt(column) < taken.length) {
        position = Integer.parseInt(column);
      }
      if (position == null) {
        throw new MalformedDataException(
            file, "expected a column '" + column + "', found " + describe());
      }
      if (taken[position]) {
        throw new MalformedDataException(
            file, "column '" + column + "' is used twice in the schema");
      }
      taken[position] = true;
      return position;
    }

    List<Integer> left() {
      List<Integer> left = new ArrayList<>();
      for (int i = 0; i < taken.length; i++) {
        if (!taken[i]) {
          left.add(i);
        }
      }
      return left;
    }

    private String describe() {
      return names.size() <= 40 ? "columns " + names : names.size() + " columns";
    }
  }
}
