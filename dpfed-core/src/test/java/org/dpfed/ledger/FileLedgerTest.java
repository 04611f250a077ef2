package org.dpfed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.dpfed.accounting.DpEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FileLedgerTest {
  private static final DpEvent EVENT = new DpEvent.Gaussian(1);

  @TempDir Path directory;

  @Test
  void charge_returns_onceTheLineIsInTheFile() throws IOException {
    Path file = directory.resolve("ledger.tsv");
    try (FileLedger ledger = new FileLedger(file)) {
      ledger.charge(new DpEvent.Gaussian(2));
      assertThat(Files.readAllLines(file)).hasSize(1);
      ledger.charge(new DpEvent.PoissonSampled(0.2, new DpEvent.Gaussian(2)));
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).hasSize(2);
      assertThat(lines.get(0)).startsWith("1\t").endsWith("\tGaussian[noiseMultiplier=2.0]");
      assertThat(lines.get(1)).startsWith("2\t").contains("PoissonSampled[samplingProbability=0.2");
    }
  }

  @Test
  void open_existingFile_isRefused() throws IOException {
    Path file = Files.createFile(directory.resolve("ledger.tsv"));
    assertThatThrownBy(() -> new FileLedger(file)).isInstanceOf(FileAlreadyExistsException.class);
  }

  /** Wherever a write fails, nothing is ever appended to what may be half a line. */
  @ParameterizedTest
  @EnumSource(value = FailingChannel.Failure.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void charge_writeFails_ledgerTakesNoMoreThoughTheDiskRecovers(FailingChannel.Failure failure)
      throws IOException {
    Path file = directory.resolve("ledger.tsv");
    FailingChannel channel = new FailingChannel(file);
    try (FileLedger ledger = new FileLedger(file, channel)) {
      ledger.charge(EVENT);
      channel.failNext(failure);
      assertThatThrownBy(() -> ledger.charge(EVENT))
          .isInstanceOfAny(UncheckedIOException.class, OutOfMemoryError.class)
          .message()
          .contains(failure.text());
      byte[] torn = Files.readAllBytes(file);
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> ledger.charge(EVENT))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("ledger.tsv failed to record charge 2")
            .hasMessageContaining("may be torn and counts as spent");
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(torn);
    }
  }

  @Test
  void charge_fileDeletedDuringTheRun_isNotTakenForRecorded() throws IOException {
    Path gone = Files.createDirectory(directory.resolve("gone"));
    Path file = gone.resolve("ledger.tsv");
    try (FileLedger ledger = new FileLedger(file)) {
      ledger.charge(EVENT);
      Files.delete(file);
      Files.delete(gone);
      assertThatThrownBy(() -> ledger.charge(EVENT))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("deleted or moved");
      assertThatThrownBy(() -> ledger.charge(EVENT)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void charge_interruptedThread_isNotTakenForRecorded() throws IOException {
    try (FileLedger ledger = new FileLedger(directory.resolve("ledger.tsv"))) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> ledger.charge(EVENT)).isInstanceOf(UncheckedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(() -> ledger.charge(EVENT))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("counts as spent");
    }
  }

  @Test
  void charge_afterClose_isRefused() throws IOException {
    Path file = directory.resolve("ledger.tsv");
    FileLedger ledger = new FileLedger(file);
    ledger.charge(EVENT);
    ledger.close();
    assertThatThrownBy(() -> ledger.charge(EVENT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ledger.tsv is closed");
    assertThat(Files.readAllLines(file)).hasSize(1);
  }
}
