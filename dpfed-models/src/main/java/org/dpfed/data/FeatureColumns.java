package org.dpfed.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The columns of one file that become features, in the order of the features. */
final class FeatureColumns {
  private final CsvSchema schema;
  private final CsvColumns columns;
  private final Map<Integer, CsvFeature> byPosition = new LinkedHashMap<>();
  private final int width;

  /**
   * Claims the columns.
   *
   * @param columns of which those that are no features were claimed before
   * @throws MalformedDataException when a column is missing or left unexplained
   */
  FeatureColumns(CsvSchema schema, CsvColumns columns) throws MalformedDataException {
    this.schema = schema;
    this.columns = columns;
    for (CsvFeature feature : schema.features()) {
      boolean isNumber = feature instanceof CsvFeature.Numeric;
      String column = feature.column();
      byPosition.put(isNumber ? columns.claim(column) : columns.claimValues(column), feature);
    }
    for (int left : columns.left()) {
      Scaling scaling = schema.remaining().orElseThrow();
      byPosition.put(left, new CsvFeature.Numeric(columns.name(left), scaling));
    }
    this.width = byPosition.values().stream().mapToInt(CsvFeature::width).sum();
  }

  /** Number of features of one row. */
  int width() {
    return width;
  }

  /** What becomes of each column. */
  List<CsvFeature> features() {
    return List.copyOf(byPosition.values());
  }

  /** Whether one of the values is missing. */
  boolean anyMissing(List<String> record) {
    return byPosition.keySet().stream().anyMatch(column -> schema.isMissing(record.get(column)));
  }

  /**
   * The features of one record.
   *
   * @param place of the record, for errors
   */
  float[] row(List<String> record, MalformedDataException.Place place)
      throws MalformedDataException {
    float[] row = new float[width];
    int at = 0;
    for (Map.Entry<Integer, CsvFeature> entry : byPosition.entrySet()) {
      try {
        encode(entry.getValue(), record.get(entry.getKey()), row, at);
      } catch (CellException e) {
        throw place.column(columns.describe(entry.getKey())).problem(e.getMessage());
      }
      at += entry.getValue().width();
    }
    return row;
  }

  private void encode(CsvFeature feature, String text, float[] row, int at) throws CellException {
    if (!schema.isMissing(text)) {
      feature.encode(text, row, at);
    } else if (schema.missingValues() == MissingValues.NEUTRAL) {
      feature.encodeMissing(row, at);
    } else {
      throw new CellException(
          "value is missing; use the neutral value of the column (data.onMissing: neutral) or drop such rows (data.onMissing: drop-row)");
    }
  }
}
