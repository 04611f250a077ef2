package org.dpfed.federated;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.dpfed.mechanism.ClientMessage;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a cohort on several threads and returns the updates in cohort order, so that their sum
 * does not depend on the speed of the threads. At most two updates per worker exist at any time.
 *
 * <p>A client can affect only its own update. It trains on a copy of the global parameters, and its
 * delta is copied before the worker continues. After a client fails, a new thread with a new worker
 * replaces the old one.
 */
final class WorkerPool implements AutoCloseable {
  private final ClientTrainer trainer;
  private final FederatedDataset data;
  private final long seed;
  private final int workers;
  private final ThreadPoolExecutor threads;
  private final Set<WorkerThread> alive = ConcurrentHashMap.newKeySet();
  private final DeltaBuffers buffers;

  /**
   * Opens every worker, so that a trainer that cannot create one fails before any client is
   * involved.
   */
  WorkerPool(ClientTrainer trainer, FederatedDataset data, long seed, int workers) {
    this.trainer = trainer;
    this.data = data;
    this.seed = seed;
    this.workers = workers;
    this.buffers = new DeltaBuffers(trainer.dimension());
    this.threads =
        new ThreadPoolExecutor(
            workers, workers, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::newThread);
    try {
      threads.prestartAllCoreThreads();
      alive.forEach(thread -> thread.worker.join());
    } catch (RuntimeException | Error e) {
      close();
      if (e.getCause() instanceof RuntimeException ofTrainer) {
        throw ofTrainer;
      }
      throw e;
    }
  }

  private Thread newThread(Runnable tasks) {
    WorkerThread thread = new WorkerThread(tasks);
    alive.add(thread);
    return thread;
  }

  /** Receives what became of each client, on the thread that called {@link #train}. */
  interface Receiver {
    /** Whether to go on; asked before each client is started. */
    boolean wantsMore();

    /**
     * What the client sends of its delta, made before the delta leaves it; on a worker's thread.
     *
     * @param delta not the receiver's; a message may hold it until {@link #trained} returns
     */
    ClientMessage send(int client, INDArray delta);

    /** What a client sent. */
    void trained(ClientMessage message, double trainingLoss);

    /** A client whose data or training threw, or whose update was unusable. */
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
          inFlight.add(start(round, cohort[next++], parameters, receiver));
        }
        Started oldest = inFlight.peek();
        if (oldest == null) {
          return;
        }
        handOver(oldest, receiver);
        inFlight.poll();
      }
    } finally {
      inFlight.forEach(abandoned -> abandoned.outcome.handle((update, failure) -> null).join());
    }
  }

  private Started start(int round, int client, INDArray parameters, Receiver receiver) {
    CompletableFuture<Optional<Sent>> outcome = new CompletableFuture<>();
    threads.execute(
        () -> {
          try {
            WorkerThread thread = (WorkerThread) Thread.currentThread();
            outcome.complete(thread.train(round, client, parameters, receiver));
          } catch (Throwable failure) {
            // An Error too: were the run to end, its end would tell that this client was there.
            outcome.completeExceptionally(failure);
            // Ends this thread; the executor replaces it.
            throw failure;
          }
        });
    return new Started(client, outcome);
  }

  private void handOver(Started started, Receiver receiver) throws InterruptedException {
    Optional<Sent> sent;
    try {
      sent = started.outcome.get();
    } catch (ExecutionException e) {
      receiver.failed(started.client, e.getCause() == null ? e : e.getCause());
      return;
    }
    if (sent.isPresent()) {
      receiver.trained(sent.get().message, sent.get().trainingLoss);
      buffers.giveBack(sent.get().delta);
    }
  }

  /** A separate seed for each (round, client); equal runs draw equal seeds. */
  private long clientSeed(int round, int client) {
    return new SplittableRandom(seed ^ ((long) round << 32 | client)).nextLong();
  }

  @Override
  public void close() {
    threads.shutdown();
    boolean interrupted = Thread.interrupted();
    boolean ended = false;
    while (!ended) {
      try {
        // First the executor, which may be replacing a thread; then the threads' own ends.
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
        for (WorkerThread thread : alive) {
          thread.join();
        }
      } catch (InterruptedException e) {
        interrupted = true;
        ended = false;
      }
    }
    buffers.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A client in training. */
  private record Started(int client, CompletableFuture<Optional<Sent>> outcome) {}

  /** What a client sent, and the copy of its delta that is given back afterwards. */
  private record Sent(ClientMessage message, double trainingLoss, INDArray delta) {}

  /** A thread, the worker that it opened, and the copy of the global parameters that it lends. */
  private final class WorkerThread extends Thread {
    final CompletableFuture<ClientTrainer.Worker> worker = new CompletableFuture<>();
    private final LentCopy global = new LentCopy();

    WorkerThread(Runnable tasks) {
      // Inherits nothing: the thread that makes this one may be that of a client that failed.
      super(null, tasks, FederatedAveraging.WORKER_THREAD, 0, false);
      // What ends this thread was handed over as its client's failure.
      setUncaughtExceptionHandler((thread, failure) -> {});
    }

    @Override
    public void run() {
      try {
        open();
        super.run();
      } finally {
        global.close();
        try {
          if (!worker.isCompletedExceptionally()) {
            worker.join().close();
          }
        } finally {
          alive.remove(this);
        }
      }
    }

    private void open() {
      try {
        worker.complete(Objects.requireNonNull(trainer.newWorker(), "newWorker gave null"));
      } catch (Throwable failure) {
        worker.completeExceptionally(failure);
      }
    }

    Optional<Sent> train(int round, int client, INDArray parameters, Receiver receiver) {
      if (data.examples(client) == 0) {
        return Optional.empty();
      }
      DataSet examples = data.client(client);
      ClientUpdate update;
      try {
        update =
            worker.join().train(global.of(parameters), examples, round, clientSeed(round, client));
      } finally {
        data.release(examples);
      }
      INDArray delta = buffers.copyOf(update.delta());
      Nd4j.getExecutioner().commit();
      return Optional.of(new Sent(receiver.send(client, delta), update.trainingLoss(), delta));
    }
  }
}
