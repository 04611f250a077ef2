package org.dpfed.faults;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The default file system, seen by one life of a program: counts what the program asks of the disk,
 * remembers it, and lets one {@link Fault} meet it. After a power cut nothing works any more.
 *
 * <p>Two of them never have an equal path, so what a program remembers of its files, such as locks,
 * ends with its life.
 */
public final class FaultyFileSystem extends FileSystem {
  private final FileSystem disk = FileSystems.getDefault();
  private final FaultyProvider provider = new FaultyProvider(this);
  private final DiskImage start;
  private final Fault fault;
  private final Map<Path, Integer> files = new HashMap<>();
  private final Set<FileChannel> open = new LinkedHashSet<>();
  private final List<DiskOperation> done = new ArrayList<>();
  private Optional<DiskOperation> met = Optional.empty();
  private int lastFile;
  private int asked;
  private boolean cut;

  /**
   * @param root an absolute directory without symbolic links, below which the program works
   */
  public FaultyFileSystem(Path root, Fault fault) throws IOException {
    this.start = DiskImage.of(root);
    this.fault = fault;
    files.putAll(start.files());
    lastFile = files.size();
  }

  /** A path of the default file system, as a path of this one. */
  public Path path(Path real) {
    return FaultyPath.of(this, real);
  }

  /** How many operations were asked for. */
  public int asked() {
    return asked;
  }

  /** What the fault met; empty when it met nothing. */
  public Optional<DiskOperation> met() {
    return met;
  }

  /** Whether the power is off. */
  public boolean isCut() {
    return cut;
  }

  /** Leaves one of the states on the disk that the power cut may have left. */
  public void losePower(RandomGenerator random) throws IOException {
    start.afterPowerCut(done, random).restore();
  }

  /** What an operation does to the disk. */
  interface Action<T> {
    T run() throws IOException;
  }

  /** Does an operation, or lets the fault meet it. */
  <T> T perform(DiskOperation operation, Action<T> action) throws IOException {
    begin(operation);
    T result = action.run();
    done.add(operation);
    return result;
  }

  /** As {@link #perform}; the fault may meet a write when part of it is done. */
  int write(DiskOperation.Write write, FaultyChannel channel) throws IOException {
    try {
      begin(write);
    } catch (IOException | PowerCut e) {
      if (asked == fault.at() && channel.isUsable()) {
        int length = (int) Math.round(fault.part() * write.bytes().length);
        done.add(channel.writePart(write, length));
        stopIfCut();
      }
      throw e;
    }
    done.add(channel.writePart(write, write.bytes().length));
    return write.bytes().length;
  }

  private void begin(DiskOperation operation) throws IOException {
    if (cut) {
      throw new PowerCut();
    }
    if (!fault.meets(++asked, operation)) {
      return;
    }
    met = met.or(() -> Optional.of(operation));
    switch (fault.effect()) {
      case FAILS, FAILS_FROM_THEN_ON ->
          throw new IOException("Input/output error (operation " + asked + ")");
      case POWER_CUT, SIGKILL -> {
        cut = true;
        if (!(operation instanceof DiskOperation.Write)) {
          stopIfCut();
        }
        throw new PowerCut();
      }
    }
  }

  /** The system releases locks and closes files of a program that ends, in whatever way. */
  private void stopIfCut() throws IOException {
    if (cut && fault.effect() == Fault.Effect.SIGKILL) {
      kill();
    } else if (cut) {
      for (FileChannel channel : open) {
        channel.close();
      }
    }
  }

  private static void kill() throws IOException {
    String pid = Long.toString(ProcessHandle.current().pid());
    new ProcessBuilder("kill", "-9", pid).start();
    while (true) {
      Thread.onSpinWait();
    }
  }

  void opened(FileChannel channel) {
    open.add(channel);
  }

  void closed(FileChannel channel) {
    open.remove(channel);
  }

  /** The number of a file, a new one for a new file. */
  int file(Path real) {
    return files.computeIfAbsent(real, name -> ++lastFile);
  }

  void moved(Path from, Path to) {
    files.put(to, file(from));
    files.remove(from);
  }

  void deleted(Path real) {
    files.remove(real);
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return disk.isReadOnly();
  }

  @Override
  public String getSeparator() {
    return disk.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return disk.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return path(disk.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String pattern) {
    PathMatcher matcher = disk.getPathMatcher(pattern);
    return path -> matcher.matches(FaultyPath.real(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    throw new UnsupportedOperationException();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException();
  }
}
