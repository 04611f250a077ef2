package org.dpfed.data;

import java.util.List;

/**
 * Which key each row of a data set belongs to, such as the hospital that holds a record. A key
 * becomes a client and is never a feature.
 */
public final class RowKeys {
  private final List<String> names;
  private final int[] keyOfRow;

  /**
   * @param names the distinct keys; a key without rows is allowed
   * @param keyOfRow for each row an index into {@code names}; owned by this object from now on
   */
  public RowKeys(List<String> names, int[] keyOfRow) {
    this.names = List.copyOf(names);
    this.keyOfRow = keyOfRow;
    for (int row = 0; row < keyOfRow.length; row++) {
      if (keyOfRow[row] < 0 || keyOfRow[row] >= names.size()) {
        throw new IllegalArgumentException(
            "keyOfRow must be in [0, %d), was %d in row %d"
                .formatted(names.size(), keyOfRow[row], row));
      }
    }
  }

  /** The distinct keys, in the order of their indices. */
  public List<String> names() {
    return names;
  }

  /** Number of rows. */
  public int rows() {
    return keyOfRow.length;
  }

  /** The index into {@link #names} of the key of {@code row}. */
  public int keyOf(int row) {
    return keyOfRow[row];
  }

  /** The same keys for a selection of rows, in the order given. */
  RowKeys select(int[] rows) {
    int[] selected = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      selected[i] = keyOfRow[rows[i]];
    }
    return new RowKeys(names, selected);
  }
}
