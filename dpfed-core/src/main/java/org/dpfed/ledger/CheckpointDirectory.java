package org.dpfed.ledger;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run. Each is written to a temporary file, forced to disk and renamed, so
 * that a crash leaves either the whole checkpoint or none; the last few are kept, in case one is
 * damaged. One process at a time holds a directory.
 *
 * <p>A checkpoint of a run with correlated noise holds that noise: whoever reads it can take the
 * noise off the released models. So only the owner may read the directory, where the file system
 * knows owners, and it must not be published with the model.
 */
public final class CheckpointDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointDirectory.class);
  private static final String PREFIX = "round-";
  private static final String SUFFIX = ".checkpoint";
  private static final String TEMPORARY = ".part";
  private static final int DEFAULT_KEPT = 2;

  private final Path path;
  private final int kept;
  private final ProcessLock lock;

  private CheckpointDirectory(Path path, int kept, ProcessLock lock) {
    this.path = path;
    this.kept = kept;
    this.lock = lock;
  }

  /** As {@link #open(Path, int)}, keeping two checkpoints. */
  public static CheckpointDirectory open(Path directory) throws IOException {
    return open(directory, DEFAULT_KEPT);
  }

  /**
   * Opens a directory, or makes it where there is none.
   *
   * @param kept how many checkpoints stay, at least 1
   * @throws InUseException when another process holds it, or this one does
   */
  public static CheckpointDirectory open(Path directory, int kept) throws IOException {
    if (kept < 1) {
      throw new IllegalArgumentException("kept must be at least 1, was " + kept);
    }
    try {
      DurableDirectory.of(directory).create();
      return open(directory, kept, ProcessLock.take(directory));
    } catch (InUseException e) {
      throw e;
    } catch (IOException e) {
      throw DiskFailure.of(directory + " cannot be opened", e);
    }
  }

  private static CheckpointDirectory open(Path directory, int kept, ProcessLock lock)
      throws IOException {
    try {
      if (Files.notExists(directory)) {
        Files.createDirectory(directory);
        DurableDirectory.of(directory).force();
      }
      if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      }
      return new CheckpointDirectory(directory, kept, lock);
    } catch (IOException | RuntimeException | Error e) {
      try (lock) {
        throw e;
      }
    }
  }

  /**
   * Makes a checkpoint durable, and removes all but the newest.
   *
   * @throws IOException when it could not; those before it are then still there
   */
  public void write(Checkpoint checkpoint) throws IOException {
    write(checkpoint, false);
  }

  /** As {@link #write}, and removes every other checkpoint, so that nothing of theirs stays. */
  public void writeLast(Checkpoint checkpoint) throws IOException {
    write(checkpoint, true);
  }

  private void write(Checkpoint checkpoint, boolean isLast) throws IOException {
    Path file = path.resolve("%s%010d%s".formatted(PREFIX, checkpoint.round(), SUFFIX));
    Path temporary = file.resolveSibling(file.getFileName() + TEMPORARY);
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        CheckpointFormat.write(checkpoint, channel);
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      new DurableDirectory(path).force();
      removeAllBut(file, isLast ? 1 : kept);
      if (isLast) {
        new DurableDirectory(path).force();
      }
    } catch (IOException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException left) {
        e.addSuppressed(left);
      }
      throw DiskFailure.of(file + " was not written", e);
    }
  }

  /** Also the temporary files of earlier processes, and what was there of later rounds. */
  private void removeAllBut(Path newest, int most) throws IOException {
    List<Path> files = newestFirst(path);
    int start = files.indexOf(newest);
    for (int i = 0; i < files.size(); i++) {
      if (i < start || i >= start + most) {
        Files.deleteIfExists(files.get(i));
      }
    }
    for (Path left : files(path, TEMPORARY)) {
      Files.deleteIfExists(left);
    }
  }

  /**
   * The newest checkpoint that is intact; damaged ones are skipped with a warning in the log. Empty
   * where there is none.
   *
   * @throws IllegalArgumentException when a newer dpfed wrote it
   */
  public Optional<Checkpoint> newest() throws IOException {
    return newest(path, CheckpointDirectory::warn);
  }

  /**
   * As {@link #newest()}, of a directory that is only looked at: it is not held, and nothing in it
   * changes. Damaged ones are skipped in silence. Empty where there is no directory.
   */
  public static Optional<Checkpoint> newestIn(Path directory) throws IOException {
    return Files.isDirectory(directory) ? newest(directory, damaged -> {}) : Optional.empty();
  }

  private static Optional<Checkpoint> newest(
      Path path, Consumer<DamagedCheckpointException> skipped) throws IOException {
    try {
      for (Path file : newestFirst(path)) {
        Optional<Checkpoint> read = intact(file, skipped);
        if (read.isPresent()) {
          return read;
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw DiskFailure.of(path + " cannot be read", e);
    }
  }

  /** Whether there are checkpoints of which none is intact. */
  public boolean hasDamaged() throws IOException {
    try {
      return !newestFirst(path).isEmpty() && newest().isEmpty();
    } catch (IOException e) {
      throw DiskFailure.of(path + " cannot be read", e);
    }
  }

  private static Optional<Checkpoint> intact(
      Path file, Consumer<DamagedCheckpointException> skipped) throws IOException {
    try {
      return Optional.of(CheckpointFormat.read(file));
    } catch (DamagedCheckpointException e) {
      skipped.accept(e);
      return Optional.empty();
    }
  }

  private static void warn(DamagedCheckpointException damaged) {
    LOG.warn(
        "{}; the one before it is used, and the rounds after that are charged again",
        damaged.getMessage());
  }

  private static List<Path> newestFirst(Path path) throws IOException {
    List<Path> files = files(path, SUFFIX);
    files.sort(Comparator.comparing((Path file) -> file.getFileName().toString()).reversed());
    return files;
  }

  private static List<Path> files(Path path, String ending) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, PREFIX + "*" + ending)) {
      entries.forEach(files::add);
    }
    return files;
  }

  /** Its path. */
  @Override
  public String toString() {
    return path.toString();
  }

  @Override
  public void close() throws IOException {
    try {
      lock.close();
    } catch (IOException e) {
      throw DiskFailure.of(path + " could not be closed", e);
    }
  }
}
