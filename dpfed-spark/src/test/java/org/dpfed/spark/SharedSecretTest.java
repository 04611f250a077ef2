package org.dpfed.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.TrainingResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Executors that come to a driver by themselves, with its secret or another one. */
@Tag("stress")
final class SharedSecretTest {
  private static final int ROUNDS = 2;
  private static final String SECRET = "known to driver and executors";

  @TempDir Path directory;

  @Test
  @Timeout(600)
  void driver_executorHasAnotherSecret_isRefusedAndTheRunGoesOn() throws Exception {
    TrainingResult here = Runs.run("mlp", ROUNDS, CohortEngine.local());
    try (LocalCluster cluster =
        LocalCluster.of(
            1, Map.of("spark.authenticate", "true", "spark.authenticate.secret", SECRET))) {
      Process stranger = executor(cluster, "guessed", "7");
      TrainingResult there = Runs.run("mlp", ROUNDS, cluster.engine("mlp"));
      assertThat(stranger.waitFor(300, TimeUnit.SECONDS)).isTrue();
      assertThat(stranger.exitValue()).isNotZero();
      assertThat(known(cluster)).isEqualTo(1);
      assertThat(Runs.hash(there)).isEqualTo(Runs.hash(here));

      // What the same process with the driver's secret does.
      Process friend = executor(cluster, SECRET, "8");
      try {
        while (known(cluster) < 2) {
          assertThat(friend.isAlive()).isTrue();
          Thread.sleep(100);
        }
      } finally {
        friend.destroyForcibly().waitFor();
      }
    }
  }

  /** How many executors the driver has. */
  private static int known(LocalCluster cluster) {
    return cluster.spark().sc().getExecutorMemoryStatus().size() - 1;
  }

  private Process executor(LocalCluster cluster, String secret, String id) throws IOException {
    SparkConf conf = cluster.spark().getConf();
    String driver =
        "spark://CoarseGrainedScheduler@%s:%s"
            .formatted(conf.get("spark.driver.host"), conf.get("spark.driver.port"));
    ProcessBuilder executor =
        new ProcessBuilder(
                JavaProcess.command(
                    "org.apache.spark.executor.CoarseGrainedExecutorBackend",
                    "--driver-url",
                    driver,
                    "--executor-id",
                    id,
                    "--hostname",
                    "127.0.0.1",
                    "--cores",
                    "1",
                    "--app-id",
                    cluster.spark().sc().applicationId(),
                    "--resourceProfileId",
                    "0"))
            .directory(directory.toFile())
            .inheritIO();
    executor.command().add(1, "-Dspark.authenticate=true");
    executor.environment().put("_SPARK_AUTH_SECRET", secret);
    return executor.start();
  }
}
