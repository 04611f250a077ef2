package org.dpfed.imaging.dicom;

import org.dpfed.imaging.Image;

/**
 * Chooses the values of interest of a grey image and maps them to 0 to 1 (Part 3, C.11.2). A file
 * only proposes it: nothing applies one unasked.
 */
public sealed interface Voi permits Window, VoiTable {
  /** What one value in the units of the modality becomes, from 0 to 1. */
  double apply(double value);

  /**
   * What an image becomes. For MONOCHROME1 0 is white then: see {@link DicomFile#windowed}.
   *
   * @param image in the units of the modality, one channel
   * @throws IllegalArgumentException when it has colours
   */
  default Image apply(Image image) {
    if (image.channels() != 1) {
      throw new IllegalArgumentException(
          "a window is for grey images, this one has %d channels".formatted(image.channels()));
    }
    float[] values = image.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) apply(values[i]);
    }
    return new Image(1, image.height(), image.width(), values);
  }
}
