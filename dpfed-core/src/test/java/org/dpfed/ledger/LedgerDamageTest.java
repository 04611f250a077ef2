package org.dpfed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyLedger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A ledger of one header, two runs and two rounds of each, cut and changed at every byte: cut off
 * at the end it counts every charge that returned, changed in any other way it is refused.
 */
final class LedgerDamageTest {
  /** Not of ASCII, so that a cut can fall within a character. */
  private static final PlannedRun RUN =
      new PlannedRun(
          "Pati€nt",
          455,
          8,
          NeighbouringRelation.ZERO_OUT,
          1e-5,
          new DpEvent.RoundOf(EventSamples.MATRIX, 0));

  @TempDir Path directory;
  private Path file;
  private byte[] whole;

  /** The lengths of the file after each record. */
  private final List<Integer> ends = new ArrayList<>();

  @BeforeEach
  void fill() throws IOException {
    file = directory.resolve("patients.jsonl");
    try (LedgerFile ledger = LedgerFile.open(file)) {
      for (int run = 0; run < 2; run++) {
        PrivacyLedger charged = ledger.begin(RUN);
        charged.charge(RUN.event(0));
        charged.charge(RUN.event(1));
      }
    }
    whole = Files.readAllBytes(file);
    ends.clear();
    for (int i = 0; i < whole.length; i++) {
      if (whole[i] == '\n') {
        ends.add(i + 1);
      }
    }
    assertThat(ends).hasSize(7);
  }

  /**
   * A field that is no integer would else count as round 0, and cost less than what was charged.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"run\":1,\"round\":2,\"event\"|\"run\":1,\"round\":\"2\",\"event\"",
        "\"run\":1,\"round\":2,\"event\"|\"run\":1,\"round\":9,\"event\"",
        "\"run\":1,\"round\":2,\"event\"|\"run\":1.0,\"round\":2,\"event\"",
        "\"run\":1,\"round\":1}|\"run\":1,\"round\":null}",
        "\"run\":1,\"round\":1}|\"run\":1,\"round\":-1}",
        "\"run\":1,\"round\":1}|\"run\":1,\"round\":8}",
        "\"run\":1,\"round\":1}|\"run\":1,\"round\":1e99}",
        "\"run\":1,\"round\":1}|\"run\":1,\"round\":2147483647}",
        "\"release\":\"model after round 2\"|\"release\":3",
        "\"record\":4,|\"record\":4.5,"
      })
  void read_recordOfOtherValuesWithItsHash_isRefused(String change) throws IOException {
    String[] parts = change.split("\\|", -1);
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    assertThat(text).contains(parts[0]);
    byte[] changed = text.replace(parts[0], parts[1]).getBytes(StandardCharsets.ISO_8859_1);
    Files.write(file, LedgerFuzzTest.rehashed(changed));
    assertThat(catchThrowableOfType(DamagedLedgerException.class, () -> LedgerHistory.read(file)))
        .returns(4L, DamagedLedgerException::record);
  }

  @Test
  void read_rehashedUnchanged_isRead() throws IOException {
    byte[] rehashed = LedgerFuzzTest.rehashed(whole);
    assertThat(rehashed).isEqualTo(whole);
  }

  /** A power loss can leave blocks of zeros, and each opening ends the line once more. */
  @Test
  void read_lineTornVeryOften_isOneTornRecord() throws IOException {
    byte[] torn = " <torn>\u0000".repeat(200_000).getBytes(StandardCharsets.ISO_8859_1);
    Files.write(file, torn, StandardOpenOption.APPEND);
    assertThat(LedgerHistory.read(file).records()).hasSize(8);
  }

  /** Records 3, 4, 6 and 7 are charges; the run records 2 and 5 and the header cost nothing. */
  @Test
  void open_cutAtAnyByte_countsWhatWasBegunAndCanBeContinued() throws IOException {
    for (int length = 0; length <= whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      Files.write(file, cut);
      LedgerHistory torn = LedgerHistory.read(file);
      int complete = completeRecords(length);
      assertThat(spent(torn)).as("cut at %d", length).isGreaterThanOrEqualTo(charges(complete));
      boolean isMidCharge =
          !atEnd(length) && (complete == 2 || complete == 3 || complete == 5 || complete == 6);
      if (isMidCharge) {
        assertThat(spent(torn)).as("cut at %d", length).isEqualTo(charges(complete) + 1);
      }
      if (length % 11 != 0 && !isNearAnEnd(length)) {
        continue;
      }
      try (LedgerFile ledger = LedgerFile.open(file)) {
        assertThat(spent(ledger.history())).isEqualTo(spent(torn));
        ledger.begin(RUN).charge(RUN.event(0));
      }
      assertThat(Arrays.copyOf(Files.readAllBytes(file), length)).isEqualTo(cut);
      assertThat(spent(LedgerHistory.read(file))).as("after %d", length).isEqualTo(spent(torn) + 1);
    }
  }

