package org.dpfed.imaging.data;

import java.util.Arrays;

/**
 * The class of each pixel of one image: rows from the top, columns from the left. Classes are
 * indices into a list of names that is kept elsewhere.
 */
public final class Mask {
  /** Classes that a mask can tell apart, counted from 0. */
  public static final int MOST_CLASSES = 128;

  private final int height;
  private final int width;
  private final byte[] classes;

  /**
   * @param height rows, 1 or more
   * @param width columns, 1 or more
   * @param classes {@code height · width} of them, 0 to 127; kept, not copied, so the caller gives
   *     them away
   * @throws IllegalArgumentException when a size is below 1, or the classes do not fill the mask
   */
  public Mask(int height, int width, byte[] classes) {
    if (height < 1 || width < 1 || classes.length != (long) height * width) {
      throw new IllegalArgumentException(
          "a mask of %d × %d needs at least one row and column, and as many classes, got %d"
              .formatted(height, width, classes.length));
    }
    this.height = height;
    this.width = width;
    this.classes = classes;
  }

  /** Number of rows. */
  public int height() {
    return height;
  }

  /** Number of columns. */
  public int width() {
    return width;
  }

  /**
   * The class of one pixel.
   *
   * @throws IndexOutOfBoundsException when the position is outside the mask
   */
  public int at(int row, int column) {
    if (row < 0 || row >= height || column < 0 || column >= width) {
      throw new IndexOutOfBoundsException(
          "position %d, %d is outside a mask of %d × %d".formatted(row, column, height, width));
    }
    return classes[row * width + column];
  }

  /** Writes all classes, row after row, to {@code target} from {@code at} on. */
  void copyTo(byte[] target, int at) {
    System.arraycopy(classes, 0, target, at, classes.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Mask mask
        && height == mask.height
        && width == mask.width
        && Arrays.equals(classes, mask.classes);
  }

  @Override
  public int hashCode() {
    return 31 * height + Arrays.hashCode(classes);
  }

  /** Its size alone: no class goes into a log. */
  @Override
  public String toString() {
    return "mask of %d × %d".formatted(height, width);
  }
}
