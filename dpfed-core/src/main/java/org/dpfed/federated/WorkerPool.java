package org.dpfed.federated;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a cohort on several threads and hands the updates over in cohort order, so that their sum
 * does not depend on which thread was faster. At most two updates per worker exist at any time.
 */
final class WorkerPool implements AutoCloseable {
  private final FederatedDataset data;
  private final long seed;
  private final int workers;
  private final ExecutorService threads;
  private final Queue<ClientTrainer.Worker> opened = new ConcurrentLinkedQueue<>();
  private final ThreadLocal<ClientTrainer.Worker> ofThread;

  WorkerPool(ClientTrainer trainer, FederatedDataset data, long seed, int workers) {
    this.data = data;
    this.seed = seed;
    this.workers = workers;
    this.threads = Executors.newFixedThreadPool(workers, task -> new Thread(task, "dpfed-worker"));
    this.ofThread =
        ThreadLocal.withInitial(
            () -> {
              ClientTrainer.Worker worker = trainer.newWorker();
              opened.add(worker);
              return worker;
            });
  }

  /** Receives what became of each client, on the thread that called {@link #train}. */
  interface Receiver {
    /** Whether to go on; asked before each client is started. */
    boolean wantsMore();

    /** An update, whose delta the receiver does not own. */
    void trained(ClientUpdate update);

    /** A client whose training threw. */
    void failed(int client, Throwable cause);
  }

  /**
   * Trains the clients of {@code cohort} from {@code parameters}, which must not change meanwhile.
   * Clients without examples contribute nothing and are not handed over.
   */
  void train(int round, int[] cohort, INDArray parameters, Receiver receiver)
      throws InterruptedException {
    Nd4j.getExecutioner().commit();
    ArrayDeque<Started> inFlight = new ArrayDeque<>();
    int next = 0;
    try {
      while (true) {
        while (next < cohort.length && inFlight.size() < 2 * workers && receiver.wantsMore()) {
          int client = cohort[next++];
          inFlight.add(new Started(client, threads.submit(() -> train(round, client, parameters))));
        }
        Started oldest = inFlight.poll();
        if (oldest == null) {
          return;
        }
        handOver(oldest, receiver);
      }
    } finally {
      for (Started abandoned : inFlight) {
        abandoned.await().ifPresent(update -> update.delta().close());
      }
    }
  }

  private static void handOver(Started started, Receiver receiver) throws InterruptedException {
    Optional<ClientUpdate> update;
    try {
      update = started.update.get();
    } catch (ExecutionException e) {
      receiver.failed(started.client, e.getCause() == null ? e : e.getCause());
      return;
    }
    update.ifPresent(
        trained -> {
          try {
            receiver.trained(trained);
          } finally {
            trained.delta().close();
          }
        });
  }

  private Optional<ClientUpdate> train(int round, int client, INDArray parameters) {
    if (data.examples(client) == 0) {
      return Optional.empty();
    }
    DataSet examples = data.client(client);
    try {
      ClientUpdate update = ofThread.get().train(parameters, examples, clientSeed(round, client));
      Nd4j.getExecutioner().commit();
      return Optional.of(update);
    } finally {
      data.release(examples);
    }
  }

  /** A seed of its own for each (round, client); equal runs draw equal seeds. */
  private long clientSeed(int round, int client) {
    return new SplittableRandom(seed ^ ((long) round << 32 | client)).nextLong();
  }

  @Override
  public void close() {
    threads.shutdown();
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    opened.forEach(ClientTrainer.Worker::close);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A client in training. */
  private record Started(int client, Future<Optional<ClientUpdate>> update) {
    /** The update of a client that nobody will hand over, once its thread is done with it. */
    Optional<ClientUpdate> await() {
      try {
        return update.get();
      } catch (ExecutionException e) {
        return Optional.empty();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Optional.empty();
      }
    }
  }
}
