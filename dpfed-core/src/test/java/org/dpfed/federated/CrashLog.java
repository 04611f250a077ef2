package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.ledger.CheckpointDirectory;
import org.dpfed.ledger.LedgerHistory;
import org.dpfed.ledger.LedgerRecord;

/** What was seen of one run in all its lives, held against what its ledger counts. */
final class CrashLog {
  private final WholeRun whole;
  private final List<Shown> shown = new ArrayList<>();
  private int deaths;
  private int deathsAfterRelease;

  CrashLog(WholeRun whole) {
    this.whole = whole;
  }

  /** A model that left the program. */
  private record Shown(int round, String model) {}

  void saw(int round, String model) {
    shown.add(new Shown(round, model));
  }

  /** Everything that an observer in another process wrote; the last line may be torn. */
  void sawAll(Path file) throws IOException {
    shown.clear();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ", -1);
      saw(Integer.parseInt(words[0]), words.length < 2 ? "" : words[1]);
    }
  }

  int deaths() {
    return deaths;
  }

  /** How many of them came after a model was shown. */
  int deathsAfterRelease() {
    return deathsAfterRelease;
  }

  String lastModel() {
    return shown.get(shown.size() - 1).model();
  }

  /** Counts a death, and checks what it left. */
  void died(Path directory) throws IOException {
    deaths++;
    deathsAfterRelease += shown.isEmpty() ? 0 : 1;
    requireCharged(directory);
    assertThat(shown.isEmpty() || hasCheckpoint(CrashingRun.checkpoints(directory)))
        .as("a run that showed a model can be resumed")
        .isTrue();
  }

  private boolean hasCheckpoint(Path checkpoints) throws IOException {
    try (CheckpointDirectory left = CheckpointDirectory.open(checkpoints, whole.kind().kept())) {
      return left.newest().isPresent();
    }
  }

  /** Each model that was shown has its own charge, whole and durable, for its own round. */
  private LedgerHistory requireCharged(Path directory) throws IOException {
    Path file = CrashingRun.ledger(directory);
    LedgerHistory history =
        Files.exists(file) ? LedgerHistory.read(file) : new LedgerHistory(List.of(), List.of());
    long spent = history.runs().keySet().stream().mapToLong(history::spentRounds).sum();
    assertThat(spent).as("charges that count as spent").isGreaterThanOrEqualTo(shown.size());
    for (int round = 1; round <= CrashingRun.ROUNDS; round++) {
      int own = round;
      long charges =
          history.records().stream()
              .filter(record -> record instanceof LedgerRecord.Charged c && c.round() == own)
              .count();
      long models = shown.stream().filter(model -> model.round() == own).count();
      assertThat(charges).as("charges of round %d", round).isGreaterThanOrEqualTo(models);
    }
    return history;
  }

  /**
   * The run ended as if it had never died. A death costs at most the rounds since the last
   * checkpoint once more.
   *
   * @param last model of the run
   */
  void requireFinished(Path directory, String last) throws IOException {
    LedgerHistory history = requireCharged(directory);
    assertThat(last).isEqualTo(whole.models().get(CrashingRun.ROUNDS));
    for (Shown model : shown) {
      assertThat(model.model())
          .as("round %d", model.round())
          .isEqualTo(whole.models().get(model.round()));
    }
    ChargedRounds charged = history.charged(history.runs().size());
    int repeated = shown.size() - new HashSet<>(shown).size();
    assertThat(charged.reached()).isEqualTo(CrashingRun.ROUNDS);
    assertThat(charged.again())
        .isBetween(repeated, deaths * CrashingRun.ROUNDS_BETWEEN_CHECKPOINTS);
  }
}
