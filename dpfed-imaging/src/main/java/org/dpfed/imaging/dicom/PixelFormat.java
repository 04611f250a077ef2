package org.dpfed.imaging.dicom;

import java.util.Optional;

/**
 * How pixels are stored (Part 3, C.7.6.3; Part 5, section 8).
 *
 * @param rows of a frame
 * @param columns of a frame
 * @param frames number of them
 * @param photometric meaning of the numbers
 * @param planar whether each frame is stored colour after colour, not pixel after pixel
 * @param bitsAllocated of each number: 1, 8, 16, 32, or 64 for doubles
 * @param bitsStored of them, those that count
 * @param highBit the highest of those
 * @param signed whether those are in two's complement
 */
record PixelFormat(
    int rows,
    int columns,
    int frames,
    Photometric photometric,
    boolean planar,
    int bitsAllocated,
    int bitsStored,
    int highBit,
    boolean signed) {

  static PixelFormat of(DataSet file, PixelElement pixels) throws DicomException {
    Photometric photometric = Photometric.of(file);
    int samples = file.requiredNumber(Tag.SAMPLES);
    if (samples != photometric.samples()) {
      throw file.error(
          Tag.SAMPLES, "must be " + photometric.samples() + " for " + photometric.name());
    }
    int allocated = file.requiredNumber(Tag.BITS_ALLOCATED);
    boolean integers = pixels.tag() == Tag.PIXELS;
    int stored = integers ? file.requiredNumber(Tag.BITS_STORED) : allocated;
    PixelFormat format =
        new PixelFormat(
            positive(file, Tag.ROWS),
            positive(file, Tag.COLUMNS),
            frames(file),
            photometric,
            samples > 1 && flag(file, Tag.PLANAR),
            allocated,
            stored,
            integers ? file.requiredNumber(Tag.HIGH_BIT) : allocated - 1,
            integers && flag(file, Tag.SIGNED));
    format.check(file, pixels);
    return format;
  }

  private static int positive(DataSet file, Tag tag) throws DicomException {
    int number = file.requiredNumber(tag);
    if (number == 0) {
      throw file.error(tag, "must be at least 1");
    }
    return number;
  }

  private static boolean flag(DataSet file, Tag tag) throws DicomException {
    int number = file.requiredNumber(tag);
    if (number > 1) {
      throw file.error(tag, "must be 0 or 1");
    }
    return number == 1;
  }

  private static int frames(DataSet file) throws DicomException {
    Optional<Double> frames = file.decimalNumber(Tag.FRAMES);
    if (frames.isEmpty()) {
      return 1;
    }
    double number = frames.get();
    if (number < 1 || number > Integer.MAX_VALUE || number != Math.rint(number)) {
      throw file.error(Tag.FRAMES, "must be a whole number from 1 on");
    }
    return (int) number;
  }

  private void check(DataSet file, PixelElement pixels) throws DicomException {
    switch (pixels.tag()) {
      case FLOAT_PIXELS -> require(file, bitsAllocated == 32, "must be 32 for floats");
      case DOUBLE_PIXELS -> require(file, bitsAllocated == 64, "must be 64 for doubles");
      default ->
          require(
              file,
              bitsAllocated == 1
                  || bitsAllocated == 8
                  || bitsAllocated == 16
                  || bitsAllocated == 32,
              "must be 1, 8, 16 or 32: others are not read");
    }
    require(file, pixels.tag() == Tag.PIXELS || photometric.isGrey(), "floats must be grey pixels");
    require(file, bitsAllocated > 1 || (!signed && samples() == 1), "1 must be unsigned and grey");
    require(file, !photometric.isYbr() || isPlainByte(), "YBR colours must be 8 bits, unsigned");
    if (bitsStored < 1 || bitsStored > bitsAllocated) {
      throw file.error(Tag.BITS_STORED, "must be 1 to Bits Allocated");
    }
    if (highBit < bitsStored - 1 || highBit >= bitsAllocated) {
      throw file.error(Tag.HIGH_BIT, "must leave the stored bits within Bits Allocated");
    }
    if (isSubsampled() && (columns % 2 != 0 || planar)) {
      throw file.error(
          Tag.PHOTOMETRIC, "YBR_FULL_422 needs an even number of columns, pixel after pixel");
    }
    if ((long) rows * columns * Math.max(samples() * bytesPerNumber(), photometric.channels())
        > Integer.MAX_VALUE - 64) {
      throw file.error(Tag.ROWS, "with columns and channels is more than fits in memory");
    }
    if (pixels.bigEndian() && bitsAllocated == 32 && pixels.representation().equals("OW")) {
      throw file.error(
          Tag.PIXELS,
          "32 bits in big-endian words of 16 are written in two ways, and nothing says which: "
              + TransferSyntax.REMEDY);
    }
  }

  private static void require(DataSet file, boolean holds, String problem) throws DicomException {
    if (!holds) {
      throw file.error(Tag.BITS_ALLOCATED, problem);
    }
  }

  private boolean isPlainByte() {
    return bitsAllocated == 8 && bitsStored == 8 && !signed;
  }

  boolean isSubsampled() {
    return photometric == Photometric.YBR_FULL_422;
  }

  int samples() {
    return photometric.samples();
  }

  int bytesPerNumber() {
    return (bitsAllocated + 7) / 8;
  }

  int pixelsPerFrame() {
    return rows * columns;
  }

  /** Numbers of a frame as they are stored. */
  int numbersPerFrame() {
    return isSubsampled() ? 2 * pixelsPerFrame() : samples() * pixelsPerFrame();
  }

  long bitsPerFrame() {
    return (long) numbersPerFrame() * bitsAllocated;
  }

  /** The smallest number that the stored bits can mean. */
  double smallest() {
    return signed ? -Math.scalb(1.0, bitsStored - 1) : 0;
  }

  /** The largest number that the stored bits can mean. */
  double largest() {
    return Math.scalb(1.0, signed ? bitsStored - 1 : bitsStored) - 1;
  }

  /** The number in the stored bits: those outside are dropped, the sign is extended. */
  double stored(long allocated) {
    long upper = allocated << (63 - highBit);
    long number = signed ? upper >> (64 - bitsStored) : upper >>> (64 - bitsStored);
    return (double) number; // Exact: it has 32 bits at most.
  }
}
