package org.dpfed.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dpfed.accounting.BudgetExceededException;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.PlannedRun;
import org.dpfed.accounting.PopulationLedger;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.PrivacyLedger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several runs of one process on one ledger at once. */
final class SideBySideTest {
  private static final PlannedRun SAMPLED =
      run(4, new DpEvent.PoissonSampled(0.1, new DpEvent.Gaussian(1)));
  private static final PlannedRun CORRELATED = run(4, new DpEvent.RoundOf(EventSamples.MATRIX, 0));

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void choose() {
    file = directory.resolve("patients.jsonl");
  }

  private static PlannedRun run(int rounds, DpEvent event) {
    return new PlannedRun("patient", 455, rounds, NeighbouringRelation.ZERO_OUT, 1e-5, event);
  }

  /** An earlier process left run 1 after one round; runs 2 and 3 take turns. */
  private void interleave() throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      ledger.begin(SAMPLED).charge(SAMPLED.event(0));
    }
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PopulationLedger beside = ledger.sideBySide(OptionalDouble.empty());
      PrivacyLedger second = beside.begin(SAMPLED);
      PrivacyLedger third = beside.begin(CORRELATED);
      for (int round = 0; round < 4; round++) {
        second.charge(SAMPLED.event(round));
        if (round < 3) {
          third.charge(CORRELATED.event(round));
        }
      }
      second.note("evaluation");
    }
  }

  @Test
  void charge_runsTakeTurns_eachIsChargedForItsOwnRounds() throws IOException {
    interleave();
    LedgerHistory history = LedgerHistory.read(file);
    assertThat(spent(history)).isEqualTo(Map.of(1, 1L, 2, 4L, 3, 3L));
    assertThat(history.composed(NeighbouringRelation.ZERO_OUT).epsilon(1e-5))
        .isEqualTo(apart().epsilon(1e-5));
  }

  /** The same charges with one run after the other. */
  private PrivacyAccountant apart() throws IOException {
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("apart.jsonl"))) {
      charge(ledger.begin(SAMPLED), SAMPLED, 1);
      charge(ledger.begin(SAMPLED), SAMPLED, 4);
      charge(ledger.begin(CORRELATED), CORRELATED, 3);
      return ledger.history().composed(NeighbouringRelation.ZERO_OUT);
    }
  }

  private static void charge(PrivacyLedger ledger, PlannedRun run, int rounds) {
    for (int round = 0; round < rounds; round++) {
      ledger.charge(run.event(round));
    }
  }

  /**
   * Whatever byte the file is cut at: no run counts fewer rounds than it was charged up to there,
   * and where the cut is in a charge, the run that it was of counts it. A run of an earlier process
   * counts none.
   */
  @Test
  void read_cutAtAnyByte_noRunCountsLessThanItWasCharged() throws IOException {
    interleave();
    byte[] whole = Files.readAllBytes(file);
    List<LedgerRecord> records = LedgerHistory.read(file).records();
    int complete = 0;
    int end = endOfRecord(whole, 0);
    for (int length = 0; length <= whole.length; length++) {
      if (length > end) {
        complete++;
        end = endOfRecord(whole, end + 1);
      }
      Files.write(file, Arrays.copyOf(whole, length));
      LedgerHistory cut = LedgerHistory.read(file);
      int from = lengthOf(whole, complete);
      boolean isTorn = length > from && length < end;
      for (int run = 1; run <= 3; run++) {
        long charged = charges(records.subList(0, complete), run);
        long torn =
            isTorn && records.get(complete) instanceof LedgerRecord.Charged c && c.run() == run
                ? 1
                : 0;
        assertThat(cut.spentRounds(run))
            .as("run %d, cut at %d", run, length)
            .isGreaterThanOrEqualTo(charged + torn)
            .isLessThanOrEqualTo(charged + 1);
        if (run == 1 && complete > 3) {
          assertThat(cut.spentRounds(run)).as("cut at %d", length).isEqualTo(1);
        }
      }
    }
  }

  /** Position of the end of line at or after {@code from}; beyond the file after the last. */
  private static int endOfRecord(byte[] bytes, int from) {
    int at = from;
    while (at < bytes.length && bytes[at] != '\n') {
      at++;
    }
    return at;
  }

  private static int lengthOf(byte[] bytes, int records) {
    int at = 0;
    for (int i = 0; i < records; i++) {
      at = endOfRecord(bytes, at) + 1;
    }
    return at;
  }

  private static long charges(List<LedgerRecord> records, int run) {
    return records.stream()
        .filter(record -> record instanceof LedgerRecord.Charged c && c.run() == run)
        .count();
  }

  /** Run 2 is complete after its fourth round, so that the torn record can only be of run 3. */
  @Test
  void read_tornBesideACompleteRun_isOfTheOther() throws IOException {
    interleave();
    Files.writeString(file, Files.readString(file) + "{\"record\":14,\"type\":\"cha");
    LedgerHistory history = LedgerHistory.read(file);
    assertThat(history.records()).hasSize(14);
    assertThat(spent(history)).isEqualTo(Map.of(1, 1L, 2, 4L, 3, 4L));
  }

  @Test
  void begin_alone_endsThoseBesideEachOther() throws IOException {
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PopulationLedger beside = ledger.sideBySide(OptionalDouble.empty());
      List<PrivacyLedger> both = List.of(beside.begin(SAMPLED), beside.begin(SAMPLED));
      both.forEach(run -> run.charge(SAMPLED.event(0)));
      ledger.begin(SAMPLED);
      for (PrivacyLedger run : both) {
        assertThatThrownBy(() -> run.charge(SAMPLED.event(1)))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("ended when run 3 began");
      }
    }
  }

  @Test
  void charge_manyThreads_leaveAWholeLedger()
      throws IOException, InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PopulationLedger beside = ledger.sideBySide(OptionalDouble.empty());
      List<Future<?>> runs = new ArrayList<>();
      for (int run = 0; run < 8; run++) {
        PlannedRun plan = run % 2 == 0 ? SAMPLED : CORRELATED;
        runs.add(
            threads.submit(
                () -> {
                  PrivacyLedger charged = beside.begin(plan);
                  charge(charged, plan, 4);
                  charged.note("evaluation");
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdown();
    }
    LedgerHistory history = LedgerHistory.read(file);
    assertThat(history.records()).hasSize(1 + 8 * 6);
    assertThat(spent(history).values()).hasSize(8).containsOnly(4L);
  }

  /** Each run alone fits, and so does the first with half of the second. */
  @Test
  void sideBySide_budget_isKeptByAllRunsInProgressTogether() throws IOException {
    double budget = epsilonOf(6);
    try (LedgerFile ledger = LedgerFile.open(file)) {
      PopulationLedger beside = ledger.sideBySide(OptionalDouble.of(budget));
      PrivacyLedger first = beside.begin(SAMPLED);
      PrivacyLedger second = beside.begin(SAMPLED);
      charge(second, SAMPLED, 2);
      assertThatThrownBy(() -> second.charge(SAMPLED.event(2)))
          .isInstanceOf(BudgetExceededException.class);
      charge(first, SAMPLED, 4);
      assertThat(ledger.history().composed(NeighbouringRelation.ZERO_OUT).epsilon(1e-5))
          .isLessThanOrEqualTo(budget);
    }
  }

  private double epsilonOf(int rounds) throws IOException {
    PlannedRun all = run(rounds, SAMPLED.firstRound());
    try (LedgerFile ledger = LedgerFile.open(directory.resolve("measure.jsonl"))) {
      charge(ledger.begin(all), all, rounds);
      return ledger.history().composed(NeighbouringRelation.ZERO_OUT).epsilon(1e-5);
    }
  }

  private static Map<Integer, Long> spent(LedgerHistory history) {
    Map<Integer, Long> spent = new TreeMap<>();
    history.runs().keySet().forEach(run -> spent.put(run, history.spentRounds(run)));
    return spent;
  }
}
