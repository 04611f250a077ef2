package org.dpfed.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A new file or folder that gets its name when it is complete. Until then it lies in a hidden
 * folder beside its place, {@code .NAME.unfinished}, which its owner alone may open. That folder
 * goes on every way out that Java sees: {@link #close}, and the end of the process by a signal or
 * by {@link System#exit}. What a process leaves that ends in another way is removed by the next one
 * that writes to the same place, with a warning in the log: a lock tells whether its writer lives.
 *
 * <p>Who writes into {@link #content} makes single folders only ({@link Files#createDirectory}):
 * with those above them they would come back after the process was told to end.
 */
public final class Unfinished implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Unfinished.class);

  private static final String LOCK = "lock";
  private static final String WRITER = "writer";
  private static final String CONTENT = "content";
  private static final String STOPPED = "stopped";

  /** Of what is written meanwhile by others in this process. */
  private static final int ATTEMPTS = 20;

  private final Path target;
  private final Path folder;
  private final FileChannel lock;
  private final Thread atExit = new Thread(this::removeAtExit, "dpfed-unfinished");
  private boolean isRemoved;

  private Unfinished(Path target, Path folder, FileChannel lock) {
    this.target = target;
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Begins to write.
   *
   * @param target of a file or folder, in a folder that exists
   * @throws FileAlreadyExistsException when the target exists
   * @throws NoSuchFileException when the folder that it is to be in does not
   * @throws IOException when another process writes it now, or something else has the name of the
   *     hidden folder
   */
  public static Unfinished at(Path target) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    Path place = target.toAbsolutePath();
    Path parent = place.resolveSibling("").toRealPath();
    Path folder = parent.resolve("." + place.getFileName() + ".unfinished");
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      removeLeft(folder, target);
    }
    Files.createDirectory(folder, ownerOnly("rwx------"));
    Unfinished unfinished = new Unfinished(target, folder, locked(folder, target));
    try {
      Files.writeString(folder.resolve(WRITER), thisProcess());
      Runtime.getRuntime().addShutdownHook(unfinished.atExit);
      return unfinished;
    } catch (IOException | RuntimeException | Error e) {
      try (unfinished) {
        throw e;
      }
    }
  }

  private static FileChannel locked(Path folder, Path target) throws IOException {
    FileChannel lock =
        FileChannel.open(
            folder.resolve(LOCK),
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly("rw-------"));
    try {
      if (tryLock(lock) != null) {
        return lock;
      }
    } catch (IOException e) {
      try (lock) {
        delete(folder);
        throw e;
      }
    }
    lock.close();
    throw inUse(target);
  }

  /** Attributes of what its owner alone may use, where the file system knows owners. */
  public static FileAttribute<?>[] ownerOnly(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }

  /**
   * Removes what a process left that could not remove it.
   *
   * @throws IOException when its writer lives, or when nothing shows that dpfed wrote it
   */
  private static void removeLeft(Path folder, Path target) throws IOException {
    if (!isOurs(folder)) {
      throw new IOException(
          "%s is in the way, and nothing shows that dpfed wrote it; move it away"
              .formatted(folder));
    }
    Path writer = folder.resolve(WRITER);
    // The system forgets this process's lock when the process closes any channel to the file.
    if (Files.exists(writer) && Files.readString(writer).equals(thisProcess())) {
      throw inUse(target);
    }
    Path file = folder.resolve(LOCK);
    if (Files.exists(file)) {
      Object opened = fileKey(file);
      try (FileChannel lock = FileChannel.open(file, StandardOpenOption.WRITE)) {
        // Another process may have removed the folder meanwhile, and begun its own.
        if (tryLock(lock) == null || !Objects.equals(opened, fileKey(file))) {
          throw inUse(target);
        }
        delete(folder);
      } catch (NoSuchFileException e) {
        throw inUse(target);
      }
    } else {
      Files.delete(folder);
    }
    LOG.warn("removed {}, which a process that was killed had not finished", folder);
  }

  /** What tells a file from another one that had its name; null where the system has no such. */
  private static @Nullable Object fileKey(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  private static boolean isOurs(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<String> names = entries.map(entry -> entry.getFileName().toString()).toList();
      // Empty is what a process leaves that is killed before it has the lock.
      return names.isEmpty()
          || (names.contains(LOCK)
              && Set.of(LOCK, WRITER, CONTENT, STOPPED).containsAll(names)
              && Files.isRegularFile(folder.resolve(LOCK), LinkOption.NOFOLLOW_LINKS));
    }
  }

  /** In a container each process may have the same number, but not since the same time. */
  private static String thisProcess() {
    ProcessHandle process = ProcessHandle.current();
    return "%d since %s%n"
        .formatted(process.pid(), process.info().startInstant().orElse(Instant.EPOCH));
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static IOException inUse(Path target) {
    return new IOException(
        "%s is being written by another process; wait for it, or choose another place"
            .formatted(target));
  }

  /** Where to write it: a path beside nothing else, where there is nothing yet. */
  public Path content() {
    return folder.resolve(CONTENT);
  }

  /**
   * Forces all of it to disk and gives it its name, which nothing else loses: see {@link #name}.
   *
   * @throws FileAlreadyExistsException when there is something of that name by now
   */
  public synchronized void finish() throws IOException {
    if (isRemoved) {
      throw new IOException(target + " was not written, the process was told to end");
    }
    try (Stream<Path> all = Files.walk(content())) {
      for (Path each : all.toList()) {
        force(each);
      }
    }
    name(content(), target);
    force(folder.resolveSibling(""));
  }

  /**
   * Gives what was written its name, unless there is something of that name. An atomic move would
   * replace a file, also one that was made after a check; a hard link fails in the same step that
   * makes it. A folder is moved, which at worst replaces an empty folder (POSIX, rename). Only a
   * file on a file system without hard links is checked first and then moved, and what somebody
   * makes between these two steps is replaced.
   *
   * @throws FileAlreadyExistsException when there is something of that name
   */
  static void name(Path content, Path target) throws IOException {
    if (Files.isDirectory(content)) {
      move(content, target);
      return;
    }
    try {
      Files.createLink(target, content);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | IOException e) {
      move(content, target);
    }
  }

  private static void move(Path content, Path target) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    Files.move(content, target, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void force(Path path) throws IOException {
    boolean isFolder = Files.isDirectory(path);
    // Elsewhere no folder can be opened.
    if (!isFolder || FileSystems.getDefault().getSeparator().equals("/")) {
      try (FileChannel written =
          FileChannel.open(path, isFolder ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
        written.force(true);
      }
    }
  }

  /** Removes what is not finished. */
  @Override
  public void close() throws IOException {
    try {
      remove();
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException e) {
        // The process is ending, and removes it too.
      }
    }
  }

  private void removeAtExit() {
    try {
      remove();
    } catch (IOException e) {
      // The next one that writes there removes it.
    }
  }

  private synchronized void remove() throws IOException {
    if (isRemoved) {
      return;
    }
    isRemoved = true;
    try (lock) {
      hide();
      delete(folder);
    }
  }

  /** So that a thread that still writes there finds nothing. */
  private void hide() {
    try {
      Files.move(content(), folder.resolve(STOPPED), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // There is none, or what follows fails too and says so.
    }
  }

  private static void delete(Path folder) throws IOException {
    IOException problem = null;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(each);
        }
        return;
      } catch (NoSuchFileException e) {
        if (Files.notExists(folder)) {
          return;
        }
        problem = e;
      } catch (UncheckedIOException e) {
        problem = e.getCause();
      } catch (IOException e) {
        problem = e;
      }
    }
    throw problem == null ? new IOException(folder + " was not removed") : problem;
  }
}
