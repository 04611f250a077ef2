package org.dpfed.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The content of one IDX file of unsigned bytes: a magic number that tells type and number of axes,
 * the size of each axis, the values in 'c' order (LeCun, Cortes, Burges, <i>The MNIST
 * database</i>).
 */
final class IdxFile {
  private static final int UNSIGNED_BYTE = 0x08;
  private static final int GZIP_FIRST = 0x1f;
  private static final int GZIP_SECOND = 0x8b;

  private final Path file;
  private final int[] sizes;
  private final byte[] values;

  private IdxFile(Path file, int[] sizes, byte[] values) {
    this.file = file;
    this.sizes = sizes;
    this.values = values;
  }

  /**
   * Reads a file, plain or gzipped, whichever its first bytes say.
   *
   * @param axes the number of axes that it must have
   * @throws MalformedDataException when it is not such a file, or shorter or longer than it says
   */
  static IdxFile read(Path file, int axes) throws IOException {
    try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
        InputStream stream = isGzip(raw) ? new GZIPInputStream(raw, 1 << 16) : raw) {
      return parse(file, axes, stream);
    } catch (EOFException | ZipException e) {
      throw new MalformedDataException(
          file.toString(), "expected a complete gzip file, found " + e.getMessage());
    }
  }

  /** Where it was read from, for errors. */
  Path file() {
    return file;
  }

  /** Size of one axis. */
  int size(int axis) {
    return sizes[axis];
  }

  /** The values as stored, not copied. */
  byte[] values() {
    return values;
  }

  private static IdxFile parse(Path file, int axes, InputStream stream) throws IOException {
    ByteBuffer header = ByteBuffer.wrap(stream.readNBytes(4 + 4 * axes));
    int expected = UNSIGNED_BYTE << 8 | axes;
    if (header.remaining() < 4 || header.getInt(0) != expected) {
      throw new MalformedDataException(
          file.toString(),
          "expected magic number 0x%08x (unsigned bytes, %d axes), found %s"
              .formatted(
                  expected,
                  axes,
                  header.remaining() < 4
                      ? header.remaining() + " bytes in all"
                      : "0x%08x".formatted(header.getInt(0))));
    }
    if (header.remaining() < 4 + 4 * axes) {
      throw new MalformedDataException(
          file.toString(),
          "expected a header of %d bytes, found %d in all"
              .formatted(4 + 4 * axes, header.remaining()));
    }
    int[] sizes = new int[axes];
    header.position(4).asIntBuffer().get(sizes);
    int length = length(file, sizes);
    // Grows as bytes arrive, so that a header that lies costs no memory.
    byte[] values = stream.readNBytes(length);
    if (values.length < length) {
      throw new MalformedDataException(
          file.toString(),
          "expected %d values for sizes %s, found %d; the file is cut short"
              .formatted(length, Arrays.toString(sizes), values.length));
    }
    if (stream.read() >= 0) {
      throw new MalformedDataException(
          file.toString(),
          "expected %d values for sizes %s, found more".formatted(length, Arrays.toString(sizes)));
    }
    return new IdxFile(file, sizes, values);
  }

  private static int length(Path file, int[] sizes) throws MalformedDataException {
    long length = 1;
    for (int size : sizes) {
      // Each factor is below 2³¹, so a product that has not passed the bound yet cannot overflow.
      length *= size;
      if (size < 1 || length > Integer.MAX_VALUE) {
        throw new MalformedDataException(
            file.toString(),
            "expected sizes of at least 1 whose product is below 2³¹, found "
                + Arrays.toString(sizes));
      }
    }
    return (int) length;
  }

  private static boolean isGzip(InputStream stream) throws IOException {
    stream.mark(2);
    boolean gzip = stream.read() == GZIP_FIRST && stream.read() == GZIP_SECOND;
    stream.reset();
    return gzip;
  }
}
