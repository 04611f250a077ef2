package org.dpfed.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A schema laid over the columns of one file: which position holds what. */
final class CsvLayout {
  private final String file;
  private final CsvSchema schema;
  private final CsvColumns columns;
  private final int label;
  private final int key;
  private final Map<Integer, CsvFeature> features;
  private final int width;

  private CsvLayout(
      String file,
      CsvSchema schema,
      CsvColumns columns,
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
   * @param line where it stands
   * @throws MalformedDataException when a column is missing, stated twice or left unexplained, or
   *     when the header seems to be a record
   */
  static CsvLayout of(String file, CsvSchema schema, List<String> firstRecord, long line)
      throws MalformedDataException {
    CsvColumns columns = new CsvColumns(file, schema, firstRecord, line);
    int label = columns.claim(schema.label().column());
    int key = schema.keyColumn().isPresent() ? columns.claim(schema.keyColumn().get()) : -1;
    for (String ignored : schema.ignored()) {
      columns.ignore(ignored);
    }
    Map<Integer, CsvFeature> features = new LinkedHashMap<>();
    for (CsvFeature feature : schema.features()) {
      features.put(columns.claim(feature.column()), feature);
    }
    for (int left : columns.left()) {
      Scaling scaling = schema.remaining().orElseThrow();
      features.put(left, new CsvFeature.Numeric(columns.name(left), scaling));
    }
    return new CsvLayout(file, schema, columns, label, key, features);
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
  void add(List<String> record, long line, int fileKey, RowCollector rows)
      throws MalformedDataException {
    if (record.size() != columns.size()) {
      throw MalformedDataException.in(file)
          .line(line)
          .problem("expected %d columns, found %d".formatted(columns.size(), record.size()));
    }
    if (schema.missingValues() == MissingValues.DROP_ROW && anyMissing(record)) {
      rows.drop();
      return;
    }
    int position = label;
    try {
      float target = label(record.get(label));
      position = key;
      int keyIndex = key < 0 ? Math.max(fileKey, 0) : rows.key(key(record.get(key)), file, line);
      float[] row = new float[width];
      int at = 0;
      for (Map.Entry<Integer, CsvFeature> entry : features.entrySet()) {
        position = entry.getKey();
        encode(entry.getValue(), record.get(position), row, at);
        at += entry.getValue().width();
      }
      rows.add(row, target, keyIndex);
    } catch (CellException e) {
      throw MalformedDataException.in(file)
          .line(line)
          .column(columns.describe(position))
          .problem(e.getMessage());
    }
  }

  private boolean anyMissing(List<String> record) {
    return schema.isMissing(record.get(label))
        || (key >= 0 && schema.isMissing(record.get(key)))
        || features.keySet().stream().anyMatch(column -> schema.isMissing(record.get(column)));
  }

  private float label(String text) throws CellException {
    if (schema.isMissing(text)) {
      throw new CellException("label is missing; drop such rows or leave them out of the file");
    }
    return schema.label().read(text);
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
}
