package org.dpfed.bench.kernel;

import java.util.concurrent.TimeUnit;
import org.dpfed.accounting.DpEvent;
import org.dpfed.kernel.KernelSelection;
import org.dpfed.kernel.NoiseKey;
import org.dpfed.mechanism.Clipping;
import org.dpfed.mechanism.DeltaAggregator;
import org.dpfed.mechanism.ReleaseMode;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole round's aggregation, 16 clients and one release, in floats and on the integer grid, on
 * one thread as beside workers.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-Xmx2g"})
@State(Scope.Thread)
public class ReleaseModeBench {
  private static final int CLIENTS = 16;

  @Param({"26010", "582026"})
  int dimension;

  @Param({"FLOAT", "FIXED_POINT"})
  ReleaseMode mode = ReleaseMode.FLOAT;

  private final KernelSelection kernel = KernelSelection.automatic();
  private final NoiseKey key = new NoiseKey(new byte[NoiseKey.BYTES]);
  private Cohort cohort = Cohort.of(1, 1);

  @Setup
  public void allocate() {
    cohort = Cohort.of(CLIENTS, dimension);
  }

  @Benchmark
  public double round() {
    DpEvent event = new DpEvent.Gaussian(1);
    try (DeltaAggregator aggregator =
        new DeltaAggregator(
            kernel.kernel().withThreads(1),
            new Clipping.Fixed(0.5),
            1,
            CLIENTS,
            event,
            dimension,
            mode)) {
      for (int k = 0; k < CLIENTS; k++) {
        aggregator.accumulate(cohort.rows().get(k));
      }
      try (INDArray released = aggregator.release(charged -> {}, key)) {
        return released.getDouble(0);
      }
    }
  }
}
