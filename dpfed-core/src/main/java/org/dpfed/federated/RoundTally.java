package org.dpfed.federated;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.dpfed.mechanism.DeltaAggregator;
import org.dpfed.mechanism.ShareSum;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes one round's updates to its aggregator and counts how many failed, were clipped or were not
 * finite.
 */
final class RoundTally implements CohortEngine.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(RoundTally.class);

  private final int round;
  private final int cohortSize;
  private final DeltaAggregator aggregator;
  private final boolean showClientErrors;
  private final BooleanSupplier isStopped;
  private int reported;
  private int trained;
  private int failed;
  private int nonFinite;
  private int clipped;
  private final List<Double> norms = new ArrayList<>();
  private double lossTotal;
  private boolean knowsClients = true;

  RoundTally(
      int round,
      int cohortSize,
      DeltaAggregator aggregator,
      boolean showClientErrors,
      BooleanSupplier isStopped) {
    this.round = round;
    this.cohortSize = cohortSize;
    this.aggregator = aggregator;
    this.showClientErrors = showClientErrors;
    this.isStopped = isStopped;
  }

  @Override
  public boolean wantsMore() {
    return !isStopped.getAsBoolean();
  }

  @Override
  public Supplier<DeltaAggregator.Contribution> take(int client, INDArray delta) {
    return aggregator.accumulateInTurn(client, delta);
  }

  @Override
  public void trained(DeltaAggregator.Contribution contribution, double trainingLoss) {
    reported++;
    trained++;
    lossTotal += trainingLoss;
    if (!contribution.isFinite()) {
      nonFinite++;
      return;
    }
    norms.add(contribution.norm());
    if (contribution.isClipped()) {
      clipped++;
    }
  }

  /** Logs a failure, only if requested: any message would reveal that the client took part. */
  @Override
  public void failed(int client, Throwable cause) {
    reported++;
    failed++;
    if (showClientErrors) {
      LOG.warn(
          "round {}: client {} failed and contributes zero: {}",
          round + 1,
          client,
          cause.toString(),
          cause);
    }
  }

  @Override
  public void hadNoExamples() {
    reported++;
  }

  @Override
  public void share(int[] clients, int failed, byte[] sum) {
    ShareSum.Fates fates = aggregator.accumulate(clients, failed, sum);
    knowsClients = false;
    reported += clients.length;
    this.failed += failed;
    trained += fates.deltas();
    nonFinite += fates.nonFinite();
    clipped += fates.clipped();
  }

  /**
   * @throws IllegalStateException when a client of the cohort was not reported, whose share may be
   *     lost, or one twice
   */
  void requireAll() {
    if (reported != cohortSize) {
      // No numbers: the size of a cohort is not public.
      throw new IllegalStateException(
          "the engine did not report every client of the cohort once, so its sum is not that of the round");
    }
  }

  RoundDiagnostics diagnostics() {
    double[] finite = norms.stream().mapToDouble(Double::doubleValue).toArray();
    return new RoundDiagnostics(
        cohortSize,
        failed,
        nonFinite,
        clipped,
        knowsClients ? Arrays.stream(finite).average().orElse(0) : Double.NaN,
        RoundDiagnostics.quantiles(finite),
        knowsClients ? mean(lossTotal, trained) : Double.NaN);
  }

  private static double mean(double total, int count) {
    return count == 0 ? 0 : total / count;
  }
}
