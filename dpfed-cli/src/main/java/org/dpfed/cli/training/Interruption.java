package org.dpfed.cli.training;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dpfed.federated.FederatedAveraging;

/**
 * Turns Ctrl-C into an orderly stop: asks the run to stop, and keeps the process alive until the
 * model and the report are written and this object is closed. The exit status remains that of the
 * signal.
 */
final class Interruption implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 10;

  private final PrintWriter err;
  private final CountDownLatch written = new CountDownLatch(1);
  private Thread hook = new Thread(() -> {});

  /**
   * @param err hears of a stop that takes long
   */
  Interruption(PrintWriter err) {
    this.err = err;
  }

  /** From now on an interruption stops {@code averaging}. */
  void stops(FederatedAveraging averaging) {
    hook =
        new Thread(
            () -> {
              averaging.stop();
              try {
                if (!written.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                  err.printf(
                      "stopping when the clients now in training are done; 'kill -9 %d' ends at once, and the ledger then says what was spent%n",
                      ProcessHandle.current().pid());
                  err.flush();
                  written.await();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "dpfed-interruption");
    Runtime.getRuntime().addShutdownHook(hook);
  }

  @Override
  public void close() {
    written.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending: the hook is what waits for this.
    }
  }
}
