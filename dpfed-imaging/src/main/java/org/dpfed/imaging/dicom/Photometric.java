package org.dpfed.imaging.dicom;

import java.util.Arrays;

/** What the numbers of a pixel mean (Part 3, C.7.6.3.1.2). Others are refused by name. */
public enum Photometric {
  /** Grey, the lowest is white. */
  MONOCHROME1(1, 1),
  /** Grey, the lowest is black. */
  MONOCHROME2(1, 1),
  /** One number that a palette turns into red, green and blue. */
  PALETTE_COLOR(1, 3),
  /** Red, green and blue. */
  RGB(3, 3),
  /** Luminance and two colour differences, turned into red, green and blue. */
  YBR_FULL(3, 3),
  /** The same, two pixels of a row sharing their colour differences. */
  YBR_FULL_422(3, 3);

  /** In Part 3, but only with compression that is not read, or retired. */
  private static final String[] REFUSED = {
    "YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT", "XYB", "HSV", "ARGB", "CMYK"
  };

  private final int samples;
  private final int channels;

  Photometric(int samples, int channels) {
    this.samples = samples;
    this.channels = channels;
  }

  /** Numbers of each pixel in the file. */
  int samples() {
    return samples;
  }

  /** Channels of the image that is read: 1 for grey, 3 for colours. */
  public int channels() {
    return channels;
  }

  /** Whether the numbers of the file have a unit, not a colour. */
  public boolean isGrey() {
    return channels == 1;
  }

  boolean isYbr() {
    return this == YBR_FULL || this == YBR_FULL_422;
  }

  static Photometric of(DataSet file) throws DicomException {
    String name = file.requiredAscii(Tag.PHOTOMETRIC).replace(' ', '_');
    for (Photometric photometric : values()) {
      if (photometric.name().equals(name)) {
        return photometric;
      }
    }
    String refused = Arrays.asList(REFUSED).contains(name) ? name : "one that is not known here";
    throw file.error(
        Tag.PHOTOMETRIC, refused + " is not read: convert the image to RGB or MONOCHROME2");
  }
}
