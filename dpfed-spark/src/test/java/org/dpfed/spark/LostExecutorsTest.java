package org.dpfed.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.RoundListener;
import org.dpfed.federated.TrainingResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs whose executors are killed, stopped, or run out of memory. */
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

  /** Another machine is given the share of one that has stopped, which is not given up. */
  @Test
  void run_executorStoppedWithSpeculation_sameBits() throws IOException {
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
    Map<String, String> speculative =
        Map.of(
            "spark.speculation", "true",
            "spark.speculation.quantile", "0.5",
            "spark.speculation.multiplier", "1.5");
    // On one machine Spark would not speculate.
    List<String> hosts = List.of("127.0.0.1", "127.0.0.2", "127.0.0.3");
    try (LocalCluster cluster = LocalCluster.onHosts(hosts, speculative)) {
      Attempts attempts = new Attempts();
      cluster.spark().sc().addSparkListener(attempts);
      try {
        TrainingResult there = Runs.run("mlp", ROUNDS, cluster.engine("mlp,slow"), stopper);
        acts.forEach(CompletableFuture::join);
        assertThat(stopped).hasSize(1).allMatch(ProcessHandle::isAlive);
        assertThat(attempts.speculative.get()).as("shares given twice").isPositive();
        assertThat(attempts.executorsLost.get()).as("executors given up").isZero();
        assertSame(attempts.speculative + " shares given twice", there, here);
      } finally {
        stopped.forEach(executor -> signal("KILL", executor));
      }
    }
  }

  /** As on clusters that end a process which has run out of memory. */
  @Test
  void run_executorRunsOutOfMemoryOnce_sameBits(@TempDir Path directory) throws IOException {
    TrainingResult here = Runs.run("mlp", ROUNDS, CohortEngine.local());
    Path mark = directory.resolve("has-run-out");
    Map<String, String> mortal =
        Map.of("spark.executor.extraJavaOptions", "-XX:+ExitOnOutOfMemoryError");
    try (LocalCluster cluster = LocalCluster.of(2, mortal)) {
      Attempts attempts = new Attempts();
      cluster.spark().sc().addSparkListener(attempts);
      TrainingResult there = Runs.run("mlp", ROUNDS, cluster.engine("mlp,greedy-once=" + mark));
      assertThat(mark).exists();
      assertThat(attempts.executorsLost.get()).as("executors lost").isOne();
      assertSame("an executor out of memory", there, here);
    }
  }

  /** What Spark says that it did. */
  private static final class Attempts extends SparkListener {
    final AtomicInteger speculative = new AtomicInteger();
    final AtomicInteger executorsLost = new AtomicInteger();

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      speculative.addAndGet(start.taskInfo().speculative() ? 1 : 0);
    }

    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
      executorsLost.incrementAndGet();
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
