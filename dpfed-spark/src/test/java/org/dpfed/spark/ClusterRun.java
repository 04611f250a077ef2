package org.dpfed.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.TrainingResult;

/** One seeded run here and on a cluster, one of whose executors is killed; benchmarks/spark. */
public final class ClusterRun {
  private static final int ROUNDS = 5;

  private ClusterRun() {}

  /**
   * Prints both hashes.
   *
   * @param args master and network
   * @throws IllegalStateException when they are not the same
   */
  public static void main(String[] args) {
    TrainingResult here = Runs.run(args[1], ROUNDS, CohortEngine.local());
    SparkConf conf =
        new SparkConf()
            .setMaster(args[0])
            .setAppName("dpfed")
            .set("spark.ui.enabled", "false")
            .set("spark.cores.max", "2")
            .set("spark.executor.memory", "1g")
            .set("spark.scheduler.minRegisteredResourcesRatio", "1")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    TrainingResult there;
    try (JavaSparkContext spark = new JavaSparkContext(SparkEngine.configure(conf))) {
      SparkEngine engine = new SparkEngine(spark, SyntheticSites.class, args[1] + ",slow");
      there =
          Runs.run(
              args[1],
              ROUNDS,
              engine,
              // What benchmarks/spark/cluster.sh waits for.
              (metrics, parameters) -> System.out.println("round " + metrics.round()));
    }
    System.out.printf(
        "%s here, %s on the cluster; cohort, failed, not finite, clipped: %s%n",
        Runs.hash(here), Runs.hash(there), Runs.counts(there));
    if (!Runs.hash(here).equals(Runs.hash(there))
        || !Runs.counts(here).equals(Runs.counts(there))) {
      throw new IllegalStateException("not the same parameters or counts");
    }
    System.out.println("same");
  }
}
