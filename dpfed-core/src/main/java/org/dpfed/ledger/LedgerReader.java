package org.dpfed.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.dpfed.accounting.PlannedRun;

/** Reads the lines of a ledger one after the other, and keeps what the next one must follow. */
final class LedgerReader {
  private final String file;
  private final RecordFormat format = new RecordFormat();
  private final List<LedgerRecord> records = new ArrayList<>();
  private final Map<Integer, PlannedRun> runs = new HashMap<>();
  private final List<String> hashes = new ArrayList<>();
  private final Set<Integer> inProgress = new TreeSet<>();
  private String head = RecordFormat.NO_HASH;
  private String end = "";

  private LedgerReader(String file) {
    this.file = file;
  }

  /** Nothing read yet: what a new file holds. */
  static LedgerReader read(String file, String text) throws DamagedLedgerException {
    LedgerReader reader = new LedgerReader(file);
    int from = 0;
    for (int to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      reader.line(text.substring(from, to));
      from = to + 1;
    }
    if (from < text.length()) {
      reader.unterminated(text.substring(from));
    }
    return reader;
  }

  private void line(String line) throws DamagedLedgerException {
    if (!line.endsWith(RecordFormat.TORN)) {
      whole(line);
    } else {
      torn(line.substring(0, line.length() - RecordFormat.TORN.length()));
    }
  }

  /** The last line; a whole record without its end of line was written, and may be followed. */
  private void unterminated(String line) throws DamagedLedgerException {
    if (RecordFormat.isWhole(line)) {
      whole(line);
      end = "\n";
    } else {
      torn(line);
      end = RecordFormat.TORN + "\n";
    }
  }

  private void whole(String line) throws DamagedLedgerException {
    try {
      LedgerRecord record = format.read(line, next(), head, runs);
      if (record instanceof LedgerRecord.Opened == isOpened()) {
        throw new IllegalArgumentException("a ledger has one record of type ledger, the first");
      }
      if (record instanceof LedgerRecord.Begun begun && begun.run() != runs.size() + 1) {
        throw new IllegalArgumentException("it begins run " + begun.run() + " out of turn");
      }
      add(record, RecordFormat.hash(line, head));
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private void torn(String text) throws DamagedLedgerException {
    if (!RecordFormat.isTorn(text, next())) {
      throw damaged("it is neither a record nor the beginning of one");
    }
    List<Integer> runs =
        RecordFormat.isNoCharge(text, next()) ? List.of() : history().mayCharge(inProgress);
    add(
        new LedgerRecord.Torn(next(), text, runs),
        RecordFormat.hash(text + RecordFormat.TORN, head));
  }

  private DamagedLedgerException damaged(String problem) {
    return new DamagedLedgerException(
        file,
        next(),
        problem
            + "; restore the file from a copy that was not changed, nothing can be charged to this one");
  }

  /**
   * Returns if the line will be read as the record that it is to be.
   *
   * @throws IllegalStateException when it will not, and must not be written
   */
  void requireReadable(String line, LedgerRecord record) {
    LedgerRecord read;
    try {
      read = format.read(line, next(), head, runs);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "record %d of %s could not be read again: %s".formatted(next(), file, e.getMessage()), e);
    }
    if (!read.equals(record)) {
      throw new IllegalStateException(
          "record %d of %s would be read as another".formatted(next(), file));
    }
  }

  /** Notes a record that was read, or written after all that was read. */
  void add(LedgerRecord record, String hash) {
    records.add(record);
    if (record instanceof LedgerRecord.Begun begun) {
      runs.put(begun.run(), begun.plan());
      goesOn(begun.run(), begun.isBeside());
    } else if (record instanceof LedgerRecord.Resumed resumed) {
      runs.computeIfPresent(resumed.run(), (run, plan) -> plan.withRounds(resumed.rounds()));
      goesOn(resumed.run(), resumed.isBeside());
    }
    hashes.add(hash);
    head = hash;
    end = "";
  }

  private void goesOn(int run, boolean isBeside) {
    if (!isBeside) {
      inProgress.clear();
    }
    inProgress.add(run);
  }

  /** The number of the next record. */
  long next() {
    return records.size() + 1L;
  }

  /** The number of the last run, 0 before the first. */
  int lastRun() {
    return runs.size();
  }

  /**
   * The runs in progress, the only ones that may charge: the last that was begun or resumed, and
   * those that it was begun beside.
   */
  Set<Integer> inProgress() {
    return Set.copyOf(inProgress);
  }

  boolean isOpened() {
    return records.stream().anyMatch(LedgerRecord.Opened.class::isInstance);
  }

  /** The hash of the last record. */
  String head() {
    return head;
  }

  /** What must be written before the next record, to end a line that has no end. */
  String end() {
    return end;
  }

  LedgerHistory history() {
    return new LedgerHistory(records, hashes);
  }
}
