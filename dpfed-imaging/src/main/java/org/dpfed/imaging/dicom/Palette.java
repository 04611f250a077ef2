package org.dpfed.imaging.dicom;

import org.dpfed.imaging.Image;

/**
 * Three tables, for red, green and blue (Part 3, C.7.9).
 *
 * @param red for each stored number
 * @param green for each stored number
 * @param blue for each stored number
 */
record Palette(LookupTable red, LookupTable green, LookupTable blue) {
  static Palette of(DataSet file, PixelFormat format) throws DicomException {
    if (file.has(Tag.SEGMENTED_RED_DATA)) {
      throw file.error(
          Tag.SEGMENTED_RED_DATA, "is not read: convert the image to RGB or a plain palette");
    }
    boolean signed = format.signed();
    return new Palette(
        LookupTable.of(file, Tag.RED_DESCRIPTOR, Tag.RED_DATA, signed),
        LookupTable.of(file, Tag.GREEN_DESCRIPTOR, Tag.GREEN_DATA, signed),
        LookupTable.of(file, Tag.BLUE_DESCRIPTOR, Tag.BLUE_DATA, signed));
  }

  Image colours(PixelFormat format, Numbers numbers) {
    int pixels = format.pixelsPerFrame();
    float[] values = new float[3 * pixels];
    for (int i = 0; i < pixels; i++) {
      double stored = format.stored(numbers.integer(i, format.bitsAllocated()));
      values[i] = red.at(stored);
      values[pixels + i] = green.at(stored);
      values[2 * pixels + i] = blue.at(stored);
    }
    return new Image(3, format.rows(), format.columns(), values);
  }
}
