package org.dpfed.spark;

import java.security.SecureRandom;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.SiteFactory;

/**
 * Trains cohorts on the executors of an Apache Spark application: each round is one job, in which
 * every task trains a share of the cohort and sends back the sum of its clipped deltas. A seeded
 * run gives the same parameters as {@link CohortEngine#local}, bit for bit, whatever Spark retries.
 *
 * <p>Executors see the global parameters, the numbers of the clients that they train, and the
 * round's bounds; the driver sees sums. Neither is private: nodes and driver are all part of the
 * server, which is trusted, and Spark must be set to authenticate and encrypt what they exchange.
 *
 * <p>A client that fails counts as failed, as it does locally. An executor that is lost is replaced
 * by Spark; if a share fails again and again, its round ends the run before it is charged.
 */
public final class SparkEngine implements CohortEngine {
  private static final String EXECUTOR_FLAGS = "spark.executor.extraJavaOptions";
  private static final String RESULT_SIZE = "spark.driver.maxResultSize";

  private final JavaSparkContext spark;
  private final Class<? extends SiteFactory> factory;
  private final String settings;

  /**
   * An engine on a running application, which stays the caller's.
   *
   * @param spark of a configuration as {@link #configure} makes it
   * @param factory makes trainer and data on each executor
   * @param settings for the factory
   */
  public SparkEngine(
      JavaSparkContext spark, Class<? extends SiteFactory> factory, String settings) {
    this.spark = spark;
    this.factory = factory;
    this.settings = settings;
  }

  /**
   * Sets what executors need to compute as the driver does, where the caller has not: one native
   * thread for an operation, the driver's choice of BLAS kernels, Java's Vector API, and a folder
   * for native libraries in each executor's own working directory, since executors that unpack to
   * one folder damage each other's. Results of any size may come back. Where messages are
   * encrypted, so are blocks on the executors' disks.
   *
   * @return {@code conf}, changed
   */
  public static SparkConf configure(SparkConf conf) {
    conf.setIfMissing("spark.executorEnv.OMP_NUM_THREADS", "1");
    String coreType = System.getenv("OPENBLAS_CORETYPE");
    if (coreType != null) {
      conf.setIfMissing("spark.executorEnv.OPENBLAS_CORETYPE", coreType);
    }
    conf.set(
        EXECUTOR_FLAGS,
        "--add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Dorg.bytedeco.javacpp.cachedir=javacpp "
            + conf.get(EXECUTOR_FLAGS, ""));
    ClusterSecrecy.addForFiles(conf);
    // Parameters are as good as random bytes.
    conf.setIfMissing("spark.broadcast.compress", "false");
    // A share's sum is merged when it arrives: the limit is for results that pile up.
    return conf.setIfMissing(RESULT_SIZE, "0");
  }

  @Override
  public boolean reportsSums() {
    return true;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Opens the run on executors that are free, and compares how they compute. Others do so before
   * their first share; one that differs then ends the run before its round is charged.
   */
  @Override
  public Session open(Job job) {
    requireRoomForResults(job);
    long id = new SecureRandom().nextLong();
    SparkRun session = new SparkRun(spark, RunOnExecutors.of(job, id, factory, settings));
    session.open();
    return session;
  }

  /** Spark counts the results of all tasks of a job, although they are not kept. */
  private void requireRoomForResults(Job job) {
    long limit = spark.getConf().getSizeAsBytes(RESULT_SIZE, "1g");
    double largest =
        (double) spark.defaultParallelism() * job.trainer().dimension() * Long.BYTES + (1 << 20);
    if (limit > 0 && largest > limit) {
      throw new IllegalArgumentException(
          "%s must be 0 for no limit, or at least %.0fm for %d shares of %d parameters, was %d bytes"
              .formatted(
                  RESULT_SIZE,
                  Math.ceil(largest / (1 << 20)),
                  spark.defaultParallelism(),
                  job.trainer().dimension(),
                  limit));
    }
  }
}
