package org.dpfed.faults;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A channel whose operations its {@link FaultyFileSystem} counts. */
final class FaultyChannel extends FileChannel {
  private final FaultyFileSystem fileSystem;
  private final Path path;
  private final FileChannel channel;
  private final boolean isDirectory;
  private final boolean appends;

  FaultyChannel(
      FaultyFileSystem fileSystem,
      Path path,
      FileChannel channel,
      boolean isDirectory,
      boolean appends) {
    this.fileSystem = fileSystem;
    this.path = path;
    this.channel = channel;
    this.isDirectory = isDirectory;
    this.appends = appends;
    fileSystem.opened(channel);
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    long position = fileSystem.isCut() ? 0 : appends ? channel.size() : channel.position();
    int written =
        fileSystem.write(
            new DiskOperation.Write(path, fileSystem.file(path), position, copy), this);
    bytes.position(bytes.position() + written);
    return written;
  }

  /** False once the power was cut. */
  boolean isUsable() {
    return channel.isOpen();
  }

  /** Writes the beginning of what was to be written. */
  DiskOperation.Write writePart(DiskOperation.Write write, int length) throws IOException {
    byte[] part = Arrays.copyOf(write.bytes(), length);
    ByteBuffer bytes = ByteBuffer.wrap(part);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return new DiskOperation.Write(path, write.file(), write.position(), part);
  }

  @Override
  public void force(boolean metaData) throws IOException {
    DiskOperation operation =
        isDirectory
            ? new DiskOperation.ForceDirectory(path)
            : new DiskOperation.Force(path, fileSystem.file(path));
    fileSystem.perform(
        operation,
        () -> {
          // The model decides what is lost, so the disk itself need not be waited for.
          return path;
        });
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    return fileSystem.perform(new DiskOperation.Look("read", path), () -> channel.read(bytes));
  }

  @Override
  public int read(ByteBuffer bytes, long position) throws IOException {
    return fileSystem.perform(
        new DiskOperation.Look("read", path), () -> channel.read(bytes, position));
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    fileSystem.perform(
        new DiskOperation.Truncate(path, fileSystem.file(path), size),
        () -> channel.truncate(size));
    return this;
  }

  @Override
  public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return fileSystem.perform(
        new DiskOperation.Look("lock", path), () -> channel.tryLock(position, size, shared));
  }

  /** The file is closed also where this fails, as POSIX has it. */
  @Override
  protected void implCloseChannel() throws IOException {
    fileSystem.closed(channel);
    channel.close();
    if (!fileSystem.isCut()) {
      fileSystem.perform(new DiskOperation.Look("close", path), () -> path);
    }
  }

  @Override
  public long position() throws IOException {
    return channel.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    channel.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    return channel.size();
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
  public int write(ByteBuffer bytes, long position) {
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
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
