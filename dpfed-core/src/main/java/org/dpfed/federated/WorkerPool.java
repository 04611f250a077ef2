package org.dpfed.federated;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a cohort on several threads. The thread that trained a client hands its delta over at
 * once, whatever the order; what became of it is reported in the order of the cohort, so that no
 * report depends on the speed of the threads.
 *
 * <p>A client can affect only its own update. It trains on a copy of the global parameters, and its
 * delta is taken before the worker continues. After a client fails, a new thread with a new worker
 * replaces the old one.
 *
 * <p>A client may take only so long, if there is a limit. Then the pool waits no longer, and a new
 * thread takes the place of the client's, which is interrupted and left alone: it closes its own
 * worker whenever it ends. What it still touches belongs to it: its worker, its copy of the
 * parameters, the client's examples. All threads are daemons, so none keeps the process alive.
 */
final class WorkerPool implements CohortEngine.Session {
  private final ClientTrainer trainer;
  private final FederatedDataset data;
  private final long seed;
  private final int workers;
  private final Optional<Duration> clientTimeLimit;
  private final BlockingQueue<Optional<Turn>> turns = new LinkedBlockingQueue<>();

  /** Threads that have not ended and were not abandoned. */
  private final Set<WorkerThread> threads = ConcurrentHashMap.newKeySet();

  /**
   * Opens every worker, so that a trainer that cannot create one fails before any client is
   * involved.
   */
  WorkerPool(CohortEngine.Job job, int workers) {
    this.trainer = job.trainer();
    this.data = job.data();
    this.seed = job.seed();
    this.workers = workers;
    this.clientTimeLimit = job.clientTimeLimit();
    try {
      for (int i = 0; i < workers; i++) {
        startThread();
      }
      threads.forEach(thread -> thread.worker.join());
    } catch (RuntimeException | Error e) {
      close();
      if (e.getCause() instanceof RuntimeException ofTrainer) {
        throw ofTrainer;
      }
      throw e;
    }
  }

  private void startThread() {
    WorkerThread thread = new WorkerThread();
    threads.add(thread);
    thread.start();
  }

  @Override
  public void train(CohortEngine.Round round, CohortEngine.Receiver receiver)
      throws InterruptedException {
    Nd4j.getExecutioner().commit();
    int[] cohort = round.cohort();
    ArrayDeque<Turn> inFlight = new ArrayDeque<>();
    int next = 0;
    try {
      while (true) {
        while (next < cohort.length && inFlight.size() < 2 * workers && receiver.wantsMore()) {
          ClientTask task = new ClientTask(cohort[next++], clientTimeLimit);
          Turn turn = new Turn(task, round.number(), round.parameters(), receiver);
          inFlight.add(turn);
          turns.add(Optional.of(turn));
        }
        Turn oldest = inFlight.peek();
        if (oldest == null) {
          return;
        }
        handOver(oldest.task, receiver);
        inFlight.poll();
      }
    } finally {
      endEarly(inFlight);
    }
  }

  /** Waits for the clients in training and forgets those that no thread has begun. */
  private void endEarly(Collection<Turn> inFlight) {
    List<Optional<Turn>> notBegun = new ArrayList<>();
    turns.drainTo(notBegun);
    notBegun.forEach(turn -> inFlight.remove(turn.orElseThrow()));
    inFlight.forEach(begun -> begun.task.awaitEnd());
  }

  private void handOver(ClientTask task, CohortEngine.Receiver receiver)
      throws InterruptedException {
    Optional<ClientTask.Sent> sent;
    try {
      sent = task.await();
    } catch (ExecutionException e) {
      // Here and not on the failed thread, which may have no memory left to do it.
      startThread();
      receiver.failed(task.client(), e.getCause() == null ? e : e.getCause());
      return;
    }
    if (sent.isPresent()) {
      receiver.trained(sent.get().contribution().get(), sent.get().trainingLoss());
    } else {
      receiver.hadNoExamples();
    }
  }

  /** A separate seed for each (round, client); equal runs draw equal seeds. */
  private long clientSeed(int round, int client) {
    return new SplittableRandom(seed ^ ((long) round << 32 | client)).nextLong();
  }

