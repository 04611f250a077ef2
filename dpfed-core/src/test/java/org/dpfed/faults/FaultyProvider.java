package org.dpfed.faults;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Passes each operation on to the default provider, by way of its {@link FaultyFileSystem}. */
final class FaultyProvider extends FileSystemProvider {
  private final FaultyFileSystem fileSystem;

  FaultyProvider(FaultyFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path real = FaultyPath.real(path);
    boolean isDirectory = Files.isDirectory(real);
    FileChannel channel =
        fileSystem.perform(
            opening(real, options), () -> FileChannel.open(real, options, attributes));
    return new FaultyChannel(
        fileSystem, real, channel, isDirectory, options.contains(StandardOpenOption.APPEND));
  }

  private DiskOperation opening(Path real, Set<? extends OpenOption> options) {
    boolean creates =
        options.contains(StandardOpenOption.CREATE)
            || options.contains(StandardOpenOption.CREATE_NEW);
    if (creates && Files.notExists(real)) {
      return new DiskOperation.Create(real, fileSystem.file(real));
    } else if (options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      return new DiskOperation.Truncate(real, fileSystem.file(real), 0);
    }
    return new DiskOperation.Look("open", real);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    Path real = FaultyPath.real(directory);
    List<Path> entries = new ArrayList<>();
    fileSystem.perform(
        new DiskOperation.Look("list", real),
        () -> {
          try (DirectoryStream<Path> all = Files.newDirectoryStream(real)) {
            all.forEach(entry -> entries.add(fileSystem.path(entry)));
          }
          return real;
        });
    List<Path> chosen = new ArrayList<>();
    for (Path entry : entries) {
      if (filter.accept(entry)) {
        chosen.add(entry);
      }
    }
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        return chosen.iterator();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    Path real = FaultyPath.real(directory);
    fileSystem.perform(
        new DiskOperation.MakeDirectory(real), () -> Files.createDirectory(real, attributes));
  }

  @Override
  public void delete(Path path) throws IOException {
    Path real = FaultyPath.real(path);
    fileSystem.perform(
        new DiskOperation.Delete(real),
        () -> {
          Files.delete(real);
          return real;
        });
    fileSystem.deleted(real);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Path from = FaultyPath.real(source);
    Path to = FaultyPath.real(target);
    fileSystem.perform(
        new DiskOperation.Move(from, to, fileSystem.file(from)),
        () -> Files.move(from, to, options));
    fileSystem.moved(from, to);
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    Path real = FaultyPath.real(path);
    fileSystem.perform(
        new DiskOperation.Look("look for", real),
        () -> {
          real.getFileSystem().provider().checkAccess(real, modes);
          return real;
        });
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    Path real = FaultyPath.real(path);
    return fileSystem.perform(
        new DiskOperation.Look("look at", real), () -> Files.readAttributes(real, type, options));
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return Files.getFileAttributeView(FaultyPath.real(path), type, options);
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return Files.isSameFile(FaultyPath.real(path), FaultyPath.real(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return Files.isHidden(FaultyPath.real(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return Files.getFileStore(FaultyPath.real(path));
  }

  @Override
  public String getScheme() {
    return "faulty";
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return fileSystem;
  }

  @Override
  public Path getPath(URI uri) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAttribute(Path path, String name, Object value, LinkOption... options) {
    throw new UnsupportedOperationException();
  }
}
