package org.dpfed.bench.kernel;

import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.Pointer;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.Nd4jKernel;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From trained weights to the clipped sum: delta, norm, scale, add, for a whole cohort. The delta
 * replaces the trained weights, so that the same call can be repeated; values drift, times do not.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 750, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "-Xmx2g",
      "-Dorg.bytedeco.javacpp.maxbytes=16g",
      "-Dorg.bytedeco.javacpp.maxphysicalbytes=20g",
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"
    })
public class ClipBench {
  private static final float CLIP_NORM = 0.5f;

  /** Arrays of one size, alone in memory. */
  @State(Scope.Thread)
  public static class Arrays {
    @Param({"26010", "159010", "582026", "10000000", "25000000"})
    int dimension;

    @Param({"1", "16", "64"})
    int clients;

    Cohort cohort = Cohort.of(1, 1);

    @Setup
    public void allocate() {
      cohort = Cohort.of(clients, dimension);
    }

    @TearDown
    public void free() {
      cohort.close();
    }
  }

  /** The kernel under measurement. */
  @State(Scope.Thread)
  public static class Kernel {
    @Param({"vector", "vector-2", "nd4j"})
    String kernel = Nd4jKernel.NAME;

    DeltaKernel use = new Nd4jKernel();

    /** A name ending in -2 uses two threads. */
    @Setup
    public void open() {
      String name = kernel.replace("-2", "");
      use = KernelSelection.forced(name).kernel().withThreads(name.equals(kernel) ? 1 : 2);
    }
  }

  @Benchmark
  public INDArray kernel(Arrays arrays, Kernel kernel) {
    Cohort cohort = arrays.cohort;
    INDArray global = cohort.global().reshape(1, cohort.global().length());
    for (int k = 0; k < cohort.clients(); k++) {
      kernel.use.addScaled(cohort.trained().getRow(k), global, new float[] {-1});
    }
    double[] norms = kernel.use.rowNorms(cohort.trained());
    float[] scales = new float[norms.length];
    for (int k = 0; k < norms.length; k++) {
      scales[k] = (float) Math.min(1, CLIP_NORM / norms[k]);
    }
    kernel.use.addScaled(cohort.sum(), cohort.trained(), scales);
    return cohort.sum();
  }

  @Benchmark
  public INDArray nd4jOperations(Arrays arrays) {
    Cohort cohort = arrays.cohort;
    INDArray sum = cohort.sum();
    for (int k = 0; k < cohort.clients(); k++) {
      try (INDArray delta = cohort.trained().getRow(k).sub(cohort.global());
          INDArray clipped = delta.mul(Math.min(1, CLIP_NORM / delta.norm2Number().floatValue()))) {
        sum.addi(clipped);
      }
    }
    return sum;
  }

  /**
   * As many bytes as the passes of {@link #kernel} move for one client after another (12 for the
   * delta, 4 for the norm, 12 for the sum, by float), moved by the C library's copy: 3½ copies.
   */
  @Benchmark
  public INDArray roofline(Arrays arrays) {
    Cohort cohort = arrays.cohort;
    long bytes = cohort.sum().length() * Float.BYTES;
    Pointer sum = cohort.sum().data().addressPointer();
    Pointer global = cohort.global().data().addressPointer();
    for (int k = 0; k < cohort.clients(); k++) {
      Pointer row = cohort.trained().getRow(k).data().addressPointer();
      Pointer.memcpy(row, global, bytes);
      Pointer.memcpy(sum, row, bytes);
      Pointer.memcpy(sum, row, bytes);
      Pointer.memcpy(sum, row, bytes / 2);
    }
    return cohort.sum();
  }
}
