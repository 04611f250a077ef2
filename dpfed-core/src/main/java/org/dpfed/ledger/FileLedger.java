package org.dpfed.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PrivacyLedger;

/**
 * A ledger in a file of its own, one line per charge: number, time, event. A charge returns when
 * the line is on the disk, so what a crash leaves is at least what was released.
 */
public final class FileLedger implements PrivacyLedger, AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private long charges;

  /**
   * Opens a new ledger.
   *
   * @param file must not exist: a ledger is never overwritten
   * @throws java.nio.file.FileAlreadyExistsException when it does
   */
  public FileLedger(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  @Override
  public synchronized void charge(DpEvent event) {
    String line = "%d\t%s\t%s%n".formatted(charges + 1, Instant.now(), event);
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("could not record a charge in " + file, e);
    }
    charges++;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
