package org.dpfed.imaging.dicom;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** RLE compression of one frame (Part 5, Annex G). */
final class RunLength {
  private static final int HEADER = 64;

  /** Two bytes stand for 128 at most. */
  private static final int MOST_EXPANSION = 64;

  private RunLength() {}

  /**
   * Decompresses a frame: one segment for each byte of the numbers of each colour, the highest byte
   * first.
   *
   * @param frame its fragments, one after the other
   * @return numbers colour after colour, each with its lowest byte first
   */
  static byte[] decompress(byte[] frame, PixelFormat format, String source) throws DicomException {
    int bytes = format.bytesPerNumber();
    int segments = format.samples() * bytes;
    int pixels = format.pixelsPerFrame();
    ByteBuffer header = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    if (frame.length < HEADER || header.getInt(0) != segments) {
      throw error(source, "do not have the segments that their format needs");
    }
    if ((long) segments * pixels > (long) frame.length * MOST_EXPANSION) {
      throw error(source, "are fewer than the image needs: the file is damaged or not complete");
    }
    byte[] numbers = new byte[segments * pixels];
    for (int segment = 0; segment < segments; segment++) {
      int start = header.getInt(4 + 4 * segment);
      int end = segment + 1 < segments ? header.getInt(8 + 4 * segment) : frame.length;
      if (start < HEADER || end < start || end > frame.length) {
        throw error(source, "have segments that do not follow each other");
      }
      int sample = segment / bytes;
      int lowerBytes = bytes - 1 - segment % bytes;
      int first = sample * pixels * bytes + lowerBytes;
      unpack(ByteBuffer.wrap(frame, start, end - start), numbers, first, bytes, pixels, source);
    }
    return numbers;
  }

  private static void unpack(
      ByteBuffer from, byte[] into, int first, int step, int count, String source)
      throws DicomException {
    int at = first;
    int left = count;
    while (left > 0) {
      int control = from.hasRemaining() ? from.get() : -128;
      boolean literal = control >= 0;
      int length = literal ? control + 1 : 1 - control;
      if (control == -128 && from.hasRemaining()) {
        continue; // Means nothing.
      }
      if (from.remaining() < (literal ? length : 1)) {
        throw error(source, "are fewer than the image needs: the file is damaged or not complete");
      }
      if (length > left) {
        throw error(source, "are more than the image needs");
      }
      byte same = literal ? 0 : from.get();
      for (int i = 0; i < length; i++, at += step) {
        into[at] = literal ? from.get() : same;
      }
      left -= length;
    }
  }

  private static DicomException error(String source, String problem) {
    return new DicomException(source, Tag.PIXELS, "runs (RLE) " + problem);
  }
}
