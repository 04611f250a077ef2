package org.dpfed.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file whose next write fails in a way that a test chooses; later writes succeed. */
final class FailingChannel extends FileChannel {
  private final FileChannel file;
  private Failure next = Failure.NONE;

  /** How a write fails. */
  enum Failure {
    BEFORE_THE_FIRST_BYTE("No space left on device"),
    AFTER_HALF_THE_LINE("File too large"),
    WHEN_FORCED("Input/output error"),
    OUT_OF_MEMORY("direct buffer memory"),
    NONE("");

    private final String text;

    Failure(String text) {
      this.text = text;
    }

    /** Part of the error. */
    String text() {
      return text;
    }
  }

  FailingChannel(Path path) throws IOException {
    file = FileChannel.open(path, StandardOpenOption.APPEND);
  }

  void failNext(Failure failure) {
    next = failure;
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    switch (next) {
      case BEFORE_THE_FIRST_BYTE -> fail();
      case AFTER_HALF_THE_LINE -> {
        ByteBuffer half = bytes.duplicate().limit(bytes.limit() / 2);
        file.write(half);
        fail();
      }
      case OUT_OF_MEMORY -> {
        next = Failure.NONE;
        throw new OutOfMemoryError("direct buffer memory");
      }
      default -> {}
    }
    return file.write(bytes);
  }

  private void fail() throws IOException {
    String text = next.text();
    next = Failure.NONE;
    throw new IOException(text);
  }

  @Override
  public void force(boolean metaData) throws IOException {
    if (next == Failure.WHEN_FORCED) {
      fail();
    }
    file.force(metaData);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    file.close();
  }

  @Override
  public int read(ByteBuffer bytes) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] bytes, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int read(ByteBuffer bytes, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer bytes, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
