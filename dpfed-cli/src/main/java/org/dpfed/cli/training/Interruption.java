package org.dpfed.cli.training;

import java.util.concurrent.CountDownLatch;
import org.dpfed.federated.FederatedAveraging;

/**
 * Turns Ctrl-C into an orderly end: the run is asked to stop, and the process waits until its model
 * and report are written, which is when this is closed. The exit status remains that of the signal.
 */
final class Interruption implements AutoCloseable {
  private final CountDownLatch written = new CountDownLatch(1);
  private Thread hook = new Thread(() -> {});

  /** From now on an interruption stops {@code averaging}. */
  void stops(FederatedAveraging averaging) {
    hook =
        new Thread(
            () -> {
              averaging.stop();
              try {
                written.await();
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
