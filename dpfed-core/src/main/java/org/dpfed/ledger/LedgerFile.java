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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dpfed.accounting.DpEvent;
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
 * as a round of the run that was in progress, or of each that was. Whatever else is not as it was
 * written stops with {@link DamagedLedgerException}. A ledger that failed to write takes no more
 * until it is opened anew. One process at a time holds a ledger.
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
  private final Map<Integer, RunLedger> held = new HashMap<>();
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
    return begin(run, Way.ALONE);
  }

  @Override
  public PrivacyLedger resume(PlannedRun run, LedgerPosition position, int completed) {
    return resume(run, position, completed, Way.ALONE);
  }

  /**
   * The same ledger, whose runs end before a round with which everything charged to it would cost
   * more than {@code maxEpsilon}, at the delta and under the relation of the run.
   *
   * @param maxEpsilon positive
   */
  public PopulationLedger limitedTo(double maxEpsilon) {
    return new View(new Way(false, OptionalDouble.of(maxEpsilon)));
  }

  /**
   * The same ledger for several runs of this process at once: a run that begins or goes on through
   * this view ends none of those that did so before it. A record that is torn while they are in
   * progress counts as a round of each, since nobody can tell whose it was.
   *
   * @param maxEpsilon as of {@link #limitedTo}, or empty; runs in progress count with all rounds
   *     that they plan, so that all runs together keep to it
   */
  public PopulationLedger sideBySide(OptionalDouble maxEpsilon) {
    return new View(new Way(true, maxEpsilon));
  }

  /**
   * How a run uses the ledger.
   *
   * @param isBeside whether the runs of this process that are in progress go on
   * @param maxEpsilon empty for no limit
   */
  private record Way(boolean isBeside, OptionalDouble maxEpsilon) {
    static final Way ALONE = new Way(false, OptionalDouble.empty());

    Way {
      if (maxEpsilon.isPresent() && !(maxEpsilon.getAsDouble() > 0)) {
        throw new IllegalArgumentException(
            "maxEpsilon must be positive, was " + maxEpsilon.getAsDouble());
      }
    }
  }

  /** The ledger as runs use it in one way. */
  private final class View implements PopulationLedger {
    private final Way way;

    View(Way way) {
      this.way = way;
    }

    @Override
    public PrivacyLedger begin(PlannedRun run) {
      return LedgerFile.this.begin(run, way);
    }

    @Override
    public PrivacyLedger resume(PlannedRun run, LedgerPosition position, int completed) {
      return LedgerFile.this.resume(run, position, completed, way);
    }
  }

  private synchronized PrivacyLedger begin(PlannedRun run, Way way) {
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
    Set<Integer> others = others(number, way);
    RunBudget budget = RunBudget.of(before, others, number, run, 0, way.maxEpsilon);
    append(
        "run " + number,
        new LedgerRecord.Begun(state.next(), now(), number, run, !others.isEmpty()));
    return held(number, new RunLedger(this, number, run, budget, 0));
  }

  private synchronized PrivacyLedger resume(
      PlannedRun run, LedgerPosition position, int completed, Way way) {
    LedgerHistory before = history();
    before.requireResumable(file, run, position, completed);
    int number = position.run();
    Set<Integer> others = others(number, way);
    RunBudget budget = RunBudget.of(before, others, number, run, completed, way.maxEpsilon);
    append(
        "that run %d goes on".formatted(number),
        new LedgerRecord.Resumed(
            state.next(), now(), number, completed, run.rounds(), !others.isEmpty()));
    return held(number, new RunLedger(this, number, run, budget, completed));
  }

  private RunLedger held(int number, RunLedger begun) {
    held.put(number, begun);
    return begun;
  }

  /** The runs that stay in progress beside another: those of earlier processes have ended. */
  private Set<Integer> others(int number, Way way) {
    if (held.isEmpty() || !way.isBeside) {
      return Set.of();
    }
    Set<Integer> others = new TreeSet<>(state.inProgress());
    others.remove(number);
    return others;
  }

  /**
   * Appends what that one charges, if its run is still in progress and did not go on elsewhere.
   *
   * @param round counts from 1
   */
  synchronized void charge(RunLedger by, int run, int round, DpEvent event) {
    requireInProgress(by, run);
    append(
        "charge",
        new LedgerRecord.Charged(
            state.next(), now(), run, round, event, "model after round " + round));
  }

  /** Appends what that one notes, as {@link #charge} does. */
  synchronized void note(RunLedger by, int run, String text) {
    requireInProgress(by, run);
    append("what was shown", new LedgerRecord.Noted(state.next(), now(), run, text));
  }

  /** A run that was resumed elsewhere has ended here: its budget knows nothing of the other's. */
  private void requireInProgress(RunLedger by, int run) {
    if (held.get(run) != by || !state.inProgress().contains(run)) {
      throw new IllegalStateException(
          "run %d of %s ended when run %s began or went on; a ledger has one run at a time, unless they begin side by side"
              .formatted(run, file, inProgress()));
    }
  }

  private String inProgress() {
    return state.inProgress().stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  /** The hash of the last record. */
  synchronized String head() {
    return state.head();
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
    List<Integer> run =
        record instanceof LedgerRecord.Charged charged ? List.of(charged.run()) : List.of();
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
