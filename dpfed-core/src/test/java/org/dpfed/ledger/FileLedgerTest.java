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

final class FileLedgerTest {
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

  @Test
  void charge_cannotBeWritten_throws() throws IOException {
    FileLedger ledger = new FileLedger(directory.resolve("ledger.tsv"));
    ledger.close();
    assertThatThrownBy(() -> ledger.charge(new DpEvent.Gaussian(1)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("ledger.tsv");
  }
}
