package org.dpfed.data;

import java.util.BitSet;
import java.util.List;

/** What is to be predicted of each row. */
sealed interface Targets {
  /** Classes that a mask can tell apart: they are bytes. */
  int MOST_CLASSES = 128;

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

  /**
   * The shape of what {@link #write} writes for a row, in 'c' order; a batch puts its size first.
   */
  long[] shape();

  /** Marks the classes that occur in a row; none where the target is a number. */
  void markClasses(int row, BitSet classes);

  /** The targets of some rows, in the order given. */
  Targets select(int[] rows);

  /**
   * @throws IllegalArgumentException unless there are at least 2 distinct names
   */
  private static void requireNames(List<String> names) {
    if (names.size() < 2 || names.stream().distinct().count() != names.size()) {
      throw new IllegalArgumentException(
          "classNames must be at least 2 distinct names, were " + names);
    }
  }

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
      requireNames(names);
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
    public long[] shape() {
      return new long[] {names.size()};
    }

    @Override
    public void write(int row, float[] to, int at) {
      to[at + labels[row]] = 1;
    }

    @Override
    public void markClasses(int row, BitSet classes) {
      classes.set(labels[row]);
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
    public long[] shape() {
      return new long[] {1};
    }

    @Override
    public void write(int row, float[] to, int at) {
      to[at] = values[row];
    }

    @Override
    public void markClasses(int row, BitSet classes) {}

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

  /** A class for each pixel, written as one plane of zeros and ones for each class. */
  final class Masks implements Targets {
    private final byte[] classes;
    private final int height;
    private final int width;
    private final List<String> names;

    /**
     * @param classes row after row, {@code height · width} for each, indices into {@code names};
     *     owned by this object from now on
     * @param height of a mask, 1 or more
     * @param width of a mask, 1 or more
     * @param names at least 2, distinct, 128 at most
     */
    Masks(byte[] classes, int height, int width, List<String> names) {
      this.classes = classes;
      this.height = height;
      this.width = width;
      this.names = List.copyOf(names);
      requireNames(names);
      if (names.size() > MOST_CLASSES) {
        throw new IllegalArgumentException(
            "classNames must be at most %d for masks, were %d"
                .formatted(MOST_CLASSES, names.size()));
      }
      int pixels = Math.multiplyExact(height, width);
      if (classes.length % pixels != 0) {
        throw new IllegalArgumentException(
            "masks must hold a multiple of %d values (%d rows of %d pixels), held %d"
                .formatted(pixels, height, width, classes.length));
      }
      for (int i = 0; i < classes.length; i++) {
        if (classes[i] < 0 || classes[i] >= names.size()) {
          throw new IllegalArgumentException(
              "masks must hold classes in [0, %d), mask %d does not"
                  .formatted(names.size(), i / pixels));
        }
      }
    }

    List<String> names() {
      return names;
    }

    private int pixels() {
      return height * width;
    }

    @Override
    public int rows() {
      return classes.length / pixels();
    }

    @Override
    public int width() {
      return Math.multiplyExact(names.size(), pixels());
    }

    @Override
    public long[] shape() {
      return new long[] {names.size(), height, width};
    }

    @Override
    public void write(int row, float[] to, int at) {
      for (int pixel = 0; pixel < pixels(); pixel++) {
        to[at + classes[row * pixels() + pixel] * pixels() + pixel] = 1;
      }
    }

    @Override
    public void markClasses(int row, BitSet marked) {
      for (int pixel = 0; pixel < pixels(); pixel++) {
        marked.set(classes[row * pixels() + pixel]);
      }
    }

    @Override
    public Targets select(int[] rows) {
      byte[] selected = new byte[Math.multiplyExact(rows.length, pixels())];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(classes, rows[i] * pixels(), selected, i * pixels(), pixels());
      }
      return new Masks(selected, height, width, names);
    }

    @Override
    public String toString() {
      return "a class of " + names + " for each pixel";
    }
  }
}
