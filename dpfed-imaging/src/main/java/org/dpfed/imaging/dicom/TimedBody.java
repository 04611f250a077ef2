package org.dpfed.imaging.dicom;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer as a stream that does not wait for ever, which the streams of {@link
 * java.net.http} do. At most one piece that has arrived waits to be read.
 */
final class TimedBody extends InputStream implements HttpResponse.BodySubscriber<TimedBody> {
  private static final List<ByteBuffer> END = List.of();

  private final String source;
  private final Duration timeout;
  private final Deadline deadline;
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private final LinkedBlockingQueue<List<ByteBuffer>> arrived = new LinkedBlockingQueue<>();
  private final ArrayDeque<ByteBuffer> current = new ArrayDeque<>();
  private volatile boolean failed;
  private boolean ended;

  /**
   * @param timeout of the wait for each piece
   * @param deadline of all of them
   */
  TimedBody(String source, Duration timeout, Deadline deadline) {
    this.source = source;
    this.timeout = timeout;
    this.deadline = deadline;
  }

  /** At once, so that reading starts before all has arrived. */
  @Override
  public CompletionStage<TimedBody> getBody() {
    return CompletableFuture.completedStage(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription to) {
    subscription.complete(to);
    to.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> piece) {
    if (piece.isEmpty()) {
      subscription.join().request(1);
    } else {
      arrived.add(piece);
    }
  }

  @Override
  public void onError(Throwable error) {
    failed = true;
    arrived.add(END);
  }

  @Override
  public void onComplete() {
    arrived.add(END);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!ended && (current.isEmpty() || !current.element().hasRemaining())) {
      if (!current.isEmpty()) {
        current.remove();
      } else {
        receive();
      }
    }
    if (ended) {
      return -1;
    }
    ByteBuffer buffer = current.element();
    int count = Math.min(length, buffer.remaining());
    buffer.get(to, offset, count);
    if (!buffer.hasRemaining() && current.size() == 1) {
      current.remove();
      subscription.join().request(1);
    }
    return count;
  }

  private void receive() throws IOException {
    List<ByteBuffer> piece = await();
    try {
      deadline.check();
    } catch (DicomException e) {
      close();
      throw e;
    }
    if (piece == null) {
      close();
      throw new DicomException(source, "sends nothing for " + timeout.toSeconds() + " s");
    }
    if (piece.isEmpty()) {
      ended = true;
      if (failed) {
        throw new DicomException(source, "breaks off within its answer");
      }
      return;
    }
    piece.stream().filter(ByteBuffer::hasRemaining).forEach(current::add);
    if (current.isEmpty()) {
      subscription.join().request(1);
    }
  }

  private @Nullable List<ByteBuffer> await() throws IOException {
    try {
      return arrived.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      close();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the server");
    }
  }

  /** Ends the connection if there is more to come. */
  @Override
  public void close() {
    ended = true;
    var unused = subscription.thenAccept(Flow.Subscription::cancel);
  }
}
