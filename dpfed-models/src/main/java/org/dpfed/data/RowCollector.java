package org.dpfed.data;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** Collects the rows of one or several files; the arrays double when they are full. */
final class RowCollector {
  private final CsvSchema schema;
  private final KeyIndex keys;
  private List<String> featureColumns = List.of();
  private int width;
  private float[] features = new float[0];
  // Class indices too: there are far fewer classes than the 2²⁴ that a float counts.
  private float[] labels = new float[64];
  private int[] keyOfRow = new int[64];
  private int rows;
  private long dropped;

  RowCollector(CsvSchema schema) {
    this.schema = schema;
    this.keys = new KeyIndex(schema.similarKeys());
  }

  /**
   * Starts a file. The first fixes the features that every other must have.
   *
   * @throws MalformedDataException when this file's features are others
   */
  void begin(String file, CsvLayout layout) throws MalformedDataException {
    if (width == 0) {
      featureColumns = layout.featureColumns();
      width = layout.width();
      features = new float[Math.multiplyExact(labels.length, width)];
    } else if (!featureColumns.equals(layout.featureColumns())) {
      throw MalformedDataException.in(file)
          .problem(
              "expected the %d feature columns of the files before it, with the same names in the same order, found others (%d)"
                  .formatted(featureColumns.size(), layout.featureColumns().size()));
    }
  }

  int rows() {
    return rows;
  }

  /** Number of records left out for a missing value. */
  long dropped() {
    return dropped;
  }

  /** The number of {@code key}; keys are numbered as they appear. */
  int key(String key, String file, long line) throws CellException {
    return keys.of(key, file, line);
  }

  /** Counts a record that is left out. */
  void drop() {
    dropped++;
  }

  /** Adds one row, copied. */
  void add(float[] row, float label, int key) {
    if (rows == labels.length) {
      int capacity = Math.multiplyExact(rows, 2);
      features = Arrays.copyOf(features, Math.multiplyExact(capacity, width));
      labels = Arrays.copyOf(labels, capacity);
      keyOfRow = Arrays.copyOf(keyOfRow, capacity);
    }
    System.arraycopy(row, 0, features, rows * width, width);
    labels[rows] = label;
    keyOfRow[rows] = key;
    rows++;
  }

  /**
   * @param keySource what the key of a row is, for assumptions
   */
  LabelledData build(String keySource) {
    LabelledData data =
        LabelledData.of(
            InputType.feedForward(width),
            Arrays.copyOf(features, rows * width),
            schema.label().targets(Arrays.copyOf(labels, rows)));
    return keys.isEmpty()
        ? data
        : data.withKeys(
            new RowKeys(
                keys.names(), Arrays.copyOf(keyOfRow, rows), keySource, schema.similarKeys()));
  }
}
