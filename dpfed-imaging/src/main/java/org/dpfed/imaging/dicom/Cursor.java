package org.dpfed.imaging.dicom;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/** Bytes at any position of a file, read through a small window, or of an array. */
final class Cursor implements Closeable {
  private static final int WINDOW = 1 << 13;

  private final String name;
  private final @Nullable FileChannel channel;
  private final long size;
  private final ByteBuffer window;
  private long windowStart;

  Cursor(String name, FileChannel channel) throws IOException {
    this.name = name;
    this.channel = channel;
    this.size = channel.size();
    this.window = ByteBuffer.allocate(WINDOW).limit(0);
  }

  Cursor(String name, ByteBuffer content) {
    this.name = name;
    this.channel = null;
    this.size = content.limit();
    this.window = content;
  }

  long size() {
    return size;
  }

  int unsignedByte(long at) throws IOException {
    return Byte.toUnsignedInt(window.get(inWindow(at, 1)));
  }

  /** Two bytes, the lower one first unless {@code big}. */
  int unsignedShort(long at, boolean big) throws IOException {
    int first = unsignedByte(at);
    int second = unsignedByte(at + 1);
    return big ? first << 8 | second : second << 8 | first;
  }

  /** Four bytes, the lowest one first unless {@code big}. */
  long unsignedInt(long at, boolean big) throws IOException {
    long first = unsignedShort(at, big);
    long second = unsignedShort(at + 2, big);
    return big ? first << 16 | second : second << 16 | first;
  }

  /**
   * Some bytes.
   *
   * @return a new array
   * @throws DicomException before it is allocated, when the content ends within them
   */
  byte[] bytes(long at, int length) throws IOException {
    require(at, length);
    byte[] bytes = new byte[length];
    if (channel == null || length < WINDOW) {
      int read = 0;
      while (read < length) {
        int start = inWindow(at + read, 1);
        int count = Math.min(length - read, window.limit() - start);
        window.get(start, bytes, read, count);
        read += count;
      }
    } else {
      fill(channel, ByteBuffer.wrap(bytes), at);
    }
    return bytes;
  }

  /** Where in the window this position is, after moving the window to it when needed. */
  private int inWindow(long at, int length) throws IOException {
    require(at, length);
    if (channel != null && (at < windowStart || at + length > windowStart + window.limit())) {
      window.clear().limit((int) Math.min(WINDOW, size - at));
      windowStart = at;
      fill(channel, window, at);
    }
    return (int) (at - windowStart);
  }

  private void fill(FileChannel from, ByteBuffer target, long at) throws IOException {
    while (target.hasRemaining()) {
      if (from.read(target, at + target.position()) < 0) {
        throw new DicomException(name, "became shorter while it was read");
      }
    }
  }

  private void require(long at, int length) throws DicomException {
    if (at < 0 || length < 0 || at > size - length) {
      throw new DicomException(name, "ends too early: the file is damaged or not complete");
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
