package org.dpfed.imaging.dicom;

import org.dpfed.imaging.Image;

/**
 * Luminance and colour differences of 8 bits as red, green and blue: the inverse of the equations
 * for YBR_FULL in Part 3, C.7.6.3.1.2, rounded, halves up, and limited to 0 to 255.
 */
final class Ybr {
  private static final double RED = 0.299;
  private static final double GREEN = 0.587;
  private static final double BLUE = 0.114;

  private Ybr() {}

  static Image colours(PixelFormat format, Numbers numbers, boolean planar) {
    int pixels = format.pixelsPerFrame();
    float[] values = new float[3 * pixels];
    for (int i = 0; i < pixels; i++) {
      // Two pixels are stored as Y, Y, B, R.
      boolean pairs = format.isSubsampled();
      int pair = i / 2 * 4;
      int y = pairs ? pair + i % 2 : planar ? i : 3 * i;
      int b = pairs ? pair + 2 : planar ? pixels + i : 3 * i + 1;
      int r = pairs ? pair + 3 : planar ? 2 * pixels + i : 3 * i + 2;
      double luminance = numbers.integer(y, 8);
      double blueness = 2 * (1 - BLUE) * (numbers.integer(b, 8) - 128);
      double redness = 2 * (1 - RED) * (numbers.integer(r, 8) - 128);
      values[i] = rounded(luminance + redness);
      values[pixels + i] = rounded(luminance - (BLUE * blueness + RED * redness) / GREEN);
      values[2 * pixels + i] = rounded(luminance + blueness);
    }
    return new Image(3, format.rows(), format.columns(), values);
  }

  private static float rounded(double value) {
    return (float) Math.min(Math.max(Math.floor(value + 0.5), 0), 255);
  }
}
