package org.dpfed.spark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * SHA-256 of the footers of Parquet files in their order. A footer has the sizes, places and
 * statistics of all columns, so it is another one for almost any other rows.
 */
final class FooterHash {
  /** Length of the footer and the magic number behind it. */
  private static final int TAIL = 2 * Integer.BYTES;

  private final MessageDigest hash;

  FooterHash() {
    try {
      this.hash = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  void add(Path path) throws IOException {
    InputFile file = new LocalInputFile(path);
    long end = file.getLength() - TAIL;
    byte[] tail = new byte[TAIL];
    try (SeekableInputStream in = file.newStream()) {
      in.seek(Math.max(0, end));
      in.readFully(tail);
      int length = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt();
      if (length < 0 || length > end) {
        throw new IOException(path + ": expected a Parquet file, found another or a damaged one");
      }
      byte[] footer = new byte[length];
      in.seek(end - length);
      in.readFully(footer);
      hash.update(tail);
      hash.update(footer);
    }
  }

  byte[] bytes() {
    return hash.digest();
  }
}
