package org.dpfed.federated;

import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One native thread per operation while workers train side by side, and the caller's settings again
 * afterwards. The settings of ND4J and of its BLAS belong to the whole process: this is the one
 * place that changes them.
 */
final class NativeThreads implements AutoCloseable {
  private final Environment environment = Nd4j.getEnvironment();
  private final int maxThreads = environment.maxThreads();
  private final int maxMasterThreads = environment.maxMasterThreads();
  private final int blasThreads = environment.isCPU() ? Nd4j.factory().blas().getMaxThreads() : 0;

  private NativeThreads() {}

  static NativeThreads onePerOperation() {
    NativeThreads before = new NativeThreads();
    before.set(1, 1, 1);
    return before;
  }

  @Override
  public void close() {
    set(maxThreads, maxMasterThreads, blasThreads);
  }

  private void set(int threads, int masterThreads, int blas) {
    environment.setMaxThreads(threads);
    environment.setMaxMasterThreads(masterThreads);
    if (environment.isCPU()) {
      Nd4j.factory().blas().setMaxThreads(blas);
    }
  }
}
