package org.dpfed.spark;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.TaskInfo;
import org.dpfed.federated.CohortEngine;

/**
 * Where the time of rounds on Spark goes: what the driver's calls take, and what Spark says of the
 * share that ends last. Spark counts in whole milliseconds, driver and executors by the clock of
 * one machine.
 */
final class RoundPhases extends SparkListener {
  private final List<Ended> shares = new ArrayList<>();
  private final List<Called> rounds = new ArrayList<>();

  private record Ended(long launched, long finished, long arriving, long running, long writing) {
    static Ended of(TaskInfo task, TaskMetrics took) {
      return new Ended(
          task.launchTime(),
          task.finishTime(),
          took.executorDeserializeTime(),
          took.executorRunTime(),
          took.resultSerializationTime());
    }
  }

  private record Called(long from, long to) {}

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    shares.add(Ended.of(end.taskInfo(), end.taskMetrics()));
  }

  /** The same engine, whose rounds are timed. */
  CohortEngine timed(CohortEngine engine) {
    return new CohortEngine() {
      @Override
      public boolean reportsSums() {
        return engine.reportsSums();
      }

      @Override
      public Session open(Job job) {
        Session session = engine.open(job);
        return new Session() {
          @Override
          public void train(Round round, Receiver receiver) throws InterruptedException {
            long from = System.currentTimeMillis();
            session.train(round, receiver);
            rounds.add(new Called(from, System.currentTimeMillis()));
          }

          @Override
          public void close() {
            session.close();
          }
        };
      }
    };
  }

  /**
   * The median milliseconds of each phase, as the members of a JSON object.
   *
   * @param last rounds that count
   */
  synchronized String medians(int last) {
    Map<String, double[]> phases = new LinkedHashMap<>();
    List<Called> counted = rounds.subList(rounds.size() - last, rounds.size());
    for (int i = 0; i < last; i++) {
      Called round = counted.get(i);
      Ended share =
          shares.stream()
              .filter(s -> s.launched >= round.from && s.finished <= round.to)
              .max((a, b) -> Long.compare(a.finished, b.finished))
              .orElseThrow();
      long messages =
          share.finished - share.launched - share.arriving - share.running - share.writing;
      put(phases, "job", last, i, share.launched - round.from);
      put(phases, "messages", last, i, messages);
      put(phases, "parameters", last, i, share.arriving);
      put(phases, "training", last, i, share.running);
      put(phases, "result", last, i, share.writing);
      put(phases, "merge", last, i, round.to - share.finished);
      put(phases, "all", last, i, round.to - round.from);
    }
    return phases.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "\"%s\": %.1f", e.getKey(), median(e.getValue())))
        .collect(Collectors.joining(", "));
  }

  private static void put(Map<String, double[]> phases, String name, int count, int i, long took) {
    phases.computeIfAbsent(name, unused -> new double[count])[i] = took;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
