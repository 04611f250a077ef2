package org.dpfed.federated;

import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Limits ND4J to one native thread per operation while several workers train, and restores the
 * caller's settings afterwards. The thread settings of ND4J and its BLAS apply to the whole
 * process; only this class changes them.
 *
 * <p>The number of master threads is what limits an operation: DL4J 1.0.0-M2.1 ignores {@code
 * setMaxThreads}.
 */
final class NativeThreads implements AutoCloseable {
  private final Environment environment = Nd4j.getEnvironment();
  private final int maxMasterThreads = environment.maxMasterThreads();
  private final int blasThreads = environment.isCPU() ? Nd4j.factory().blas().getMaxThreads() : 0;

  private NativeThreads() {}

  static NativeThreads onePerOperation() {
    NativeThreads before = new NativeThreads();
    before.set(1, 1);
    return before;
  }

  @Override
  public void close() {
    set(maxMasterThreads, blasThreads);
  }

  private void set(int masterThreads, int blas) {
    environment.setMaxMasterThreads(masterThreads);
    if (environment.isCPU()) {
      Nd4j.factory().blas().setMaxThreads(blas);
    }
  }
}
