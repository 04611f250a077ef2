package org.dpfed.imaging.folder;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.dpfed.data.MalformedDataException;

/**
 * What the first bytes of an image file say, so that a file is refused before a decoder makes room
 * for it: PNG (W3C recommendation, section 11), JPEG (ITU-T T.81, annex B), TIFF (revision 6.0).
 *
 * @param width of the pixels as stored
 * @param height of the pixels as stored
 * @param samples of a pixel, at least 1
 * @param bits of a sample; more than 16 are those of a floating-point number
 * @param hasAlpha whether pixels can be transparent
 */
record ImageHeader(Format format, int width, int height, int samples, int bits, boolean hasAlpha) {
  /** The formats that are read. */
  enum Format {
    PNG,
    JPEG,
    TIFF
  }

  /** Deflate reaches this, and other compressions stay below where an image shows something. */
  static final int MOST_EXPANSION = 1032;

  /** 67 million pixels: the largest X-rays have 30 million. */
  private static final int MOST_PIXELS = 1 << 26;

  private static final long PNG_SIGNATURE = 0x89504e470d0a1a0aL;

  /**
   * @param file all of its bytes
   * @throws MalformedDataException when it is no image, or one of a kind that is refused
   */
  static ImageHeader of(byte[] file, MalformedDataException.Place place)
      throws MalformedDataException {
    ImageHeader header;
    try {
      header = parse(ByteBuffer.wrap(file), place);
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      // Positions beyond the end of the file, of whatever size and sign.
      throw place.problem("expected a whole image, found a damaged or shortened one");
    }
    if (header.width < 1 || header.height < 1) {
      throw place.problem("expected an image of at least one pixel, found another");
    }
    long pixels = (long) header.width * header.height;
    if (pixels > MOST_PIXELS) {
      throw place.problem(
          "expected an image of at most %d pixels, found a larger one; cut it into tiles"
              .formatted(MOST_PIXELS));
    }
    if (pixels * bytes(header.samples, header.bits) > (long) MOST_EXPANSION * file.length) {
      throw place.problem(
          "expected as many pixels as the file can hold, found a header that says more");
    }
    return header;
  }

  /** Of a pixel when unpacked. */
  static int bytes(int samples, int bits) {
    return samples * ((bits + 7) / 8);
  }

  private static ImageHeader parse(ByteBuffer file, MalformedDataException.Place place)
      throws MalformedDataException {
    if (file.getLong(0) == PNG_SIGNATURE) {
      return png(file.position(8));
    }
    if (file.getShort(0) == (short) 0xffd8) {
      return jpeg(file.position(2), place);
    }
    short order = file.getShort(0);
    if (order == 0x4949 || order == 0x4d4d) {
      return TiffDirectory.header(
          file.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN), place);
    }
    throw place.problem("expected a PNG, JPEG or TIFF image, found other bytes");
  }

  private static ImageHeader png(ByteBuffer file) {
    file.getLong();
    int width = file.getInt();
    int height = file.getInt();
    int bits = file.get();
    int colours = file.get();
    boolean hasAlpha = colours == 4 || colours == 6;
    int samples = colours == 2 ? 3 : colours == 6 ? 4 : colours == 4 ? 2 : 1;
    file.position(8);
    for (int type = 0; type != 0x49444154; ) {
      long length = Integer.toUnsignedLong(file.getInt());
      type = file.getInt();
      hasAlpha |= type == 0x74524e53;
      if (type != 0x49444154) {
        file.position(Math.toIntExact(file.position() + length + 4));
      }
    }
    return new ImageHeader(Format.PNG, width, height, samples, bits, hasAlpha);
  }

  private static ImageHeader jpeg(ByteBuffer file, MalformedDataException.Place place)
      throws MalformedDataException {
    if (file.getShort(file.limit() - 2) != (short) 0xffd9) {
      throw place.problem("expected a JPEG image with its end, found a shortened one");
    }
    while (true) {
      int marker = Short.toUnsignedInt(file.getShort());
      if (marker == 0xffff) {
        // Any number of these bytes may precede a marker (section B.1.1.2).
        file.position(file.position() - 1);
        continue;
      }
      int length = Short.toUnsignedInt(file.getShort());
      // The markers that begin a frame; 0xc4, 0xc8 and 0xcc, among them, mean something else.
      boolean isFrame =
          marker >= 0xffc0
              && marker <= 0xffcf
              && marker != 0xffc4
              && marker != 0xffc8
              && marker != 0xffcc;
      if (isFrame) {
        file.get();
        int height = Short.toUnsignedInt(file.getShort());
        int width = Short.toUnsignedInt(file.getShort());
        int samples = file.get();
        if (samples != 1 && samples != 3) {
          throw place.problem(
              "expected a grey or colour JPEG image, found another, such as one for printing (CMYK); save it in colour");
        }
        return new ImageHeader(Format.JPEG, width, height, samples, 8, false);
      }
      if (marker < 0xff00 || length < 2) {
        throw place.problem("expected segments of a JPEG image, found other bytes between them");
      }
      file.position(file.position() + length - 2);
    }
  }
}
