package org.dpfed.federated;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.dpfed.mechanism.DeltaAggregator;

/**
 * The training of one client: a worker's thread does it, the pool waits for it, at most as long as
 * the client may take. Whether the client was in time is decided once, so that its update either
 * counts or is never read.
 */
final class ClientTask {
  private final int client;
  private final long limitNanos;
  private final AtomicBoolean decided = new AtomicBoolean();
  private final CompletableFuture<Start> start = new CompletableFuture<>();
  private final CompletableFuture<Optional<Sent>> outcome = new CompletableFuture<>();

  /**
   * @param limit how long the client may take; empty for no limit
   */
  ClientTask(int client, Optional<Duration> limit) {
    this.client = client;
    // Of the longest durations, the largest long.
    this.limitNanos = limit.map(TimeUnit.NANOSECONDS::convert).orElse(Long.MAX_VALUE);
  }

  int client() {
    return client;
  }

  /**
   * Starts the clock; on the worker's thread, before anything of the client's is touched.
   *
   * @param abandon what the pool does with the thread if it waits no longer
   */
  void begin(Runnable abandon) {
    start.complete(new Start(System.nanoTime(), abandon));
  }

  /**
   * Ends the time in which the client must be done; on the worker's thread. Only if this returns
   * may its update be read.
   *
   * @throws TimeoutException when the client took too long, whether or not the pool still waits
   */
  void requireInTime() throws TimeoutException {
    if (elapsedNanos(start.join()) > limitNanos || !decided.compareAndSet(false, true)) {
      throw tooLate();
    }
  }

  /** What the client sent; empty when it has no examples. */
  void complete(Optional<Sent> sent) {
    outcome.complete(sent);
  }

  /** The client contributes zero. Without effect once the pool waits no longer. */
  void fail(Throwable failure) {
    start.complete(new Start(System.nanoTime(), () -> {}));
    outcome.completeExceptionally(failure);
  }

  /**
   * Waits for what the client sends, until its time is over; on the pool's side.
   *
   * @throws ExecutionException when the client failed or took too long; the cause says why
   */
  Optional<Sent> await() throws InterruptedException, ExecutionException {
    Start begun = start.get();
    try {
      return outcome.get(limitNanos - elapsedNanos(begun), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // Unless the client was in time and is sending.
      if (decided.compareAndSet(false, true)) {
        outcome.completeExceptionally(tooLate());
        begun.abandon.run();
      }
      return outcome.get();
    }
  }

  /**
   * As {@link #await}, whatever becomes of the client, even if the calling thread is interrupted.
   */
  void awaitEnd() {
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        await();
        ended = true;
      } catch (ExecutionException e) {
        ended = true;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static long elapsedNanos(Start begun) {
    return System.nanoTime() - begun.nanos;
  }

  private TimeoutException tooLate() {
    return new TimeoutException(
        "took longer than the clientTimeLimit of %s s; raise the limit, or limit the client's examples or steps"
            .formatted(limitNanos / 1e9));
  }

  /** When a thread began, and how to leave it alone. */
  private record Start(long nanos, Runnable abandon) {}

  /**
   * What a client sent.
   *
   * @param contribution called in the client's turn
   */
  record Sent(Supplier<DeltaAggregator.Contribution> contribution, double trainingLoss) {}
}
