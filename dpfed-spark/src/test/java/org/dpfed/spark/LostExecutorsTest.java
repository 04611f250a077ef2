package org.dpfed.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.RoundListener;
import org.dpfed.federated.TrainingResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose executors are killed, stopped, or cannot read their data. */
@Tag("stress")
final class LostExecutorsTest {
  private static final int ROUNDS = 5;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void run_anyNumberOfExecutors_sameBits(int executors) throws IOException {
    TrainingResult here = Runs.run("cnn", ROUNDS, CohortEngine.local());
    try (LocalCluster cluster = LocalCluster.of(executors, Map.of())) {
      TrainingResult there = Runs.run("cnn", ROUNDS, cluster.engine("cnn"));
      assertThat(LocalCluster.executors()).hasSize(executors);
      assertSame(executors + " executors", there, here);
    }
  }

  /** Kills one in the middle of each second round; a client takes 100 ms to read. */
  @Test
  void run_executorsKilledMidRound_sameBits() throws IOException {
    TrainingResult here = Runs.run("mlp", ROUNDS, CohortEngine.local());
    List<Long> killed = new ArrayList<>();
    List<CompletableFuture<Void>> acts = new ArrayList<>();
    RoundListener killer =
        (metrics, parameters) -> {
          if (metrics.round() % 2 == 1) {
            acts.add(
                later(
                    400,
                    () -> {
                      ProcessHandle executor = LocalCluster.executors().get(0);
                      killed.add(executor.pid());
                      signal("KILL", executor);
                    }));
          }
        };
    try (LocalCluster cluster = LocalCluster.of(2, Map.of())) {
      TrainingResult there = Runs.run("mlp", ROUNDS, cluster.engine("mlp,slow"), killer);
      acts.forEach(CompletableFuture::join);
      assertThat(killed).hasSizeGreaterThanOrEqualTo(2).doesNotHaveDuplicates();
      assertThat(LocalCluster.executors())
          .extracting(ProcessHandle::pid)
          .doesNotContainAnyElementsOf(killed);
      assertSame("executors " + killed + " killed", there, here);
    }
  }

  /** Stops one as if its machine hung: Spark gives it up, and another one trains its share. */
  @Test
  void run_executorStoppedMidRound_sameBits() throws IOException {
    TrainingResult here = Runs.run("mlp", ROUNDS, CohortEngine.local());
    List<ProcessHandle> stopped = new ArrayList<>();
    List<CompletableFuture<Void>> acts = new ArrayList<>();
    RoundListener stopper =
        (metrics, parameters) -> {
          if (metrics.round() == 2) {
            acts.add(
                later(
                    400,
                    () -> {
                      stopped.add(LocalCluster.executors().get(0));
                      signal("STOP", stopped.get(0));
                    }));
          }
        };
    // Not speculation, which never gives a share to an executor of the same machine.
    Map<String, String> impatient =
        Map.of(
            "spark.executor.heartbeatInterval", "2s",
            "spark.network.timeout", "20s",
            "spark.network.timeoutInterval", "2s");
    try (LocalCluster cluster = LocalCluster.of(3, impatient)) {
      try {
        TrainingResult there = Runs.run("mlp", ROUNDS, cluster.engine("mlp,slow"), stopper);
        acts.forEach(CompletableFuture::join);
        assertThat(stopped).hasSize(1).allMatch(ProcessHandle::isAlive);
        assertSame("executor " + stopped + " stopped", there, here);
      } finally {
        stopped.forEach(executor -> signal("KILL", executor));
      }
    }
  }

  /** All clients whose share executor 0 has fail, the others are trained, and the run ends. */
  @Test
  void run_oneExecutorCannotReadItsData_itsClientsFail() throws IOException {
    TrainingResult here = Runs.run("mlp", ROUNDS, CohortEngine.local());
    try (LocalCluster cluster = LocalCluster.of(2, Map.of())) {
      TrainingResult there = Runs.run("mlp", ROUNDS, cluster.engine("mlp,unreadable-on-0"));
      for (int round = 0; round < ROUNDS; round++) {
        List<Integer> some = Runs.counts(there).get(round);
        List<Integer> all = Runs.counts(here).get(round);
        assertThat(some.get(0)).as("cohort").isEqualTo(all.get(0));
        assertThat(some.get(1)).as("failed").isBetween(some.get(0) / 3, some.get(0) - 1);
        assertThat(some.get(1)).isGreaterThan(all.get(1));
      }
      System.out.println(
          "cohort, failed, not finite, clipped of each round: " + Runs.counts(there));
    }
  }

  private static void assertSame(String what, TrainingResult there, TrainingResult here) {
    System.out.printf("%s: %s here, %s there%n", what, Runs.hash(here), Runs.hash(there));
    assertThat(Runs.hash(there)).isEqualTo(Runs.hash(here));
    assertThat(Runs.counts(there)).isEqualTo(Runs.counts(here)).hasSize(ROUNDS);
  }

  private static CompletableFuture<Void> later(int millis, Runnable act) {
    return CompletableFuture.runAsync(
        act, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS));
  }

  private static void signal(String name, ProcessHandle process) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new IllegalStateException("no signals can be sent here", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
