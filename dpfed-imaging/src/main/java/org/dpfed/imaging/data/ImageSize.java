package org.dpfed.imaging.data;

import org.dpfed.imaging.Image;

/**
 * The size that images and masks are brought to by cropping and padding around their middle, which
 * keeps the size of a pixel. A public constant, chosen without looking at clients' images. Where a
 * side differs by an odd number, one row or column more is cropped before the middle, or padded
 * after it.
 *
 * @param height rows, 1 or more
 * @param width columns, 1 or more
 */
public record ImageSize(int height, int width) {
  /**
   * @throws IllegalArgumentException when a side is below 1
   */
  public ImageSize {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "height and width must be at least 1, were %d and %d".formatted(height, width));
    }
  }

  /**
   * An image of this size with the middle of another.
   *
   * @param padding the value of pixels that the other does not have, in its units
   */
  public Image fit(Image image, float padding) {
    float[] values =
        new float[Math.multiplyExact(image.channels(), Math.multiplyExact(height, width))];
    int top = before(image.height(), height);
    int left = before(image.width(), width);
    int at = 0;
    for (int channel = 0; channel < image.channels(); channel++) {
      for (int row = top; row < top + height; row++) {
        for (int column = left; column < left + width; column++) {
          boolean isInside =
              row >= 0 && row < image.height() && column >= 0 && column < image.width();
          values[at++] = isInside ? image.at(channel, row, column) : padding;
        }
      }
    }
    return new Image(image.channels(), height, width, values);
  }

  /** A mask of this size with the middle of another; pixels that the other lacks get class 0. */
  public Mask fit(Mask mask) {
    byte[] classes = new byte[Math.multiplyExact(height, width)];
    int top = before(mask.height(), height);
    int left = before(mask.width(), width);
    for (int row = Math.max(0, -top); row < height && row + top < mask.height(); row++) {
      for (int column = Math.max(0, -left);
          column < width && column + left < mask.width();
          column++) {
        classes[row * width + column] = (byte) mask.at(row + top, column + left);
      }
    }
    return new Mask(height, width, classes);
  }

  /** How much of a side is cropped before the middle; negative where it is padded. */
  private static int before(int from, int to) {
    return from > to ? (from - to + 1) / 2 : -((to - from) / 2);
  }
}
