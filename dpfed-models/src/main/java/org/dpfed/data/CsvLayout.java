package org.dpfed.data;

import java.util.List;

/** A schema applied to the columns of one file: the meaning of each position. */
final class CsvLayout {
  private final MalformedDataException.Place file;
  private final String name;
  private final CsvSchema schema;
  private final CsvColumns columns;
  private final int label;
  private final int key;
  private final FeatureColumns features;

  private CsvLayout(
      String name,
      CsvSchema schema,
      CsvColumns columns,
      int label,
      int key,
      FeatureColumns features) {
    this.file = MalformedDataException.in(name);
    this.name = name;
    this.schema = schema;
    this.columns = columns;
    this.label = label;
    this.key = key;
    this.features = features;
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
    int label = columns.claimValues(schema.label().column());
    int key = schema.keyColumn().isPresent() ? columns.claimValues(schema.keyColumn().get()) : -1;
    for (String ignored : schema.ignored()) {
      columns.ignore(ignored);
    }
    return new CsvLayout(file, schema, columns, label, key, new FeatureColumns(schema, columns));
  }

  /** Number of features of one row. */
  int width() {
    return features.width();
  }

  /** What becomes features, in order. */
  List<CsvFeature> features() {
    return features.features();
  }

  /** Names of the columns that become features, in order. */
  List<String> featureColumns() {
    return features().stream().map(CsvFeature::column).toList();
  }

  /**
   * Adds one record to {@code rows}, unless it is dropped for a missing value.
   *
   * @param line counted from 1, for errors
   * @param fileKey the key of a record when the schema names no key column; negative for none
   */
  void add(List<String> record, long line, int fileKey, RowCollector rows)
      throws MalformedDataException {
    MalformedDataException.Place place = file.line(line);
    columns.requireWhole(record, place);
    if (schema.missingValues() == MissingValues.DROP_ROW && anyMissing(record)) {
      rows.drop();
      return;
    }
    int position = label;
    try {
      float target = label(record.get(label));
      position = key;
      int keyIndex = key < 0 ? Math.max(fileKey, 0) : rows.key(key(record.get(key)), name, line);
      rows.add(features.row(record, place), target, keyIndex);
    } catch (CellException e) {
      throw place.column(columns.describe(position)).problem(e.getMessage());
    }
  }

  private boolean anyMissing(List<String> record) {
    return schema.isMissing(record.get(label))
        || (key >= 0 && schema.isMissing(record.get(key)))
        || features.anyMissing(record);
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
}
