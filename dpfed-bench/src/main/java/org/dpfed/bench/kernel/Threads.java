package org.dpfed.bench.kernel;

import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** How many threads each contestant has: the kernels, ND4J's operations and its BLAS, the copy. */
@State(Scope.Benchmark)
public class Threads {
  @Param({"1", "2"})
  int threads;

  /** Holds for the whole process, which is this benchmark's own. */
  @Setup
  public void limit() {
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    if (Nd4j.getEnvironment().isCPU()) {
      Nd4j.factory().blas().setMaxThreads(threads);
    }
  }
}
