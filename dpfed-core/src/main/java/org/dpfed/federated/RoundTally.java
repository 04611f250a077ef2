package org.dpfed.federated;

import java.util.function.BooleanSupplier;
import org.dpfed.mechanism.DeltaAggregator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Feeds one round's updates to its aggregator and counts what became of them. */
final class RoundTally implements WorkerPool.Receiver {
  private static final Logger LOG = LoggerFactory.getLogger(RoundTally.class);

  private final int round;
  private final int cohortSize;
  private final DeltaAggregator aggregator;
  private final BooleanSupplier stopRequested;
  private int trained;
  private int failed;
  private int nonFinite;
  private int clipped;
  private double normTotal;
  private double lossTotal;
  private @Nullable Throwable firstFailure;

  RoundTally(int round, int cohortSize, DeltaAggregator aggregator, BooleanSupplier stopRequested) {
    this.round = round;
    this.cohortSize = cohortSize;
    this.aggregator = aggregator;
    this.stopRequested = stopRequested;
  }

  @Override
  public boolean wantsMore() {
    return !stopRequested.getAsBoolean();
  }

  @Override
  public void trained(ClientUpdate update) {
    DeltaAggregator.Contribution contribution = aggregator.accumulate(update.delta());
    trained++;
    lossTotal += update.trainingLoss();
    if (!contribution.isFinite()) {
      nonFinite++;
      return;
    }
    normTotal += contribution.norm();
    if (contribution.isClipped()) {
      clipped++;
    }
  }

  @Override
  public void failed(int client, Throwable cause) {
    failed++;
    if (firstFailure == null) {
      firstFailure = cause;
    }
    LOG.warn("round {}: client {} failed and contributes zero", round + 1, client, cause);
  }

  /**
   * @throws RoundFailedException when more than {@code maxFailedShare} of the cohort failed
   */
  void requireEnough(double maxFailedShare) {
    if (firstFailure != null && failed > maxFailedShare * cohortSize) {
      throw new RoundFailedException(
          "round %d failed: %d of %d sampled clients threw, more than the share of %s that may; the cause is the first failure"
              .formatted(round + 1, failed, cohortSize, maxFailedShare),
          firstFailure);
    }
  }

  RoundDiagnostics diagnostics() {
    int finite = trained - nonFinite;
    return new RoundDiagnostics(
        cohortSize,
        failed,
        nonFinite,
        clipped,
        finite == 0 ? 0 : normTotal / finite,
        trained == 0 ? 0 : lossTotal / trained);
  }
}
