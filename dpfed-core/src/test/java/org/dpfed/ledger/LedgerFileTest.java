package org.dpfed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyLedger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LedgerFileTest {
  private static final DpEvent EVENT = new DpEvent.PoissonSampled(0.1, new DpEvent.Gaussian(1));
  private static final PlannedRun RUN = run(EVENT);
  private static final PlannedRun CORRELATED = run(new DpEvent.RoundOf(EventSamples.MATRIX, 0));

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void choose() {
    file = directory.resolve("patients.jsonl");
  }

  private static PlannedRun run(DpEvent event) {
    return new PlannedRun("patient", 455, 8, NeighbouringRelation.ZERO_OUT, 1e-5, event);
  }

  @Test
  void charge_returns_onceTheRecordIsInTheFile() throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      assertThat(Files.readAllLines(file)).hasSize(1);
      PrivacyLedger run = ledger.begin(RUN);
      assertThat(Files.readAllLines(file)).hasSize(2);
      run.charge(EVENT);
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).hasSize(3);
      assertThat(lines.get(0))
          .matches(
              "\\{\"record\":1,\"type\":\"ledger\",\"time\":\"[^\"]*Z\",\"format\":1,"
                  + "\"previous\":\"0{64}\",\"sha256\":\"[0-9a-f]{64}\"}");
      assertThat(lines.get(1))
          .contains("\"record\":2,\"type\":\"run\"")
          .contains("\"run\":1,\"plan\":{\"unit\":\"patient\",\"population\":455,\"rounds\":8,")
          .contains("\"relation\":\"zero-out\",\"delta\":1.0E-5");
      assertThat(lines.get(2))
          .contains("\"record\":3,\"type\":\"charge\"")
          .contains("\"run\":1,\"round\":1,\"event\":{\"type\":\"PoissonSampled\"")
          .contains("\"release\":\"model after round 1\"");
      String hash = lines.get(1).substring(lines.get(1).length() - 66, lines.get(1).length() - 2);
      assertThat(lines.get(2)).contains("\"previous\":\"" + hash + "\"");
      assertThat(ledger.history()).isEqualTo(LedgerHistory.read(file));
    }
  }

  @Test
  void open_again_continuesAfterWhatIsThere() throws IOException {
    charge(RUN, 2);
    byte[] before = Files.readAllBytes(file);
    charge(CORRELATED, 3);

    assertThat(Files.readAllBytes(file)).startsWith(before);
    LedgerHistory history = LedgerHistory.read(file);
    assertThat(history.runs()).hasSize(2).containsEntry(1, RUN).containsEntry(2, CORRELATED);
    assertThat(history.spentRounds(1)).isEqualTo(2);
    assertThat(history.spentRounds(2)).isEqualTo(3);
    assertThat(history.records().get(7))
        .isInstanceOfSatisfying(
            LedgerRecord.Charged.class,
            last -> {
              assertThat(last.event()).isEqualTo(new DpEvent.RoundOf(EventSamples.MATRIX, 2));
              assertThat(last.round()).isEqualTo(3);
            });
  }

  /** A run may have thousands of coefficients. */
  @Test
  void charge_correlatedNoise_namesTheRunThatWasWrittenOnce() throws IOException {
    charge(CORRELATED, 3);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.get(1)).contains("coefficients");
    assertThat(lines.subList(2, 5)).noneMatch(line -> line.contains("coefficients"));
    assertThat(lines.get(4)).contains("\"event\":{\"type\":\"RoundOf\",\"run\":1,\"round\":2}");
  }

  @Test
  void open_missingDirectories_makesThem() throws IOException {
    file = directory.resolve("runs").resolve("ledgers").resolve("patients.jsonl");
    charge(RUN, 1);
    assertThat(LedgerHistory.read(file).records()).hasSize(3);
  }

  @Test
  void charge_anythingButThePlannedRound_isRefused() throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger first = ledger.begin(CORRELATED);
      for (DpEvent other : List.of(EVENT, new DpEvent.RoundOf(EventSamples.MATRIX, 1))) {
        assertThatThrownBy(() -> first.charge(other))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("round 1 of run 1 is not charged as the run planned");
      }
      PrivacyLedger second = ledger.begin(RUN);
      assertThatThrownBy(() -> first.charge(CORRELATED.event(0)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("ended when run 2 began");
      for (int round = 0; round < RUN.rounds(); round++) {
        second.charge(EVENT);
      }
      assertThatThrownBy(() -> second.charge(EVENT))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("planned 8 rounds, and all are charged");
    }
    assertThat(Files.readAllLines(file)).hasSize(3 + RUN.rounds());
  }

  @Test
  void begin_anotherUnit_isRefused() throws IOException {
    charge(RUN, 1);
    PlannedRun hospitals =
        new PlannedRun("hospital", 5, 8, NeighbouringRelation.ZERO_OUT, 1e-5, EVENT);
    try (LedgerFile ledger = LedgerFile.open(file)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ledger.begin(hospitals))
          .withMessageContaining("the ledger of patient as the unit")
          .withMessageContaining("one hospital");
    }
    assertThat(Files.readAllLines(file)).hasSize(3);
  }

  /** Deeper than a reader follows: nobody could open the ledger again. */
  @Test
  void begin_whatCouldNotBeReadAgain_isNotWritten() throws IOException {
    DpEvent deep = EVENT;
    for (int i = 0; i < 1_100; i++) {
      deep = new DpEvent.SelfComposed(deep, 1);
    }
    PlannedRun unreadable = run(deep);
    try (LedgerFile ledger = LedgerFile.open(file)) {
      assertThatThrownBy(() -> ledger.begin(unreadable))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("record 2 cannot be written")
          .hasMessageContaining("depth");
      ledger.begin(RUN).charge(EVENT);
    }
    assertThat(LedgerHistory.read(file).spentRounds(1)).isEqualTo(1);
  }

  /** Wherever a write fails, nothing is ever appended to what may be half a line. */
  @ParameterizedTest
  @EnumSource(value = FailingChannel.Failure.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void charge_writeFails_ledgerTakesNoMoreAndTheRoundCounts(FailingChannel.Failure failure)
      throws IOException {
    LedgerFile.open(file).close();
    FailingChannel channel = new FailingChannel(file);
    try (LedgerFile ledger = over(channel)) {
      PrivacyLedger run = ledger.begin(RUN);
      run.charge(EVENT);
      channel.failNext(failure);
      assertThatThrownBy(() -> run.charge(EVENT))
          .isInstanceOfAny(UncheckedIOException.class, OutOfMemoryError.class)
          .message()
          .contains(failure.text());
      byte[] torn = Files.readAllBytes(file);
      assertThat(ledger.history().spentRounds(1)).isEqualTo(2);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> run.charge(EVENT))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("patients.jsonl failed to record its record 4")
            .hasMessageContaining("may be torn and counts as spent");
        assertThatThrownBy(() -> ledger.begin(RUN)).isInstanceOf(IllegalStateException.class);
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(torn);
    }
    charge(RUN, 1);
    assertThat(LedgerHistory.read(file).spentRounds(2)).isEqualTo(1);
  }

  private LedgerFile over(FileChannel channel) throws IOException {
    LedgerReader state = LedgerReader.read(file.toString(), LedgerHistory.text(file));
    return new LedgerFile(file, ProcessLock.take(file), channel, state);
  }

  @Test
  void charge_fileDeletedDuringTheRun_isNotTakenForRecorded() throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger run = ledger.begin(RUN);
      Files.delete(file);
      assertThatThrownBy(() -> run.charge(EVENT))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("deleted or moved");
      assertThatThrownBy(() -> run.charge(EVENT)).isInstanceOf(IllegalStateException.class);
    }
  }

  /** As an editor, a restored backup or a synchronised folder leaves it. */
  @Test
  void charge_anotherFileTookThePlace_isNotTakenForRecorded() throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger run = ledger.begin(RUN);
      Path copy = Files.copy(file, directory.resolve("copy.jsonl"));
      Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
      assertThatThrownBy(() -> run.charge(EVENT))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("changed or replaced by something else during the run");
      assertThat(ledger.history().spentRounds(1)).isEqualTo(1);
      assertThatThrownBy(() -> run.charge(EVENT)).isInstanceOf(IllegalStateException.class);
    }
  }

  /**
   * A second name of the same file has a lock of its own, and so has one whose lock was removed.
   */
  @Test
  void charge_somethingElseWroteOrCut_isRefusedBeforeItIsWritten() throws IOException {
    Path second = directory.resolve("second.jsonl");
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger run = ledger.begin(RUN);
      run.charge(EVENT);
      Files.createLink(second, file);
      try (LedgerFile other = LedgerFile.open(second)) {
        PrivacyLedger otherRun = other.begin(RUN);
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> run.charge(EVENT))
            .isInstanceOf(UncheckedIOException.class)
            .hasMessageContaining("changed or replaced by something else during the run");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        otherRun.charge(EVENT);
      }
    }
    assertThat(LedgerHistory.read(file).spentRounds(2)).isEqualTo(1);
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger run = ledger.begin(RUN);
      Files.writeString(file, "");
      assertThatThrownBy(() -> run.charge(EVENT)).isInstanceOf(UncheckedIOException.class);
      assertThat(file).isEmptyFile();
    }
  }

  /** Its budget was made without the charges of the run that went on. */
  @Test
  void charge_runWentOnElsewhere_isRefused() throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger first = ledger.begin(RUN);
      first.charge(EVENT);
      PrivacyLedger resumed = ledger.resume(RUN, first.position().orElseThrow(), 1);
      byte[] before = Files.readAllBytes(file);
      assertThatThrownBy(() -> first.charge(EVENT))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("run 1 of " + file + " ended when run 1 began or went on");
      assertThatThrownBy(() -> first.note("x")).isInstanceOf(IllegalStateException.class);
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
      resumed.charge(EVENT);
      assertThat(ledger.history().charged(1)).isEqualTo(ChargedRounds.first(2));
    }
  }

  @Test
  void charge_interruptedThread_isNotTakenForRecorded() throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger run = ledger.begin(RUN);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> run.charge(EVENT)).isInstanceOf(UncheckedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(() -> run.charge(EVENT))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("counts as spent");
    }
  }

  @Test
  void charge_afterClose_isRefused() throws IOException {
    LedgerFile ledger = LedgerFile.open(file);
    PrivacyLedger run = ledger.begin(RUN);
    ledger.close();
    assertThatThrownBy(() -> run.charge(EVENT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("patients.jsonl is closed");
    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  private void charge(PlannedRun plan, int rounds) throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PrivacyLedger run = ledger.begin(plan);
      for (int round = 0; round < rounds; round++) {
        run.charge(plan.event(round));
      }
    }
  }
}
