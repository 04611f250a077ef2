package org.dpfed.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The content of one IDX file of unsigned bytes: a magic number that encodes type and number of
 * axes, the size of each axis, and the values in 'c' order (LeCun, Cortes, Burges, <i>The MNIST
 * database</i>).
 */
final class IdxFile {
  private static final int UNSIGNED_BYTE = 0x08;

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
    try (InputStream raw = Files.newInputStream(file);
        InputStream stream =
            PossiblyGzipped.plain(raw, MalformedDataException.in(file.toString()))) {
      return parse(file, axes, stream);
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
      throw MalformedDataException.in(file.toString())
          .problem(
              "expected magic number 0x%08x (IDX, unsigned bytes, %d axes), found %s"
                  .formatted(
                      expected,
                      axes,
                      header.remaining() < 4
                          ? header.remaining() + " bytes in all"
                          : "other bytes; is it an IDX file?"));
    }
    if (header.remaining() < 4 + 4 * axes) {
      throw MalformedDataException.in(file.toString())
          .problem(
              "expected a header of %d bytes, found %d in all"
                  .formatted(4 + 4 * axes, header.remaining()));
    }
    int[] sizes = new int[axes];
    header.position(4).asIntBuffer().get(sizes);
    int length = length(file, sizes);
    // Grows as bytes arrive, so that a header that lies costs no memory.
    byte[] values = stream.readNBytes(length);
    if (values.length < length) {
      throw MalformedDataException.in(file.toString())
          .problem(
              "expected %d values, as its header says, found %d; the file is cut short"
                  .formatted(length, values.length));
    }
    if (stream.read() >= 0) {
      throw MalformedDataException.in(file.toString())
          .problem("expected %d values, as its header says, found more".formatted(length));
    }
    return new IdxFile(file, sizes, values);
  }

  private static int length(Path file, int[] sizes) throws MalformedDataException {
    long length = 1;
    for (int size : sizes) {
      // Each factor is below 2³¹, so a product that has not passed the bound yet cannot overflow.
      length *= size;
      if (size < 1 || length > Integer.MAX_VALUE) {
        throw MalformedDataException.in(file.toString())
            .problem("expected a header with sizes of at least 1 whose product is below 2³¹");
      }
    }
    return (int) length;
  }
}
