package org.dpfed.ledger;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.LedgerPosition;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged ledgers are read or refused, also where their hashes have been made to match. */
final class LedgerFuzzTest {
  private static final String PREVIOUS = ",\"previous\":\"";
  private static final String HASH = ",\"sha256\":\"";

  @TempDir private Path directory;

  @Test
  void read_damaged_isReadOrRefused() throws Exception {
    Fuzzing.run(reader(), Fuzzing.FEW, directory);
  }

  @Test
  @Tag("stress")
  void read_damagedManyTimes_isReadOrRefused() throws Exception {
    Fuzzing.run(reader(), Fuzzing.MANY, directory);
  }

  /** One ledger for every kind of event. */
  private FuzzedReader reader() throws IOException {
    List<byte[]> ledgers = new ArrayList<>();
    for (DpEvent event : EventSamples.ALL) {
      boolean isRound = event instanceof DpEvent.RoundOf;
      ledgers.add(ledger(isRound ? new DpEvent.RoundOf(EventSamples.MATRIX, 0) : event));
    }
    return FuzzedReader.of(
            "ledger",
            "ledger.jsonl",
            ledgers,
            DamagedLedgerException.class,
            file -> {
              LedgerHistory history = LedgerHistory.read(file);
              history.runs().keySet().forEach(history::spentRounds);
            })
        .in((file, mutation) -> rehashed(mutation.of(file)));
  }

  private byte[] ledger(DpEvent event) throws IOException {
    Path file = directory.resolve("whole.jsonl");
    Files.deleteIfExists(file);
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PlannedRun run =
          new PlannedRun("Pati€nt", 455, 8, NeighbouringRelation.ZERO_OUT, 1e-5, event);
      PrivacyLedger charged = ledger.begin(run);
      charged.charge(run.event(0));
      charged.note("evaluation after round 1");
      LedgerPosition position = charged.position().orElseThrow();
      charged.charge(run.event(1));
      ledger.resume(run, position, 1).charge(run.event(1));
    }
    return Files.readAllBytes(file);
  }

  /** The chain as whoever changes a ledger on purpose would make it. */
  static byte[] rehashed(byte[] ledger) {
    StringBuilder text = new StringBuilder();
    String head = RecordFormat.NO_HASH;
    for (String line : new String(ledger, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      int previous = line.lastIndexOf(PREVIOUS);
      if (previous >= 0) {
        String content = line.substring(0, previous) + PREVIOUS + head + "\"";
        head = sha256(content);
        text.append(content).append(HASH).append(head).append("\"}\n");
      } else {
        text.append(line).append(line.isEmpty() ? "" : "\n");
      }
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String sha256(String content) {
    try {
      byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
