package org.dpfed.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PrivacyLedger;

/**
 * A ledger in a file, with one line per charge: number, time, event. {@link #charge} returns after
 * the line is on disk, so after a crash the file contains at least every charge whose result was
 * released.
 *
 * <p>A ledger that failed to write accepts no more charges; its last line may be incomplete, and
 * counts as spent. No guarantee covers the time stamps, because the duration of a round depends on
 * the clients that took part.
 */
public final class FileLedger implements PrivacyLedger, AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private long charges;
  private boolean failed;

  /**
   * Opens a new ledger.
   *
   * @param file must not exist: a ledger is never overwritten
   * @throws java.nio.file.FileAlreadyExistsException when it does
   */
  public FileLedger(Path file) throws IOException {
    this(file, FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /**
   * @param channel to {@code file}, empty
   */
  FileLedger(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Records a charge.
   *
   * @throws UncheckedIOException when the line could not be made durable
   * @throws IllegalStateException when this ledger is closed, or an earlier charge failed
   */
  @Override
  public synchronized void charge(DpEvent event) {
    if (failed) {
      throw new IllegalStateException(
          "%s failed to record charge %d and takes no more; its last line may be torn and counts as spent"
              .formatted(file, charges + 1));
    }
    if (!channel.isOpen()) {
      throw new IllegalStateException(file + " is closed and takes no more charges");
    }
    failed = true;
    try {
      write("%d\t%s\t%s%n".formatted(charges + 1, Instant.now(), event));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "could not record charge %d in %s: %s".formatted(charges + 1, file, e), e);
    }
    failed = false;
    charges++;
  }

  private void write(String line) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
    if (!Files.exists(file)) {
      // An open file can be written to after it was deleted; nobody would find the line.
      throw new NoSuchFileException(file.toString(), null, "deleted or moved during the run");
    }
  }

  @Override
  public synchronized void close() throws IOException {
    channel.close();
  }
}
