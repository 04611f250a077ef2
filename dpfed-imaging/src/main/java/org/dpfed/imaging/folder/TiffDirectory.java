package org.dpfed.imaging.folder;

import java.nio.ByteBuffer;
import org.dpfed.data.MalformedDataException;

/** The directory of the only page of a TIFF file (TIFF revision 6.0, sections 2, 8 and 19). */
final class TiffDirectory {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS_PER_SAMPLE = 258;
  private static final int PHOTOMETRIC = 262;
  private static final int ORIENTATION = 274;
  private static final int SAMPLES_PER_PIXEL = 277;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int EXTRA_SAMPLES = 338;

  private static final int SAMPLE_FORMAT = 339;

  private static final int UNSIGNED = 1;
  private static final int FLOAT = 3;
  private static final int WHITE_IS_ZERO = 0;

  private static final int SHORT = 3;
  private static final int ENTRY_BYTES = 12;

  private TiffDirectory() {}

  static ImageHeader header(ByteBuffer file, MalformedDataException.Place place)
      throws MalformedDataException {
    if (file.getShort(2) != 42) {
      throw place.problem("expected a TIFF image with 32-bit offsets, found another");
    }
    int width = 0;
    int height = 0;
    int bits = 1;
    int samples = 1;
    int format = UNSIGNED;
    long tileWidth = 0;
    long tileHeight = 0;
    file.position(file.getInt(4));
    int entries = Short.toUnsignedInt(file.getShort());
    for (int i = 0, last = 0; i < entries; i++) {
      int at = file.position();
      int tag = Short.toUnsignedInt(file.getShort(at));
      if (tag <= last) {
        // Which of two entries counts depends on who reads them.
        throw place.problem(
            "expected the entries of a TIFF image in the order of their tags, found others; save it anew");
      }
      last = tag;
      switch (tag) {
        case WIDTH -> width = value(file, at);
        case HEIGHT -> height = value(file, at);
        case BITS_PER_SAMPLE -> bits = first(file, at);
        case PHOTOMETRIC -> requireBlackIsZero(value(file, at), place);
        case ORIENTATION -> requireUpright(value(file, at), place);
        case SAMPLES_PER_PIXEL -> samples = value(file, at);
        case TILE_WIDTH -> tileWidth = value(file, at);
        case TILE_HEIGHT -> tileHeight = value(file, at);
        case EXTRA_SAMPLES -> throw transparent(place);
        case SAMPLE_FORMAT -> format = first(file, at);
        default -> {
          // Says nothing about the size.
        }
      }
      file.position(at + ENTRY_BYTES);
    }
    if (file.getInt() != 0) {
      throw place.problem(
          "expected a TIFF image of one page, found several; save each page as a file");
    }
    if (samples == 2 || samples == 4) {
      throw transparent(place);
    }
    if (samples < 1 || samples > 3) {
      throw place.problem("expected a grey or colour TIFF image, found another");
    }
    boolean isUnsigned = format == UNSIGNED && (bits == 16 || (bits <= 8 && 8 % bits == 0));
    if (!isUnsigned && !(format == FLOAT && bits == Float.SIZE)) {
      throw place.problem(
          "expected a TIFF image of unsigned integers of up to 16 bits or floating-point numbers of 32, found others, such as signed integers; convert it");
    }
    long tile = Math.multiplyExact(tileWidth, tileHeight);
    if (Math.multiplyExact(tile, ImageHeader.bytes(samples, bits))
        > (long) ImageHeader.MOST_EXPANSION * file.limit()) {
      throw place.problem("expected tiles of a size that the file can hold, found larger ones");
    }
    return new ImageHeader(ImageHeader.Format.TIFF, width, height, samples, bits, false);
  }

  /** OpenCV turns TIFF images whether asked to or not, and masks would no longer fit. */
  private static void requireUpright(int orientation, MalformedDataException.Place place)
      throws MalformedDataException {
    if (orientation != 1) {
      throw place.problem(
          "expected a TIFF image whose first row is on top, found another orientation; save it upright");
    }
  }

  /** OpenCV inverts such images of 8 bits, and no others. */
  private static void requireBlackIsZero(int photometric, MalformedDataException.Place place)
      throws MalformedDataException {
    if (photometric == WHITE_IS_ZERO) {
      throw place.problem(
          "expected a TIFF image in which 0 is black (BlackIsZero), found one in which it is white (WhiteIsZero); save it with black as 0");
    }
  }

  /** Whether colours are stored already mixed with black depends on who reads them. */
  private static MalformedDataException transparent(MalformedDataException.Place place) {
    return place.problem(
        "expected a TIFF image without transparency, found one with further channels; save it in grey or colour, or as PNG");
  }

  private static int value(ByteBuffer file, int entry) {
    if (file.getShort(entry + 2) == SHORT) {
      return Short.toUnsignedInt(file.getShort(entry + 8));
    }
    // Throws where an unsigned number is beyond an int.
    return Math.toIntExact(Integer.toUnsignedLong(file.getInt(entry + 8)));
  }

  /** Of the first sample; those of three are elsewhere in the file. */
  private static int first(ByteBuffer file, int entry) {
    return file.getInt(entry + 4) > 2
        ? Short.toUnsignedInt(file.getShort(file.getInt(entry + 8)))
        : Short.toUnsignedInt(file.getShort(entry + 8));
  }
}
