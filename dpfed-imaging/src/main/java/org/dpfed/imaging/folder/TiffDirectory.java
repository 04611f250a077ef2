package org.dpfed.imaging.folder;

import java.nio.ByteBuffer;
import org.dpfed.data.MalformedDataException;

/** The directory of the only page of a TIFF file (TIFF revision 6.0, sections 2 and 8). */
final class TiffDirectory {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS_PER_SAMPLE = 258;
  private static final int ORIENTATION = 274;
  private static final int SAMPLES_PER_PIXEL = 277;
  private static final int TILE_WIDTH = 322;
  private static final int TILE_HEIGHT = 323;
  private static final int EXTRA_SAMPLES = 338;

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
    long tileWidth = 0;
    long tileHeight = 0;
    file.position(file.getInt(4));
    int entries = Short.toUnsignedInt(file.getShort());
    for (int i = 0; i < entries; i++) {
      int at = file.position();
      switch (Short.toUnsignedInt(file.getShort(at))) {
        case WIDTH -> width = value(file, at);
        case HEIGHT -> height = value(file, at);
        case BITS_PER_SAMPLE -> bits = bits(file, at);
        case ORIENTATION -> requireUpright(value(file, at), place);
        case SAMPLES_PER_PIXEL -> samples = value(file, at);
        case TILE_WIDTH -> tileWidth = value(file, at);
        case TILE_HEIGHT -> tileHeight = value(file, at);
        case EXTRA_SAMPLES -> throw transparent(place);
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
    if (samples < 1 || samples > 3 || bits < 1 || bits > 64) {
      throw place.problem("expected a grey or colour TIFF image, found another");
    }
    int bytes = samples * ((bits + 7) / 8);
    if (tileWidth * tileHeight * bytes > (long) ImageHeader.MOST_EXPANSION * file.limit()) {
      throw place.problem("expected tiles of a size that the file can hold, found larger ones");
    }
    return new ImageHeader(ImageHeader.Format.TIFF, width, height, bytes, false);
  }

  /** OpenCV turns TIFF images whether asked to or not, and masks would no longer fit. */
  private static void requireUpright(int orientation, MalformedDataException.Place place)
      throws MalformedDataException {
    if (orientation != 1) {
      throw place.problem(
          "expected a TIFF image whose first row is on top, found another orientation; save it upright");
    }
  }

  /** Whether colours are stored already mixed with black depends on who reads them. */
  private static MalformedDataException transparent(MalformedDataException.Place place) {
    return place.problem(
        "expected a TIFF image without transparency, found one with further channels; save it in grey or colour, or as PNG");
  }

  private static int value(ByteBuffer file, int entry) {
    return file.getShort(entry + 2) == SHORT
        ? Short.toUnsignedInt(file.getShort(entry + 8))
        : file.getInt(entry + 8);
  }

  /** Of the first sample; those of three are elsewhere in the file. */
  private static int bits(ByteBuffer file, int entry) {
    return file.getInt(entry + 4) > 2
        ? Short.toUnsignedInt(file.getShort(file.getInt(entry + 8)))
        : Short.toUnsignedInt(file.getShort(entry + 8));
  }
}
