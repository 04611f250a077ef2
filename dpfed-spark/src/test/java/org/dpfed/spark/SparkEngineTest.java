package org.dpfed.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.RoundFailedException;
import org.dpfed.federated.TrainingResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs on two executors, each a process of its own, beside the same runs here. */
final class SparkEngineTest {
  private static final int ROUNDS = 3;
  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    cluster = LocalCluster.of(2, Map.of());
  }

  @AfterAll
  static void stop() throws IOException {
    cluster.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp,greedy", "cnn", "adam"})
  void run_onTwoExecutors_sameBitsAndCountsAsHere(String network) {
    TrainingResult here = Runs.run(network, ROUNDS, CohortEngine.local());
    TrainingResult there = Runs.run(network, ROUNDS, cluster.engine(network));
    System.out.printf(
        "%s: %s here, %s on %d executors%n",
        network, Runs.hash(here), Runs.hash(there), LocalCluster.executors().size());
    assertThat(LocalCluster.executors()).hasSize(2);
    assertThat(Runs.hash(there)).isEqualTo(Runs.hash(here));
    assertThat(Runs.counts(there)).isEqualTo(Runs.counts(here)).hasSize(ROUNDS);
    // Some clients of a cohort cannot be read or want too much memory, and some are clipped.
    assertThat(Runs.counts(there)).allSatisfy(round -> assertThat(round.get(1)).isPositive());
    assertThat(Runs.counts(there)).allSatisfy(round -> assertThat(round.get(3)).isPositive());
  }

  /** They fail and contribute zero, and the round goes on, as if nobody could read them. */
  @Test
  void run_oneExecutorCannotReadItsClients_sameBitsAndCountsAsWithoutThem(@TempDir Path failed)
      throws IOException {
    String settings = "mlp,unreadable-on-0=" + failed;
    TrainingResult there = Runs.run(settings, 1, cluster.engine(settings));
    TrainingResult here = Runs.run(settings, 1, CohortEngine.local());
    int cohort = Runs.counts(there).get(0).get(0);
    try (Stream<Path> clients = Files.list(failed)) {
      assertThat(clients.count())
          .as("clients of a share of two")
          .isBetween(cohort / 3L, cohort - 1L);
    }
    assertThat(Runs.hash(there)).isEqualTo(Runs.hash(here));
    assertThat(Runs.counts(there)).isEqualTo(Runs.counts(here));
  }

  /** When the run opens, or with the executor's first share where it was not free then. */
  @ParameterizedTest
  @CsvSource({"other, network", "swapped, clients"})
  void run_oneExecutorHasSomethingElse_isRefusedBeforeACharge(String behaviour, String what) {
    assertThatThrownBy(() -> Runs.run("mlp", ROUNDS, cluster.engine("mlp," + behaviour)))
        .isInstanceOfSatisfying(
            RoundFailedException.class,
            failed -> assertThat(failed.result().report().charged().total()).isZero())
        .cause()
        .hasMessageContaining("an executor has " + what)
        .hasMessageContaining("same network, clients in the same order, and kernel");
  }
}
