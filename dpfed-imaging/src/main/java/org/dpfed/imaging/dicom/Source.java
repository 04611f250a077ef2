package org.dpfed.imaging.dicom;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Where bytes come from: a file, opened anew for each reading, or an array. */
interface Source {
  /** The file as given, for errors. */
  String name();

  /** Opens it from its start; the caller closes it. */
  Cursor open() throws IOException;

  /** A file. */
  record OfFile(Path path) implements Source {
    @Override
    public String name() {
      return path.toString();
    }

    @Override
    public Cursor open() throws IOException {
      return new Cursor(name(), FileChannel.open(path));
    }
  }

  /**
   * Bytes in memory.
   *
   * @param content not copied, not changed
   */
  @SuppressWarnings("ArrayRecordComponent") // Neither compared nor printed.
  record OfBytes(String name, byte[] content) implements Source {
    @Override
    public Cursor open() {
      return new Cursor(name, ByteBuffer.wrap(content));
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
