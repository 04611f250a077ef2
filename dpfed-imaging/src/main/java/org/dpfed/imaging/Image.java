package org.dpfed.imaging;

import java.util.Arrays;

/**
 * One 2-D image: channels first, rows from the top, columns from the left, as Deeplearning4j's NCHW
 * arrays hold one example. Colours are in the order red, green, blue. Values are those of the file
 * in its own units, such as 0 to 255, or Hounsfield units of a CT; nothing is normalised.
 */
public final class Image {
  private final int channels;
  private final int height;
  private final int width;
  private final float[] values;

  /**
   * @param channels 1 or more
   * @param height rows, 1 or more
   * @param width columns, 1 or more
   * @param values {@code channels · height · width} of them; kept, not copied, so the caller gives
   *     them away
   * @throws IllegalArgumentException when a size is below 1, or the values do not fill the image
   */
  public Image(int channels, int height, int width, float[] values) {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "an image needs at least one channel, row and column, was %d × %d × %d"
              .formatted(channels, height, width));
    }
    if (values.length != (long) channels * height * width) {
      throw new IllegalArgumentException(
          "an image of %d × %d × %d needs as many values, got %d"
              .formatted(channels, height, width, values.length));
    }
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.values = values;
  }

  /** Number of channels: 1 for grey, 3 for colour. */
  public int channels() {
    return channels;
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
   * One value.
   *
   * @throws IndexOutOfBoundsException when a position is outside the image
   */
  public float at(int channel, int row, int column) {
    checkIndex(channel, channels, "channel");
    checkIndex(row, height, "row");
    checkIndex(column, width, "column");
    return values[(channel * height + row) * width + column];
  }

  private static void checkIndex(int index, int size, String what) {
    if (index < 0 || index >= size) {
      throw new IndexOutOfBoundsException(
          "%s %d is outside 0 to %d".formatted(what, index, size - 1));
    }
  }

  /** All values, channel after channel and row after row: a copy for the caller. */
  public float[] values() {
    return values.clone();
  }

  /**
   * Writes all values, in the order of {@link #values}.
   *
   * @param target gets them from {@code at} on
   * @throws IndexOutOfBoundsException when they do not fit
   */
  public void copyTo(float[] target, int at) {
    System.arraycopy(values, 0, target, at, values.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Image image
        && channels == image.channels
        && height == image.height
        && width == image.width
        && Arrays.equals(values, image.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * channels + height) + Arrays.hashCode(values);
  }

  /** Its size alone: no pixel goes into a log. */
  @Override
  public String toString() {
    return "image of %d channels, %d × %d".formatted(channels, height, width);
  }
}