  @Override
  public void close() {
    turns.add(Optional.empty());
    boolean interrupted = Thread.interrupted();
    for (WorkerThread thread : threads) {
      boolean ended = false;
      while (!ended) {
        try {
          thread.join();
          ended = true;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A client to train, from where, and for whom. */
  private record Turn(
      ClientTask task, int round, INDArray parameters, CohortEngine.Receiver receiver) {}

  /**
   * A thread, the worker that it opened, and its copies of the global parameters and the last
   * delta.
   */
  private final class WorkerThread extends Thread {
    final CompletableFuture<ClientTrainer.Worker> worker = new CompletableFuture<>();
    private final LentCopy global = new LentCopy();
    private final LentCopy ownDelta = new LentCopy();

    WorkerThread() {
      // Inherits nothing of the thread that runs the training.
      super(null, null, FederatedAveraging.WORKER_THREAD, 0, false);
      setDaemon(true);
      // What a trainer's close throws would tell of a client.
      setUncaughtExceptionHandler((thread, failure) -> {});
    }

    @Override
    public void run() {
      try {
        open();
        Optional<Turn> turn = next();
        while (turn.isPresent() && train(turn.get())) {
          turn = next();
        }
      } finally {
        global.close();
        ownDelta.close();
        try {
          if (!worker.isCompletedExceptionally()) {
            worker.join().close();
          }
        } finally {
          threads.remove(this);
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

    /** The next client, or empty when there will be none. */
    private Optional<Turn> next() {
      while (true) {
        try {
          Optional<Turn> turn = turns.take();
          if (turn.isEmpty()) {
            // For the other threads.
            turns.add(turn);
          }
          return turn;
        } catch (InterruptedException byTheLastClient) {
          // The next one starts without it.
        }
      }
    }

    /** Whether this thread may train another client: not when this one failed. */
    private boolean train(Turn turn) {
      try {
        turn.task.complete(sent(turn));
        return true;
      } catch (Throwable failure) {
        // An Error too: were the run to end, its end would tell that this client was there.
        turn.task.fail(failure);
        return false;
      }
    }

    private Optional<ClientTask.Sent> sent(Turn turn) throws TimeoutException {
      ClientTrainer.Worker opened = worker.join();
      // Before the clock starts: the original may change once the pool waits no longer.
      INDArray start = global.of(turn.parameters);
      turn.task.begin(this::abandon);
      Optional<ClientUpdate> trained = update(opened, start, turn);
      turn.task.requireInTime();
      if (trained.isEmpty()) {
        return Optional.empty();
      }
      ClientUpdate update = trained.get();
      // A copy, since the trainer's own array might change between being measured and being added.
      INDArray delta = ownDelta.of(requireDelta(update.delta()));
      Nd4j.getExecutioner().commit();
      return Optional.of(
          new ClientTask.Sent(
              turn.receiver.take(turn.task.client(), delta), update.trainingLoss()));
    }

    private INDArray requireDelta(@Nullable INDArray delta) {
      if (delta == null || delta.wasClosed()) {
        throw new IllegalArgumentException("the trainer gave no delta, or one that was closed");
      }
      long dimension = trainer.dimension();
      if (delta.rank() != 1 || delta.length() != dimension || delta.dataType() != DataType.FLOAT) {
        throw new IllegalArgumentException(
            "a delta must be FLOAT of shape [%d], was %s of shape %s"
                .formatted(dimension, delta.dataType(), Arrays.toString(delta.shape())));
      }
      return delta;
    }

    private Optional<ClientUpdate> update(ClientTrainer.Worker opened, INDArray start, Turn turn) {
      int client = turn.task.client();
      if (data.examples(client) == 0) {
        return Optional.empty();
      }
      DataSet examples = data.client(client);
      try {
        return Optional.of(
            opened.train(start, examples, turn.round, clientSeed(turn.round, client)));
      } finally {
        data.release(examples);
      }
    }

    private void abandon() {
      threads.remove(this);
      interrupt();
    }
  }
}
