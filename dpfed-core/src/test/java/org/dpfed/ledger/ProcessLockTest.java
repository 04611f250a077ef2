package org.dpfed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class ProcessLockTest {
  @TempDir Path directory;

  /** Holds a ledger until its input ends. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) throws IOException {
      try (LedgerFile ledger = LedgerFile.open(Path.of(arguments[0]))) {
        DpEvent event = new DpEvent.Gaussian(1);
        ledger
            .begin(new PlannedRun("patient", 9, 1, NeighbouringRelation.ZERO_OUT, 0.01, event))
            .charge(event);
        System.out.println("held");
        System.out.flush();
        while (System.in.read() >= 0) {
          // Until the parent closes it.
        }
      }
    }
  }

  @Test
  @Timeout(60)
  void open_otherProcessHoldsIt_isRefusedWithItsPidUntilItDies() throws Exception {
    Path file = directory.resolve("patients.jsonl");
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.inputReader().readLine()).isEqualTo("held");
      byte[] before = Files.readAllBytes(file);
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> LedgerFile.open(file))
            .isInstanceOf(InUseException.class)
            .hasMessageContaining("is in use by process " + holder.pid() + ";");
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(before);
      assertThat(LedgerHistory.read(file).spentRounds(1)).isEqualTo(1);
    } finally {
      holder.destroyForcibly();
    }
    assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
    try (LedgerFile ledger = LedgerFile.open(file)) {
      assertThat(ledger.history().spentRounds(1)).isEqualTo(1);
    }
  }

  /** By whatever name: a symbolic link leads to the same ledger. */
  @Test
  void open_twiceInOneProcess_isRefusedUntilTheFirstIsClosed() throws IOException {
    Path file = directory.resolve("patients.jsonl");
    Path link = directory.resolve("link.jsonl");
    try (LedgerFile first = LedgerFile.open(file)) {
      assertThat(first.history().records()).hasSize(1);
      Files.createSymbolicLink(link, file);
      for (Path name : new Path[] {file, link, directory.resolve(".").resolve("patients.jsonl")}) {
        assertThatThrownBy(() -> LedgerFile.open(name))
            .isInstanceOf(InUseException.class)
            .hasMessageContaining("process " + ProcessHandle.current().pid());
      }
    }
    LedgerFile.open(link).close();
  }
}
