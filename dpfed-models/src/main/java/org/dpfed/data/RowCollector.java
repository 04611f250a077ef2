package org.dpfed.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * Gathers the rows of one file or several as they are read; the arrays double when they are full.
 */
final class RowCollector {
  private List<String> featureColumns = List.of();
  private int width;
  private float[] features = new float[0];
  private int[] labels = new int[64];
  private int[] keyOfRow = new int[64];
  private final Map<String, Integer> keys = new LinkedHashMap<>();
  private int rows;

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
      throw new MalformedDataException(
          file,
          "expected the features of the files before it, %s, found %s"
              .formatted(featureColumns, layout.featureColumns()));
    }
  }

  int rows() {
    return rows;
  }

  /** The number of {@code key}; keys are numbered as they appear. */
  int key(String key) {
    Integer known = keys.putIfAbsent(key, keys.size());
    return known == null ? keys.size() - 1 : known;
  }

  /** Adds one row, copied. */
  void add(float[] row, int label, int key) {
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

  LabelledData build(List<String> classNames) {
    LabelledData data =
        LabelledData.of(
            InputType.feedForward(width),
            Arrays.copyOf(features, rows * width),
            Arrays.copyOf(labels, rows),
            classNames);
    return keys.isEmpty()
        ? data
        : data.withKeys(new RowKeys(new ArrayList<>(keys.keySet()), Arrays.copyOf(keyOfRow, rows)));
  }
}
