package org.dpfed.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.dpfed.accounting.LedgerPosition;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.accounting.PrivacyLedger;

/**
 * The ledger of one population in a file: one JSON object in a line for each record, appended and
 * never changed. {@link PrivacyLedger#charge} returns after the record is on disk, so after a crash
 * the file contains at least every charge whose result was released. {@code docs/reliability.md}
 * describes every field.
 *
 * <p>A record of which only the beginning was written, as a crash or a full disk leaves it, counts
 * as a round of the run that was in progress. Whatever else is not as it was written stops with
 * {@link DamagedLedgerException}. A ledger that failed to write takes no more until it is opened
 * anew. One process at a time holds a ledger.
 *
 * <p>The last records of a file can be cut off without trace; the {@code head} of {@link
 * LedgerHistory}, kept elsewhere, shows that. No guarantee covers the time stamps, because the
 * duration of a round depends on the clients that took part.
 */
public final class LedgerFile implements PopulationLedger, AutoCloseable {
  private final Path file;
  private final ProcessLock lock;
  private final FileChannel channel;
  private final LedgerReader state;
  private final RecordFormat format = new RecordFormat();
  private long length;
  private boolean failed;
  private Optional<RunLedger> current = Optional.empty();
  private Optional<LedgerRecord.Torn> torn = Optional.empty();

  /**
   * @param channel to {@code file}, appends
   * @param state what the file holds
   */
  LedgerFile(Path file, ProcessLock lock, FileChannel channel, LedgerReader state)
      throws IOException {
    this.file = file;
    this.lock = lock;
    this.channel = channel;
    this.state = state;
    this.length = channel.size();
  }

  /**
   * Opens a ledger, or makes it, with its directories, where there is none.
   *
   * @throws DamagedLedgerException when it is not as it was written
   * @throws InUseException when another process holds it, or this one does
   */
  public static LedgerFile open(Path file) throws IOException {
    try {
      DurableDirectory.of(file).create();
      return open(file, ProcessLock.take(file));
    } catch (DamagedLedgerException | InUseException e) {
      throw e;
    } catch (IOException e) {
      throw DiskFailure.of(file + " cannot be opened", e);
    }
  }

  private static LedgerFile open(Path file, ProcessLock lock) throws IOException {
    FileChannel channel = null;
    try {
      boolean isNew = Files.notExists(file);
      channel =
          FileChannel.open(
              file,
              isNew ? StandardOpenOption.CREATE_NEW : StandardOpenOption.APPEND,
              StandardOpenOption.APPEND);
      LedgerReader state = LedgerReader.read(file.toString(), LedgerHistory.text(file));
      LedgerFile ledger = new LedgerFile(file, lock, channel, state);
      if (!state.isOpened()) {
        ledger.append(new LedgerRecord.Opened(state.next(), now(), RecordFormat.VERSION));
      }
      // Also of a file that is not new: whoever made it may have died before this.
      DurableDirectory.of(file.toRealPath()).force();
      return ledger;
    } catch (IOException | RuntimeException | Error e) {
      try (lock;
          FileChannel opened = channel) {
        throw e;
      }
    }
  }

  @Override
  public PrivacyLedger begin(PlannedRun run) {
    return begin(run, OptionalDouble.empty());
  }

  @Override
  public PrivacyLedger resume(PlannedRun run, LedgerPosition position, int completed) {
    return resume(run, position, completed, OptionalDouble.empty());
  }

  /**
   * The same ledger, whose runs end before a round with which everything charged to it would cost
   * more than {@code maxEpsilon}, at the delta and under the relation of the run.
   *
   * @param maxEpsilon positive
   */
  public PopulationLedger limitedTo(double maxEpsilon) {
    if (!(maxEpsilon > 0)) {
      throw new IllegalArgumentException("maxEpsilon must be positive, was " + maxEpsilon);
    }
    return new PopulationLedger() {
      @Override
      public PrivacyLedger begin(PlannedRun run) {
        return LedgerFile.this.begin(run, OptionalDouble.of(maxEpsilon));
      }

      @Override
      public PrivacyLedger resume(PlannedRun run, LedgerPosition position, int completed) {
        return LedgerFile.this.resume(run, position, completed, OptionalDouble.of(maxEpsilon));
      }
    };
  }

  private synchronized PrivacyLedger begin(PlannedRun run, OptionalDouble maxEpsilon) {
    LedgerHistory before = history();
    before
        .unit()
        .filter(unit -> !unit.equals(run.unit()))
        .ifPresent(
            unit -> {
              throw new IllegalArgumentException(
                  "%s is the ledger of %s as the unit of privacy, the run protects one %s; a ledger is for one population: choose another ledger"
                      .formatted(file, unit, run.unit()));
            });
    int number = state.lastRun() + 1;
    RunBudget budget = RunBudget.of(before, number, run, 0, maxEpsilon);
    append("run " + number, new LedgerRecord.Begun(state.next(), now(), number, run));
    return current(new RunLedger(this, number, run, budget, 0));
  }

