package org.dpfed.bench.kernel;

import java.util.concurrent.TimeUnit;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.Nd4jKernel;
import org.dpfed.kernel.NoiseKey;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * The release: Gaussian noise on the sum, then the division. ND4J's own generator, which is neither
 * secure nor Gaussian beyond 4.8σ, is here for its time alone.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx2g"})
public class NoiseBench {
  /** The sum of one size. */
  @State(Scope.Benchmark)
  public static class Sum {
    @Param({"26010", "159010", "582026", "1000000", "10000000", "25000000"})
    int dimension;

    INDArray sum = Nd4j.empty(DataType.FLOAT);

    @Setup
    public void allocate() {
      sum = Nd4j.zeros(DataType.FLOAT, dimension);
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
  public INDArray kernel(Sum state, Kernel kernel) {
    kernel.use.perturb(state.sum, state.sum, new NoiseKey(new byte[NoiseKey.BYTES]), 1, 0.5);
    return state.sum;
  }

  @Benchmark
  public INDArray nd4jOperations(Sum state, Threads threads) {
    try (INDArray noise = Nd4j.randn(DataType.FLOAT, state.dimension)) {
      return state.sum.addi(noise).muli(0.5);
    }
  }
}
