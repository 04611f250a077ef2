package org.dpfed.data;

import java.util.List;

/** The values to predict, one per row. */
sealed interface Targets {
  /** Number of rows. */
  int rows();

  /** Number of values that {@link #write} writes for a row. */
  int width();

  /**
   * Writes the target of one row.
   *
   * @param to zero where it is written
   */
  void write(int row, float[] to, int at);

  /** The targets of some rows, in the order given. */
  Targets select(int[] rows);

  /** One class among a public list, written as a one among zeros. */
  final class Classes implements Targets {
    private final int[] labels;
    private final List<String> names;

    /**
     * @param labels indices into {@code names}; owned by this object from now on
     * @param names at least 2, distinct
     */
    Classes(int[] labels, List<String> names) {
      this.labels = labels;
      this.names = List.copyOf(names);
      if (names.size() < 2 || names.stream().distinct().count() != names.size()) {
        throw new IllegalArgumentException(
            "classNames must be at least 2 distinct names, were " + names);
      }
      for (int row = 0; row < labels.length; row++) {
        if (labels[row] < 0 || labels[row] >= names.size()) {
          throw new IllegalArgumentException(
              "labels must be in [0, %d), the one of row %d is not".formatted(names.size(), row));
        }
      }
    }

    List<String> names() {
      return names;
    }

    int label(int row) {
      return labels[row];
    }

    @Override
    public int rows() {
      return labels.length;
    }

    @Override
    public int width() {
      return names.size();
    }

    @Override
    public void write(int row, float[] to, int at) {
      to[at + labels[row]] = 1;
    }

    @Override
    public Targets select(int[] rows) {
      int[] selected = new int[rows.length];
      for (int i = 0; i < rows.length; i++) {
        selected[i] = labels[rows[i]];
      }
      return new Classes(selected, names);
    }

    @Override
    public String toString() {
      return "classes " + names;
    }
  }

  /** One number to be estimated. */
  final class Numbers implements Targets {
    private final float[] values;

    /**
     * @param values finite; owned by this object from now on
     */
    Numbers(float[] values) {
      this.values = values;
      for (int row = 0; row < values.length; row++) {
        if (!Float.isFinite(values[row])) {
          throw new IllegalArgumentException(
              "targets must be finite, the one of row %d is not".formatted(row));
        }
      }
    }

    @Override
    public int rows() {
      return values.length;
    }

    @Override
    public int width() {
      return 1;
    }

    @Override
    public void write(int row, float[] to, int at) {
      to[at] = values[row];
    }

    @Override
    public Targets select(int[] rows) {
      float[] selected = new float[rows.length];
      for (int i = 0; i < rows.length; i++) {
        selected[i] = values[rows[i]];
      }
      return new Numbers(selected);
    }

    @Override
    public String toString() {
      return "one number";
    }
  }
}
