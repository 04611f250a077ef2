package org.dpfed.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds a ledger or a directory for one process, through a lock on a file beside it, {@code
 * NAME.lock}, which contains the process id of the holder. The system releases the lock when the
 * process ends, in whatever way; the file stays.
 */
final class ProcessLock implements AutoCloseable {
  /**
   * What this process holds. The system forgets a process's lock as soon as the process closes any
   * channel to the file, so a second one must not even be opened.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private ProcessLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param held need not exist, but its directory must
   * @throws InUseException when this or another process holds it
   */
  static ProcessLock take(Path held) throws IOException {
    Path real =
        Files.exists(held)
            ? held.toRealPath()
            : DurableDirectory.of(held).path().toRealPath().resolve(held.getFileName());
    Path file = real.resolveSibling(real.getFileName() + ".lock");
    if (!HELD.add(file)) {
      throw new InUseException(held, Long.toString(ProcessHandle.current().pid()));
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        throw new InUseException(held, holder(file));
      }
      channel.truncate(0);
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
      return new ProcessLock(file, channel);
    } catch (IOException | RuntimeException | Error e) {
      HELD.remove(file);
      try (FileChannel opened = channel) {
        throw e;
      }
    }
  }

  /** The process id that the holder wrote, whatever else may stand in the file. */
  private static String holder(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      String start = new String(stream.readNBytes(32), StandardCharsets.US_ASCII);
      return start.lines().findFirst().orElse("").replaceAll("\\D", "");
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      try {
        channel.close();
      } finally {
        HELD.remove(file);
      }
    }
  }
}
