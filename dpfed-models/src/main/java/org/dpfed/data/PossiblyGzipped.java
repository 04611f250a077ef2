package org.dpfed.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The plain bytes of a file that may be gzipped, whatever its name. A few gzipped bytes can stand
 * for gigabytes, so they may only expand so far.
 */
public final class PossiblyGzipped extends InputStream {
  /** Deflate reaches 1,032; tables and images that measure something stay far below this. */
  public static final int MOST_EXPANSION = 200;

  /** How far a file of any size may expand, in bytes. */
  public static final int ALWAYS_ALLOWED = 1 << 24;

  private static final byte[] GZIP = {0x1f, (byte) 0x8b};
  private static final int BUFFER = 1 << 16;

  private final InputStream in;
  private final MalformedDataException.Place file;
  private final Counted gzipped;
  private long plain;

  private PossiblyGzipped(Counted gzipped, MalformedDataException.Place file) throws IOException {
    this.in = new GZIPInputStream(gzipped, BUFFER);
    this.gzipped = gzipped;
    this.file = file;
  }

  /**
   * The plain bytes of {@code raw}; its first bytes say whether it is gzipped.
   *
   * @param file for errors
   * @return a stream that supports marks, and throws {@link MalformedDataException} when the gzip
   *     file is damaged or expands too far
   */
  public static InputStream plain(InputStream raw, MalformedDataException.Place file)
      throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(raw, BUFFER);
    if (!startsWith(buffered, GZIP)) {
      return buffered;
    }
    try {
      return new BufferedInputStream(new PossiblyGzipped(new Counted(buffered), file), BUFFER);
    } catch (EOFException | ZipException e) {
      throw damaged(file);
    }
  }

  /** Whether the next bytes are {@code start}; leaves the stream where it is. */
  static boolean startsWith(InputStream markable, byte[] start) throws IOException {
    markable.mark(start.length);
    byte[] read = markable.readNBytes(start.length);
    markable.reset();
    return Arrays.equals(read, start);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    int count;
    try {
      count = in.read(to, offset, length);
    } catch (EOFException | ZipException e) {
      throw damaged(file);
    }
    plain += Math.max(count, 0);
    if (plain > ALWAYS_ALLOWED + MOST_EXPANSION * gzipped.count) {
      throw file.problem(
          "expected a gzip file that expands at most %d-fold, found one that expands further; if it is what it should be, unpack it with gunzip and take the plain file"
              .formatted(MOST_EXPANSION));
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static MalformedDataException damaged(MalformedDataException.Place file) {
    return file.problem("expected a complete gzip file, found a damaged or shortened one");
  }

  /** Counts the bytes that were read. */
  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      count += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      int read = in.read(to, offset, length);
      count += Math.max(read, 0);
      return read;
    }
  }
}
