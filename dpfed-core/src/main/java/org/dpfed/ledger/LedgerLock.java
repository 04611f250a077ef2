package org.dpfed.ledger;

import java.io.IOException;
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
 * Holds a ledger for one process, through a lock on a file beside it, {@code NAME.lock}, which
 * contains the process id of the holder. The system releases the lock when the process ends, in
 * whatever way; the file stays.
 */
final class LedgerLock implements AutoCloseable {
  /**
   * What this process holds. The system forgets a process's lock as soon as the process closes any
   * channel to the file, so a second one must not even be opened.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private LedgerLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param ledger need not exist, but its directory must
   * @throws LedgerInUseException when this or another process holds it
   */
  static LedgerLock take(Path ledger) throws IOException {
    Path real =
        Files.exists(ledger)
            ? ledger.toRealPath()
            : LedgerDirectory.of(ledger).path().toRealPath().resolve(ledger.getFileName());
    Path file = real.resolveSibling(real.getFileName() + ".lock");
    if (!HELD.add(file)) {
      throw new LedgerInUseException(ledger, Long.toString(ProcessHandle.current().pid()));
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        throw new LedgerInUseException(ledger, Files.readString(file).strip());
      }
      channel.truncate(0);
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
      return new LedgerLock(file, channel);
    } catch (IOException | RuntimeException | Error e) {
      if (channel != null) {
        channel.close();
      }
      HELD.remove(file);
      throw e;
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
      channel.close();
      HELD.remove(file);
    }
  }
}
