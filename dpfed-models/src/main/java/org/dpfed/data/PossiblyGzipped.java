package org.dpfed.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** A byte stream that may be gzipped, whatever the file's name. */
final class PossiblyGzipped {
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  private PossiblyGzipped() {}

  /** The plain bytes of {@code raw}; its first bytes say whether it is gzipped. */
  static InputStream plain(InputStream raw) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(raw, 1 << 16);
    return startsWith(buffered, GZIP)
        ? new BufferedInputStream(new GZIPInputStream(buffered, 1 << 16), 1 << 16)
        : buffered;
  }

  /** Whether the next bytes are {@code start}; leaves the stream where it is. */
  static boolean startsWith(InputStream markable, byte[] start) throws IOException {
    markable.mark(start.length);
    byte[] read = markable.readNBytes(start.length);
    markable.reset();
    return Arrays.equals(read, start);
  }
}
