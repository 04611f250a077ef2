package org.dpfed.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.ShareTrainer;
import org.jspecify.annotations.Nullable;

/**
 * What an executor process keeps from one share to the next: for each run its data, and networks
 * that are ready for another share.
 */
final class ExecutorRuns {
  /** Of the process: Spark has no other place for what outlasts a task. */
  private static final ExecutorRuns HERE = new ExecutorRuns();

  /** A run that is not one of the last few has probably ended. */
  private static final int MOST_RUNS = 4;

  private final Map<Long, OpenRun> runs = new LinkedHashMap<>(MOST_RUNS, 0.75f, true);

  private ExecutorRuns() {}

  /** Opens a run in this process. */
  static void open(RunOnExecutors run) {
    HERE.opened(run);
  }

  /** Trains a share; one network for each that is trained at once. */
  static byte[] train(RunOnExecutors run, byte[] task, float[] parameters) {
    OpenRun opened = HERE.opened(run);
    ShareTrainer trainer = opened.take();
    boolean isReusable = false;
    try {
      byte[] report = trainer.train(task, parameters);
      isReusable = true;
      return report;
    } catch (InterruptedException e) {
      // Another attempt was faster, or the round has ended.
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a share was trained", e);
    } finally {
      if (isReusable) {
        opened.giveBack(trainer);
      } else {
        trainer.close();
      }
    }
  }

  /** Forgets a run in this process. */
  static void close(long run) {
    HERE.closed(run);
  }

  private synchronized OpenRun opened(RunOnExecutors run) {
    OpenRun opened = runs.get(run.id());
    if (opened == null) {
      opened = new OpenRun(run.job());
      runs.put(run.id(), opened);
      if (runs.size() > MOST_RUNS) {
        closed(runs.keySet().iterator().next());
      }
    }
    return opened;
  }

  private synchronized void closed(long run) {
    OpenRun opened = runs.remove(run);
    if (opened != null) {
      opened.close();
    }
  }

  /** A run in this process. */
  private static final class OpenRun {
    private final CohortEngine.Job job;
    private final Deque<ShareTrainer> idle = new ArrayDeque<>();
    private boolean closed;

    OpenRun(CohortEngine.Job job) {
      this.job = job;
    }

    ShareTrainer take() {
      @Nullable ShareTrainer trainer;
      synchronized (this) {
        trainer = idle.poll();
      }
      return trainer == null ? new ShareTrainer(job) : trainer;
    }

    synchronized void giveBack(ShareTrainer trainer) {
      if (closed) {
        trainer.close();
      } else {
        idle.push(trainer);
      }
    }

    synchronized void close() {
      closed = true;
      idle.forEach(ShareTrainer::close);
      idle.clear();
    }
  }
}
