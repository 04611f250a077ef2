package org.dpfed.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.dpfed.accounting.ChargedRounds;
import org.dpfed.federated.CohortEngine;
import org.dpfed.ledger.LedgerHistory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A driver that is killed in the middle of a round, and the one that goes on. */
@Tag("stress")
final class LostDriverTest {
  private static final String NETWORK = "mlp,slow";
  private static final int LAST_BEFORE_DEATH = 3;

  @TempDir Path directory;

  @Test
  @Timeout(600)
  void run_driverKilledMidRound_resumesToTheSameBitsAndHidesNoCharge() throws Exception {
    Map<Integer, String> whole = new HashMap<>();
    Runs.run(
        "mlp",
        DriverLife.ROUNDS,
        CohortEngine.local(),
        (metrics, parameters) -> whole.put(metrics.round(), Runs.hash(parameters)));

    Process first = start("first");
    List<String> shown = shown(first, LAST_BEFORE_DEATH);
    Thread.sleep(300);
    List<ProcessHandle> executors = first.children().toList();
    first.destroyForcibly().waitFor();
    assertThat(executors).hasSizeGreaterThanOrEqualTo(2);
    assertThat(charged().total()).isBetween((long) shown.size(), shown.size() + 1L);
    for (ProcessHandle executor : executors) {
      // Each by itself, when it finds that its driver is gone.
      executor.onExit().get(60, TimeUnit.SECONDS);
    }

    Process second = start("second");
    List<String> rest = shown(second, Integer.MAX_VALUE);
    assertThat(second.waitFor()).isZero();
    List<String> all = new ArrayList<>(shown);
    all.addAll(rest);
    System.out.println("models shown before and after the driver was killed: " + all);
    assertThat(shown).hasSize(LAST_BEFORE_DEATH);
    // From the checkpoint after round 2.
    assertThat(rest).hasSize(DriverLife.ROUNDS - Runs.ROUNDS_BETWEEN_CHECKPOINTS);
    for (String line : all) {
      String[] words = line.split(" ", -1);
      assertThat(words[1]).as("round " + words[0]).isEqualTo(whole.get(Integer.parseInt(words[0])));
    }
    assertThat(charged().reached()).isEqualTo(DriverLife.ROUNDS);
    assertThat(charged().total()).isGreaterThanOrEqualTo(all.size());
  }

  private ChargedRounds charged() throws IOException {
    LedgerHistory history = LedgerHistory.read(directory.resolve("ledger.jsonl"));
    assertThat(history.runs()).hasSize(1);
    return history.charged(history.runs().keySet().iterator().next());
  }

  private Process start(String home) throws IOException {
    ProcessBuilder driver =
        new ProcessBuilder(
                JavaProcess.command(DriverLife.class.getName(), NETWORK, directory.toString()))
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    driver.environment().put("SPARK_HOME", directory.resolve(home).toString());
    return driver.start();
  }

  /** What a driver says that it showed, up to so many models or its end. */
  private static List<String> shown(Process driver, int most) throws IOException {
    List<String> shown = new ArrayList<>();
    BufferedReader out = driver.inputReader();
    String line = out.readLine();
    while (line != null) {
      if (line.startsWith(DriverLife.SIGN)) {
        shown.add(line.substring(DriverLife.SIGN.length()));
        if (shown.size() == most) {
          return shown;
        }
      }
      line = out.readLine();
    }
    return shown;
  }
}