  /** What is appended after a torn record can be torn itself, tried at every third byte. */
  @Test
  void open_cutAgainInWhatWasAppended_countsBoth() throws IOException {
    int firstCut = ends.get(2) + 20;
    Files.write(file, Arrays.copyOf(whole, firstCut));
    long spent = spent(LedgerHistory.read(file));
    try (LedgerFile ledger = LedgerFile.open(file)) {
      ledger.begin(RUN);
    }
    byte[] continued = Files.readAllBytes(file);
    for (int length = firstCut; length <= continued.length; length += 3) {
      Files.write(file, Arrays.copyOf(continued, length));
      assertThat(spent(LedgerHistory.read(file))).isBetween(spent, spent + 1);
      try (LedgerFile ledger = LedgerFile.open(file)) {
        ledger.begin(RUN).charge(RUN.event(0));
      }
      assertThat(spent(LedgerHistory.read(file))).isBetween(spent + 1, spent + 2);
    }
  }

  /** A machine that loses power may have made the file longer and not yet written to it. */
  @Test
  void open_zerosAfterTheLastRecord_areTorn() throws IOException {
    Files.write(file, Arrays.copyOf(whole, whole.length + 100));
    assertThat(spent(LedgerHistory.read(file))).isEqualTo(5);
  }

  @Test
  void open_anyByteChanged_namesTheRecord() throws IOException {
    for (int at = 0; at < whole.length - 1; at++) {
      byte[] changed = whole.clone();
      changed[at] = (byte) (changed[at] == '7' ? '8' : '7');
      Files.write(file, changed);
      int offset = at;
      int record = 1 + (int) ends.stream().filter(end -> end <= offset).count();
      DamagedLedgerException damage =
          catchThrowableOfType(DamagedLedgerException.class, () -> LedgerFile.open(file).close());
      assertThat(damage).as("byte %d", at).isNotNull();
      assertThat(damage.record()).isEqualTo(record);
      assertThat(damage).hasMessageContaining("patients.jsonl, record " + record + ": ");
    }
    byte[] changed = Files.readAllBytes(file);
    assertThatThrownBy(() -> LedgerFile.open(file)).isInstanceOf(DamagedLedgerException.class);
    assertThat(Files.readAllBytes(file)).isEqualTo(changed);
  }

  @Test
  void open_recordRemoved_namesTheNext() throws IOException {
    for (int record = 0; record < 6; record++) {
      List<String> lines = lines();
      lines.remove(record);
      assertDamaged(lines, record + 1, record == 0 ? "numbered 2" : "moved, doubled or taken out");
    }
  }

  @Test
  void open_recordDoubled_namesTheSecond() throws IOException {
    for (int record = 0; record < 7; record++) {
      List<String> lines = lines();
      lines.add(record, lines.get(record));
      assertDamaged(lines, record + 2, "moved, doubled or taken out");
    }
  }

  @Test
  void open_recordsSwapped_namesTheFirst() throws IOException {
    for (int record = 0; record < 6; record++) {
      List<String> lines = lines();
      Collections.swap(lines, record, record + 1);
      assertDamaged(lines, record + 1, "moved, doubled or taken out");
    }
  }

  /** Each record is intact, but they do not follow one another. */
  @Test
  void open_recordOfAnotherLedger_isRefused() throws IOException {
    List<String> mixed = lines();
    Files.delete(file);
    fill();
    mixed.set(3, lines().get(3));
    assertDamaged(mixed, 4, "does not follow the record before");
  }

  @Test
  void open_newerFormat_isRefusedByName() throws IOException {
    List<String> lines = lines();
    lines.set(0, lines.get(0).replace("\"format\":1", "\"format\":2,\"new\":{}"));
    assertDamaged(lines, 1, "format 2 was written by a newer dpfed, this one reads up to 1");
  }

  @Test
  void open_otherFile_isRefusedAndLeftAlone() throws IOException {
    for (String other : List.of("epsilon: 3\n", "epsilon: 3", "{}\n", "\n", "[1,2]\n", "{\"a\":")) {
      Files.writeString(file, other);
      assertThatThrownBy(() -> LedgerFile.open(file))
          .as(other)
          .isInstanceOf(DamagedLedgerException.class)
          .hasMessageContaining("record 1");
      assertThat(Files.readString(file)).isEqualTo(other);
    }
  }

  private void assertDamaged(List<String> lines, int record, String problem) throws IOException {
    Files.write(file, lines);
    assertThatThrownBy(() -> LedgerFile.open(file))
        .isInstanceOf(DamagedLedgerException.class)
        .hasMessageContaining("record " + record + ": ")
        .hasMessageContaining(problem);
  }

  private List<String> lines() {
    return new ArrayList<>(Arrays.asList(new String(whole, StandardCharsets.UTF_8).split("\n")));
  }

  /**
   * Where continuing differs; elsewhere every eleventh cut is continued, for each forces the disk.
   */
  private boolean isNearAnEnd(int length) {
    return length < 40 || ends.stream().anyMatch(end -> length >= end - 3 && length <= end + 30);
  }

  private boolean atEnd(int length) {
    // A record that only lacks its end of line is complete.
    return length == 0 || ends.contains(length) || ends.contains(length + 1);
  }

  private int completeRecords(int length) {
    return (int) ends.stream().filter(end -> end - 1 <= length).count();
  }

  private static long charges(int records) {
    return List.of(0, 0, 0, 1, 2, 2, 3, 4).get(records);
  }

  private static long spent(LedgerHistory history) {
    return history.runs().keySet().stream().mapToLong(history::spentRounds).sum();
  }
}
