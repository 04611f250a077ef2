package org.dpfed.federated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ClientTaskTest {
  private static final Optional<Duration> SHORT = Optional.of(Duration.ofMillis(1));

  private final AtomicInteger abandoned = new AtomicInteger();

  /** A client that is done before anybody looks is judged by its own time all the same. */
  @Test
  void requireInTime_nobodyWaitedYet_judgesByTheClientsOwnTime() throws Exception {
    ClientTask task = new ClientTask(7, SHORT);
    task.begin(abandoned::incrementAndGet);
    Thread.sleep(5);
    TimeoutException late = thrownBy(task);
    assertThat(late)
        .hasMessageContaining("clientTimeLimit of 0.001 s")
        .hasMessageNotContaining("7");
    task.fail(late);
    assertThatThrownBy(task::await).isInstanceOf(ExecutionException.class).hasCause(late);
    // Its thread ended by itself.
    assertThat(abandoned).hasValue(0);
  }

  @Test
  void await_clientIsLate_abandonsItOnceAndReadsNothingOfItLater() throws Exception {
    ClientTask task = new ClientTask(7, SHORT);
    task.begin(abandoned::incrementAndGet);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(task::await).hasCauseInstanceOf(TimeoutException.class);
      assertThat(abandoned).hasValue(1);
    }
    thrownBy(task);
    task.complete(Optional.empty());
    assertThatThrownBy(task::await).hasCauseInstanceOf(TimeoutException.class);
  }

  /** Once its update may be read, the pool waits for the rest, whatever the clock says. */
  @Test
  void await_clientWasInTimeAndStillSends_waitsForIt() throws Exception {
    ClientTask task = new ClientTask(7, Optional.of(Duration.ofMillis(300)));
    task.begin(abandoned::incrementAndGet);
    task.requireInTime();
    Thread sending =
        new Thread(
            () -> {
              try {
                Thread.sleep(600);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              task.complete(Optional.empty());
            });
    sending.start();
    assertThat(task.await()).isEmpty();
    assertThat(abandoned).hasValue(0);
    sending.join();
  }

  /** Waiting for a thread that opens its worker is no client's time. */
  @Test
  void await_clientHasNotBegun_clockStandsStill() throws Exception {
    ClientTask task = new ClientTask(7, Optional.of(Duration.ofMillis(300)));
    Thread thread =
        new Thread(
            () -> {
              try {
                Thread.sleep(600);
                task.begin(abandoned::incrementAndGet);
                task.requireInTime();
                task.complete(Optional.empty());
              } catch (InterruptedException | TimeoutException e) {
                task.fail(e);
              }
            });
    thread.start();
    assertThat(task.await()).isEmpty();
    thread.join();
  }

  @Test
  void awaitEnd_callerIsInterrupted_staysInterruptedAndWaits() {
    ClientTask task = new ClientTask(7, SHORT);
    task.begin(abandoned::incrementAndGet);
    Thread.currentThread().interrupt();
    task.awaitEnd();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(abandoned).hasValue(1);
  }

  /** Longer than a long has nanoseconds. */
  @Test
  void await_longestLimit_isNone() throws Exception {
    ClientTask task = new ClientTask(7, Optional.of(Duration.ofSeconds(Long.MAX_VALUE)));
    task.begin(abandoned::incrementAndGet);
    task.requireInTime();
    task.complete(Optional.empty());
    assertThat(task.await()).isEmpty();
  }

  private static TimeoutException thrownBy(ClientTask task) {
    try {
      task.requireInTime();
    } catch (TimeoutException e) {
      return e;
    }
    throw new AssertionError("in time");
  }
}
