package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.FederatedDataset;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.mechanism.Randomness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;

/** Real networks and a limit of a client's time. */
@Timeout(120)
final class LateClientsTest {
  private static final int LATE = 7;

  /** A client of 2·10⁵ examples, or none; the others have three, and take some milliseconds. */
  private record Clients(int lateExamples) implements FederatedDataset {
    @Override
    public String unit() {
      return "patient";
    }

    @Override
    public int population() {
      return 12;
    }

    @Override
    public int examples(int id) {
      return id == LATE ? lateExamples : 3;
    }

    @Override
    public DataSet client(int id) {
      return Networks.examples(examples(id), 1000 + id);
    }
  }

  /**
   * It would take minutes; its thread ends at the next step, and the run is as if it had nothing.
   */
  @Test
  void run_clientThatTrainsForMinutes_contributesZeroAndEnds() throws InterruptedException {
    Set<Thread> before = workerThreads();
    INDArray expected = run(new Clients(0));
    assertThat(run(new Clients(200_000))).isEqualTo(expected);

    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!before.containsAll(workerThreads()) && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    assertThat(before).containsAll(workerThreads());
  }

  @Test
  void clientTimeLimit_notPositive_isRefused() {
    FederatedAveraging.Builder run = builder(new Clients(0));
    for (Duration limit : new Duration[] {Duration.ZERO, Duration.ofMillis(-1)}) {
      assertThatThrownBy(() -> run.clientTimeLimit(limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("clientTimeLimit must be positive, was " + limit);
    }
  }

  /** Its client computes for ever, deaf to interruption, while the process is to end. */
  static final class Deaf {
    private Deaf() {}

    public static void main(String[] arguments) {
      Clients clients = new Clients(3);
      FederatedDataset deaf =
          new FederatedDataset() {
            @Override
            public String unit() {
              return clients.unit();
            }

            @Override
            public int population() {
              return clients.population();
            }

            @Override
            public int examples(int id) {
              return clients.examples(id);
            }

            @Override
            public DataSet client(int id) {
              INDArray square = Nd4j.ones(50, 50);
              while (id == LATE) {
                square.mmul(square).close();
              }
              return clients.client(id);
            }
          };
      builder(deaf).clientTimeLimit(Duration.ofMillis(500)).build().run();
      System.out.println("ended " + workerThreads().size());
    }
  }

  @Test
  void run_clientComputesForEver_processEndsAllTheSame() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Deaf.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      // One for each of the two rounds.
      assertThat(process.inputReader().lines().toList()).contains("ended 2");
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private static Set<Thread> workerThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("dpfed-worker"))
        .collect(Collectors.toSet());
  }

  private static INDArray run(FederatedDataset clients) {
    return builder(clients).clientTimeLimit(Duration.ofSeconds(2)).build().run().parameters();
  }

  private static FederatedAveraging.Builder builder(FederatedDataset clients) {
    PrivacyPlan plan =
        PrivacyPlan.builder(clients)
            .expectedCohortSize(12)
            .rounds(2)
            .clipNorm(0.5)
            .noiseMultiplier(1)
            .delta(1e-3)
            .randomness(Randomness.seeded(4))
            .build();
    NetworkTemplate template = NetworkTemplate.of(Networks.mlp(new Nesterovs(0.2, 0.9)));
    return FederatedAveraging.builder(
            plan, clients, new Dl4jClientTrainer(template, new LocalTraining(10, 1)))
        .execution(Execution.withWorkers(2));
  }
}
