package org.dpfed.federated;

import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Limits ND4J to one native thread per operation while workers train, and restores the caller's
 * settings when the last run of the process has ended. The thread settings of ND4J and its BLAS
 * apply to the whole process; only this class changes them.
 *
 * <p>The number of master threads is what limits an operation: DL4J 1.0.0-M2.1 ignores {@code
 * setMaxThreads}.
 */
public final class NativeThreads implements AutoCloseable {
  /** The settings belong to the process, and so does the count of those who need them changed. */
  private static final Object LOCK = new Object();

  private static int holders;
  private static @Nullable Settings callers;

  private boolean closed;

  private NativeThreads() {}

  /**
   * One thread per operation until this is closed, and as long as others need it.
   *
   * @return to be closed by the caller
   */
  public static NativeThreads onePerOperation() {
    synchronized (LOCK) {
      if (holders == 0) {
        callers = Settings.current();
        new Settings(1, 1).apply();
      }
      holders++;
    }
    return new NativeThreads();
  }

  /**
   * Restores the caller's settings, unless another holder is left. Once; later calls do nothing.
   */
  @Override
  public void close() {
    synchronized (LOCK) {
      if (closed) {
        return;
      }
      closed = true;
      holders--;
      if (holders == 0 && callers != null) {
        callers.apply();
        callers = null;
      }
    }
  }

  /** Threads of an operation and of a matrix product; the latter on the CPU alone. */
  private record Settings(int masterThreads, int blasThreads) {
    static Settings current() {
      Environment environment = Nd4j.getEnvironment();
      return new Settings(
          environment.maxMasterThreads(),
          environment.isCPU() ? Nd4j.factory().blas().getMaxThreads() : 0);
    }

    void apply() {
      Environment environment = Nd4j.getEnvironment();
      environment.setMaxMasterThreads(masterThreads);
      if (environment.isCPU()) {
        Nd4j.factory().blas().setMaxThreads(blasThreads);
      }
    }
  }
}
