package org.dpfed.spark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.CohortShares;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.BoxedUnit;
import scala.util.Try;

/** One run on an application's executors. */
final class SparkRun implements CohortEngine.Session {
  private static final int POLL_MILLIS = 50;

  /**
   * Parameters that go to executors with the job and not by a broadcast of their own, which costs a
   * round trip more. Every task reads them anew, and Spark warns of jobs above 1,000 KiB.
   */
  private static final int MOST_WITH_JOB = 200_000;

  private final JavaSparkContext spark;
  private final RunOnExecutors run;

  SparkRun(JavaSparkContext spark, RunOnExecutors run) {
    this.spark = spark;
    this.run = run;
  }

  /**
   * Makes as many tasks open the run as run at once, so that executors which cannot are known
   * before round 1. Spark may give two of them to one executor; the other is then checked when it
   * gets its first share.
   *
   * @throws IllegalArgumentException when one cannot
   */
  void open() {
    List<byte[]> nothing = Collections.nCopies(spark.defaultParallelism(), new byte[0]);
    try {
      new SparkJob(nothing, ShareFunction.opening(run))
          .await((partition, opened) -> {}, () -> true);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IllegalArgumentException(
          "Spark's executors cannot train this run: " + e.getMessage(), e);
    }
  }

  @Override
  public void train(CohortEngine.Round round, CohortEngine.Receiver receiver)
      throws InterruptedException {
    CohortShares shares = new CohortShares(run.id(), round, spark.defaultParallelism());
    if (shares.count() == 0) {
      return;
    }
    List<byte[]> tasks = new ArrayList<>();
    for (int share = 0; share < shares.count(); share++) {
      tasks.add(shares.task(share));
    }
    RoundParameters parameters = new RoundParameters(round.parameters());
    if (parameters.values().length <= MOST_WITH_JOB) {
      train(tasks, ShareFunction.from(run, parameters), shares, receiver);
      return;
    }
    Broadcast<RoundParameters> sent = spark.broadcast(parameters);
    try {
      train(tasks, ShareFunction.from(run, sent), shares, receiver);
    } finally {
      sent.destroy(false);
    }
  }

  private void train(
      List<byte[]> tasks,
      ShareFunction function,
      CohortShares shares,
      CohortEngine.Receiver receiver)
      throws InterruptedException {
    new SparkJob(tasks, function)
        .await((share, report) -> shares.report(share, report, receiver), receiver::wantsMore);
  }

  @Override
  public void close() {
    // Elsewhere the run is forgotten with the executor, or when others have taken its place.
    ExecutorRuns.close(run.id());
  }

  /** Takes the result of a partition. */
  private interface Taker {
    void take(int partition, byte[] result);
  }

  /** What the job's threads hand to the one that waits: what a share returned, or the end. */
  private record Arrival(int partition, @Nullable Object result) {}

  /** A Spark job whose results are taken one by one, each once, on the thread that waits. */
  private final class SparkJob {
    private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
    private final SimpleFutureAction<@Nullable Object> action;

    SparkJob(List<byte[]> partitions, ShareFunction function) {
      RDD<byte[]> tasks = spark.parallelize(partitions, partitions.size()).rdd();
      List<Object> numbers = new ArrayList<>();
      for (int partition = 0; partition < partitions.size(); partition++) {
        numbers.add(partition);
      }
      // Called once for each partition, however often Spark has tried it.
      action =
          spark
              .sc()
              .submitJob(
                  tasks,
                  function,
                  CollectionConverters.asScala(numbers).toSeq(),
                  (partition, result) -> {
                    arrivals.add(new Arrival((int) partition, result));
                    return BoxedUnit.UNIT;
                  },
                  () -> null);
      action.onComplete(
          (Try<@Nullable Object> end) -> {
            arrivals.add(new Arrival(-1, null));
            return BoxedUnit.UNIT;
          },
          ExecutionContext.fromExecutor(Runnable::run));
    }

    /**
     * @throws IllegalArgumentException when an executor must not take part
     * @throws IllegalStateException when the job failed
     */
    void await(Taker taker, java.util.function.BooleanSupplier goesOn) throws InterruptedException {
      boolean ended = false;
      try {
        while (goesOn.getAsBoolean()) {
          Arrival arrival = arrivals.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
          if (arrival == null) {
            continue;
          }
          if (arrival.result == null) {
            ended = true;
            requireSuccess();
            return;
          }
          if (arrival.result instanceof String refusal) {
            throw new IllegalArgumentException(refusal);
          }
          taker.take(arrival.partition, (byte[]) arrival.result);
        }
      } finally {
        if (!ended) {
          action.cancel();
        }
      }
    }

    /** Spark appends the executor's stack trace. */
    private static String firstLine(Throwable cause) {
      return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    }

    private void requireSuccess() {
      Optional<Throwable> failure =
          action.value().get().isFailure()
              ? Optional.of(action.value().get().failed().get())
              : Optional.empty();
      failure.ifPresent(
          cause -> {
            throw new IllegalStateException("the Spark job failed: " + firstLine(cause), cause);
          });
    }
  }
}
