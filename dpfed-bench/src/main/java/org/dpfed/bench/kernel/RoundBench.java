package org.dpfed.bench.kernel;

import java.util.concurrent.TimeUnit;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.NoiseKey;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.DeltaAggregator;
import org.dpfed.mechanism.Mechanism;
import org.dpfed.mechanism.MechanismRun;
import org.dpfed.mechanism.Noise;
import org.dpfed.mechanism.Randomness;
import org.dpfed.mechanism.Sampling;
import org.dpfed.mechanism.Trust;
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
 * A whole round's aggregation, 16 clients and one release, on one thread as beside workers: on the
 * integer grid, as every private plan does it, and in floats, which no plan with noise does, to see
 * what the grid costs.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx2g"})
@State(Scope.Thread)
public class RoundBench {
  private static final int CLIENTS = 16;
  private static final Clipping CLIPPING = new Clipping.Fixed(0.5);

  /** More rounds than are measured: a run cannot be longer than it was planned. */
  private static final int ROUNDS = Integer.MAX_VALUE;

  @Param({"26010", "582026"})
  int dimension;

  private final KernelSelection kernels = KernelSelection.automatic();
  private final DeltaKernel kernel = kernels.kernel().withThreads(1);
  private Cohort cohort = Cohort.of(1, 1);
  private MechanismRun run = start(1);

  @Setup
  public void allocate() {
    cohort = Cohort.of(CLIENTS, dimension);
    run = start(dimension);
  }

  private MechanismRun start(int length) {
    return new Mechanism(
            CLIENTS,
            ROUNDS,
            new Sampling.Poisson(CLIENTS),
            CLIPPING,
            new Noise.Independent(),
            new Trust.Central(),
            1,
            Randomness.secure())
        .start(kernels, length);
  }

  @Benchmark
  public double integers() {
    try (DeltaAggregator aggregator = run.nextRound()) {
      for (int client : aggregator.cohort()) {
        aggregator.accumulate(client, cohort.rows().get(client));
      }
      try (INDArray released = aggregator.release(charged -> {})) {
        return released.getDouble(0);
      }
    }
  }

  @Benchmark
  public double floats() {
    try (INDArray sum = Nd4j.zeros(DataType.FLOAT, dimension)) {
      for (INDArray delta : cohort.rows()) {
        float scale = (float) Math.min(1, CLIPPING.clipNorm() / kernel.rowNorms(delta)[0]);
        kernel.addScaled(sum, delta, new float[] {scale});
      }
      NoiseKey key = new NoiseKey(new byte[NoiseKey.BYTES]);
      kernel.perturb(sum, sum, key, CLIPPING.clipNorm(), 1.0 / CLIENTS);
      return sum.getDouble(0);
    }
  }
}
