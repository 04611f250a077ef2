package org.dpfed.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.stream.LongStream;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.Execution;
import org.dpfed.federated.FederatedAveraging;
import org.dpfed.federated.PrivacyPlan;
import org.dpfed.federated.RoundListener;
import org.dpfed.federated.SiteFactory;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;

/**
 * Times rounds on two executors of one core beside rounds on two threads here, in turn, and takes
 * the memory of driver and executors. Prints a line of JSON; benchmarks/spark.sh makes tables.
 */
public final class SparkBench {
  private static final int EXECUTORS = 2;
  private static final int MEBIBYTES = 3072;

  private SparkBench() {}

  /**
   * One measurement.
   *
   * @param arguments network, local steps, cohort, rounds before those that count, rounds that
   *     count on each side and in its first rounds; with {@code memory} instead of the latter, that
   *     many rounds on Spark
   */
  public static void main(String[] arguments) throws IOException, TimeoutException {
    String settings = arguments[0] + " " + arguments[1];
    int cohort = Integer.parseInt(arguments[2]);
    int rounds = Integer.parseInt(arguments[3]);
    try (LocalCluster cluster = LocalCluster.of(EXECUTORS, MEBIBYTES, Map.of())) {
      CohortEngine there = new SparkEngine(cluster.spark(), BenchSites.class, settings);
      if (arguments[4].equals("memory")) {
        run(settings, cohort, rounds, there, (metrics, parameters) -> {});
        print(arguments, memory());
      } else {
        int counted = Integer.parseInt(arguments[4]);
        List<Double> seconds = new ArrayList<>();
        RoundPhases phases = new RoundPhases();
        cluster.spark().sc().addSparkListener(phases);
        run(
            settings,
            cohort,
            2 * (rounds + counted),
            new Alternating(CohortEngine.local(), phases.timed(there)),
            (metrics, parameters) -> seconds.add(metrics.seconds()));
        cluster.spark().sc().listenerBus().waitUntilEmpty();
        print(
            arguments,
            "%s, \"first\": {%s}, \"phases\": {%s}"
                .formatted(
                    times(seconds.subList(2 * rounds, seconds.size())),
                    times(seconds.subList(0, 2 * counted)),
                    phases.medians(counted)));
      }
    }
  }

  private static void run(
      String settings, int cohort, int rounds, CohortEngine engine, RoundListener listener) {
    SiteFactory.Site site = new BenchSites().open(settings);
    PrivacyPlan plan =
        PrivacyPlan.builder(site.data())
            .sampling(new Sampling.WithoutReplacement(cohort))
            .rounds(rounds)
            .clipNorm(0.5)
            .noiseMultiplier(0.6)
            .delta(1e-5)
            .relation(NeighbouringRelation.REPLACE_ONE)
            .randomness(Randomness.seeded(4))
            .build();
    FederatedAveraging.builder(plan, site.data(), site.trainer())
        .engine(engine)
        .execution(Execution.withWorkers(EXECUTORS))
        .listener(listener)
        .build()
        .run();
  }

  private static String times(List<Double> seconds) {
    List<List<Double>> sides = List.of(new ArrayList<>(), new ArrayList<>());
    for (int round = 0; round < seconds.size(); round++) {
      sides.get(round % 2).add(1000 * seconds.get(round));
    }
    return "\"localMillis\": %s, \"sparkMillis\": %s".formatted(sides.get(0), sides.get(1));
  }

  private static String memory() throws IOException {
    List<Long> executors = new ArrayList<>();
    for (ProcessHandle executor : LocalCluster.executors()) {
      executors.add(peakMebibytes(executor.pid()));
    }
    return "\"driverMiB\": %d, \"executorMiB\": %s"
        .formatted(peakMebibytes(ProcessHandle.current().pid()), executors);
  }

  /** Of the whole process: heap, DL4J's memory, code. */
  private static long peakMebibytes(long process) throws IOException {
    return Files.readAllLines(Path.of("/proc", Long.toString(process), "status")).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .flatMapToLong(line -> LongStream.of(Long.parseLong(line.replaceAll("\\D", ""))))
            .findFirst()
            .orElseThrow()
        >> 10;
  }

  private static void print(String[] arguments, String measured) {
    System.out.printf(
        Locale.ROOT,
        "{\"network\": \"%s\", \"steps\": %s, \"cohort\": %s, %s}%n",
        arguments[0],
        arguments[1],
        arguments[2],
        measured);
  }

  /** Trains every other round on another engine, so that both see the machine in the same state. */
  private record Alternating(CohortEngine even, CohortEngine odd) implements CohortEngine {
    @Override
    public boolean reportsSums() {
      return true;
    }

    @Override
    public Session open(Job job) {
      Session here = even.open(job);
      Session there = odd.open(job);
      return new Session() {
        @Override
        public void train(Round round, Receiver receiver) throws InterruptedException {
          (round.number() % 2 == 0 ? here : there).train(round, receiver);
        }

        @Override
        public void close() {
          there.close();
          here.close();
        }
      };
    }
  }
}
