package org.dpfed.bench.accounting;

import java.util.concurrent.TimeUnit;
import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.NeighbouringRelation;
import org.dpfed.accounting.NoiseCalibration;
import org.dpfed.accounting.Participation;
import org.dpfed.accounting.PldAccountant;
import org.dpfed.accounting.PrivacyAccountant;
import org.dpfed.accounting.RdpAccountant;
import org.dpfed.accounting.TreeAggregation;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** One answer from an empty accountant, everything included and nothing remembered. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 3, time = 2)
@State(Scope.Benchmark)
public class AccountingBench {
  private static final NeighbouringRelation RELATION = NeighbouringRelation.ADD_OR_REMOVE_ONE;

  /** Settings at δ = 10⁻⁵. */
  @State(Scope.Benchmark)
  public static class Run {
    /** Sampling probability, noise multiplier, rounds. */
    @Param({"0.01 1 1000", "0.00427 1.1 14062", "0.01 0.3 1000"})
    private String setting = "";

    private DpEvent event() {
      String[] parts = setting.split(" ", -1);
      return poisson(
          Double.parseDouble(parts[0]), Double.parseDouble(parts[1]), Long.parseLong(parts[2]));
    }
  }

  private static DpEvent poisson(double q, double noiseMultiplier, long rounds) {
    return new DpEvent.SelfComposed(
        new DpEvent.PoissonSampled(q, new DpEvent.Gaussian(noiseMultiplier)), rounds);
  }

  @Benchmark
  public double rdp(Run run) {
    return new RdpAccountant(RELATION, RdpAccountant.defaultOrders())
        .compose(run.event(), 1)
        .epsilon(1e-5);
  }

  @Benchmark
  public double pld(Run run) {
    return new PldAccountant(RELATION).compose(run.event(), 1).epsilon(1e-5);
  }

  @Benchmark
  public double rdpCalibration() {
    return calibration(new RdpAccountant(RELATION, RdpAccountant.defaultOrders()));
  }

  @Benchmark
  public double pldCalibration() {
    return calibration(new PldAccountant(RELATION));
  }

  private static double calibration(PrivacyAccountant accountant) {
    return new NoiseCalibration(accountant, 3, 1e-5)
        .smallestNoiseMultiplier(z -> poisson(0.01, z, 1000));
  }

  @Benchmark
  public double withoutReplacement() {
    DpEvent round = new DpEvent.SampledWithoutReplacement(10_000, 100, new DpEvent.Gaussian(2));
    return new RdpAccountant(NeighbouringRelation.REPLACE_ONE, RdpAccountant.defaultOrders())
        .compose(round, 1000)
        .epsilon(1e-5);
  }

  @Benchmark
  public long treeWithoutRestarts() {
    return new TreeAggregation(7, Participation.withRoundsBetween(2000, 6, 313))
        .squaredSensitivity();
  }
}
