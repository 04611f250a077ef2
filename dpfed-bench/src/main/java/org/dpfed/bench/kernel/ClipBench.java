package org.dpfed.bench.kernel;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
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
 * From trained weights to the clipped sum: delta, norm, scale, add, for one client of a cohort
 * after the other, as they come in training. The delta replaces the trained weights, so that the
 * same call can be repeated; values drift, times do not.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "-Xmx2g",
      "-Dorg.bytedeco.javacpp.maxbytes=16g",
      "-Dorg.bytedeco.javacpp.maxphysicalbytes=20g"
    })
public class ClipBench {
  private static final float CLIP_NORM = 0.5f;

  /** Arrays of one size, alone in memory. */
  @State(Scope.Benchmark)
  public static class Arrays {
    @Param({"26010", "159010", "582026", "10000000", "25000000"})
    int dimension;

    @Param({"1", "16"})
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
  @State(Scope.Benchmark)
  public static class Kernel {
    @Param({"vector", "nd4j"})
    String kernel = Nd4jKernel.NAME;

    DeltaKernel use = new Nd4jKernel();

    @Setup
    public void open(Threads threads) {
      use = KernelSelection.forced(kernel).kernel().withThreads(threads.threads);
    }
  }

  @Benchmark
  public INDArray kernel(Arrays arrays, Kernel kernel) {
    Cohort cohort = arrays.cohort;
    for (int k = 0; k < cohort.rows().size(); k++) {
      INDArray delta = cohort.deltas().get(k);
      kernel.use.addScaled(cohort.rows().get(k), cohort.global(), new float[] {-1});
      double norm = kernel.use.rowNorms(delta)[0];
      float scale = (float) Math.min(1, CLIP_NORM / norm);
      kernel.use.addScaled(cohort.sum(), delta, new float[] {scale});
    }
    return cohort.sum();
  }

  @Benchmark
  public INDArray nd4jOperations(Arrays arrays, Threads threads) {
    Cohort cohort = arrays.cohort;
    INDArray global = cohort.global().reshape(cohort.global().length());
    for (INDArray row : cohort.rows()) {
      try (INDArray delta = row.sub(global);
          INDArray clipped = delta.mul(Math.min(1, CLIP_NORM / delta.norm2Number().floatValue()))) {
        cohort.sum().addi(clipped);
      }
    }
    return cohort.sum();
  }

  /**
   * As many bytes as the passes of {@link #kernel} move for one client after another (12 for the
   * delta, 4 for the norm, 12 for the sum, by float), moved by the C library's copy: 3½ copies.
   * Each thread copies its own part.
   */
  @Benchmark
  public INDArray copy(Arrays arrays, Threads threads) {
    IntStream parts = IntStream.range(0, threads.threads);
    (threads.threads == 1 ? parts : parts.parallel())
        .forEach(part -> copy(arrays.cohort, part, threads.threads));
    return arrays.cohort.sum();
  }

  private static void copy(Cohort cohort, int part, int parts) {
    long length = cohort.sum().length() / parts;
    Pointer sum = at(cohort.sum(), part * length);
    Pointer global = at(cohort.global(), part * length);
    for (INDArray delta : cohort.rows()) {
      Pointer row = at(delta, part * length);
      Pointer.memcpy(row, global, length * Float.BYTES);
      Pointer.memcpy(sum, row, length * Float.BYTES);
      Pointer.memcpy(sum, row, length * Float.BYTES);
      Pointer.memcpy(sum, row, length * Float.BYTES / 2);
    }
  }

  private static Pointer at(INDArray array, long index) {
    FloatPointer first = new FloatPointer(array.data().addressPointer());
    return first.position(first.position() + index);
  }
}
