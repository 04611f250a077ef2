package org.dpfed.imaging.dicom;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.dpfed.imaging.Image;

/** Reads the bytes of frames and has them decoded. */
final class PixelReader {
  /** The header of a fragment and that of its runs. */
  private static final int LEAST_FRAME = 72;

  private final String source;
  private final Cursor cursor;
  private final PixelElement pixels;
  private final PixelFormat format;

  PixelReader(String source, Cursor cursor, PixelElement pixels, PixelFormat format) {
    this.source = source;
    this.cursor = cursor;
    this.pixels = pixels;
    this.format = format;
  }

  /** Refuses pixels that are not as many as the format needs; zeros may follow, as padding. */
  void checkLength(TransferSyntax syntax) throws IOException {
    if (pixels.isInFragments() != (syntax == TransferSyntax.RLE)) {
      throw error(
          pixels.isInFragments()
              ? "are in fragments, which its Transfer Syntax does not allow"
              : "are not in fragments, which RLE needs");
    }
    if (pixels.isInFragments()) {
      if (format.frames() > cursor.size() / LEAST_FRAME) {
        throw error("are fewer than Number of Frames needs");
      }
      if (pixels.tag() != Tag.PIXELS || format.bitsAllocated() == 1 || format.isSubsampled()) {
        throw error("of this format are not allowed in RLE: " + TransferSyntax.REMEDY);
      }
      return;
    }
    if (format.frames() > 8 * pixels.length() / format.bitsPerFrame()) {
      throw error("are fewer than the image needs: the file is damaged or not complete");
    }
    long needed = (format.frames() * format.bitsPerFrame() + 7) / 8;
    if (pixels.length() - needed > Math.max(1, format.bitsPerFrame() / 8 - 1)) {
      throw error("are enough for more frames than Number of Frames says");
    }
    // The byte that makes the length even may be anything.
    for (long at = needed + needed % 2; at < pixels.length(); at++) {
      if (cursor.unsignedByte(pixels.start() + at) != 0) {
        throw error("are more than the image needs");
      }
    }
  }

  List<Image> read(int first, int end, FrameDecoder decoder) throws IOException {
    List<Image> images = new ArrayList<>();
    if (pixels.isInFragments()) {
      Fragments fragments = Fragments.find(cursor, source, pixels.start(), format.frames());
      for (int frame = first; frame < end; frame++) {
        byte[] numbers = RunLength.decompress(fragments.frame(cursor, frame), format, source);
        images.add(decoder.decode(frame, new Numbers(numbers, 0, false), true));
      }
      return images;
    }
    for (int frame = first; frame < end; frame++) {
      long firstBit = frame * format.bitsPerFrame();
      long firstByte = firstBit / 8;
      int length = (int) ((firstBit + format.bitsPerFrame() + 7) / 8 - firstByte);
      Numbers numbers =
          new Numbers(bytes(firstByte, length), (int) (firstBit % 8), pixels.bigEndian());
      images.add(decoder.decode(frame, numbers, format.planar()));
    }
    return images;
  }

  /** Bytes of the value. In big-endian words of 16 bits, the second byte comes first. */
  private byte[] bytes(long from, int length) throws IOException {
    boolean swapped =
        pixels.bigEndian() && pixels.representation().equals("OW") && format.bitsAllocated() <= 8;
    if (!swapped) {
      return cursor.bytes(pixels.start() + from, length);
    }
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) cursor.unsignedByte(pixels.start() + ((from + i) ^ 1));
    }
    return bytes;
  }

  private DicomException error(String problem) {
    return new DicomException(source, pixels.tag(), problem);
  }
}