  private synchronized PrivacyLedger resume(
      PlannedRun run, LedgerPosition position, int completed, OptionalDouble maxEpsilon) {
    LedgerHistory before = history();
    int number = position.run();
    PlannedRun begun = before.runs().get(number);
    if (begun == null || !before.hashes().contains(position.head())) {
      throw new IllegalArgumentException(
          "%s does not hold run %d as far as the checkpoint knows it; it is another ledger or an older copy: resume with the ledger that the run was charged to"
              .formatted(file, number));
    }
    boolean mayDiffer = !begun.isAccountedAsAWhole() && run.rounds() >= completed;
    if (!run.equals(mayDiffer ? begun.withRounds(run.rounds()) : begun)) {
      throw new IllegalArgumentException(
          "run %d of %s was planned as %s, is to be resumed as %s; resume it as it was planned, or start another run"
              .formatted(number, file, begun, run));
    }
    if (completed < 0 || completed > before.charged(number).reached()) {
      throw new IllegalArgumentException(
          "completed must be from 0 to the %d rounds that run %d was charged, was %d"
              .formatted(before.charged(number).reached(), number, completed));
    }
    if (run.rounds() < before.charged(number).reached()) {
      throw new IllegalArgumentException(
          "run %d was charged %d rounds, is to be resumed with %d; resume it with at least %d"
              .formatted(
                  number,
                  before.charged(number).reached(),
                  run.rounds(),
                  before.charged(number).reached()));
    }
    RunBudget budget = RunBudget.of(before, number, run, completed, maxEpsilon);
    append(
        "that run %d goes on".formatted(number),
        new LedgerRecord.Resumed(state.next(), now(), number, completed, run.rounds()));
    return current(new RunLedger(this, number, run, budget, completed));
  }

  private RunLedger current(RunLedger begun) {
    current = Optional.of(begun);
    return begun;
  }

  /** Appends what that one charges, if it is still the run in progress. */
  synchronized void charge(RunLedger by, LedgerRecord.Charged charged) {
    requireCurrent(by, charged.run());
    append("charge", charged);
  }

  /** Appends what that one notes, as {@link #charge} does. */
  synchronized void note(RunLedger by, LedgerRecord.Noted noted) {
    requireCurrent(by, noted.run());
    append("what was shown", noted);
  }

  /** A run that was resumed elsewhere has ended too: its budget knows nothing of the other's. */
  private void requireCurrent(RunLedger by, int run) {
    if (current.filter(by::equals).isEmpty()) {
      throw new IllegalStateException(
          "run %d of %s ended when run %d began or went on; a ledger has one run at a time"
              .formatted(run, file, state.currentRun()));
    }
  }

  /** The hash of the last record. */
  synchronized String head() {
    return state.head();
  }

  /** The number of the next record. */
  synchronized long next() {
    return state.next();
  }

  /** All records and what they cost, that which could not be written counted as torn. */
  public synchronized LedgerHistory history() {
    LedgerHistory written = state.history();
    List<LedgerRecord> records = new ArrayList<>(written.records());
    torn.ifPresent(records::add);
    return new LedgerHistory(records, written.hashes());
  }

  private void append(String what, LedgerRecord record) {
    if (failed) {
      throw new IllegalStateException(
          "%s failed to record its record %d and takes no more; its last line may be torn and counts as spent"
              .formatted(file, state.next()));
    }
    if (!channel.isOpen()) {
      throw new IllegalStateException(file + " is closed and takes no more charges");
    }
    try {
      append(record);
    } catch (IOException e) {
      throw new UncheckedIOException(
          DiskFailure.message(
              "could not record %s as record %d of %s".formatted(what, record.number(), file), e),
          e);
    }
  }

  private void append(LedgerRecord record) throws IOException {
    String line = format.line(record, state.head());
    state.requireReadable(line, record);
    int run = record instanceof LedgerRecord.Charged charged ? charged.run() : 0;
    failed = true;
    torn = Optional.of(new LedgerRecord.Torn(record.number(), "", run));
    write(state.end() + line + "\n");
    failed = false;
    torn = Optional.empty();
    state.add(record, RecordFormat.hash(line, state.head()));
  }

  private void write(String text) throws IOException {
    requireLength(channel.size());
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    length += bytes.remaining();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
    // An open file can be written to after it was deleted or another took its place.
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "deleted or moved during the run");
    }
    requireLength(Files.size(file));
  }

  private void requireLength(long found) throws IOException {
    if (found != length) {
      throw new FileSystemException(
          file.toString(), null, "changed or replaced by something else during the run");
    }
  }

  static Instant now() {
    return Instant.now();
  }

  @Override
  public synchronized void close() throws IOException {
    try (lock;
        FileChannel closed = channel) {
      // Both, also where one fails.
    } catch (IOException e) {
      throw DiskFailure.of(file + " could not be closed", e);
    }
  }
}
