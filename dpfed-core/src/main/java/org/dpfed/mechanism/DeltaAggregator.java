package org.dpfed.mechanism;

import java.util.Arrays;
import java.util.BitSet;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.kernel.DeltaKernel;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One round of a {@link SampledGaussian}: its cohort, and the noisy mean of the cohort's clipped
 * deltas, {@code (Σ clip(delta) + N(0, (z·C)² I)) ÷ expectedCohortSize}.
 *
 * <p>Each client of the cohort adds at most one delta, which the caller can then discard, so memory
 * does not grow with the cohort. {@link #release} charges the ledger before it draws noise; it is
 * the only method that returns the sum. The divisor is a public constant, because the actual number
 * of clients would reveal one client's presence.
 *
 * <p>With a clip norm, sums are integers on a public grid and exact in any order. Without one there
 * is no privacy; sums are then floats, whose last bits depend on the order of the deltas.
 *
 * <p>Not thread-safe.
 */
public final class DeltaAggregator implements AutoCloseable {
  private final SampledGaussian mechanism;
  private final int round;
  private final DeltaKernel kernel;
  private final long dimension;
  private final int[] cohort;
  private final BitSet added = new BitSet();
  private final RunningSum sum;
  private boolean closed;

  DeltaAggregator(SampledGaussian mechanism, int round, DeltaKernel kernel, long dimension) {
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension must be at least 1, was " + dimension);
    }
    this.mechanism = mechanism;
    this.round = round;
    this.kernel = kernel;
    this.dimension = dimension;
    this.sum = RunningSum.of(mechanism, kernel, dimension);
    this.cohort =
        new PoissonSampler(
                mechanism.population(), mechanism.samplingProbability(), mechanism.randomness())
            .cohort(round);
  }

  /** The clients whose deltas this round sums, ascending; may be empty. A copy for the caller. */
  public int[] cohort() {
    return cohort.clone();
  }

  /**
   * Adds one client's clipped delta. A delta with NaN or infinite coordinates contributes zero.
   *
   * @param client of the cohort; adds once
   * @param delta shape {@code [d]}, float; neither changed nor kept
   * @return what became of the delta; depends on the client's data and is not private
   */
  public Contribution accumulate(int client, INDArray delta) {
    requireOpen();
    if (delta.rank() != 1 || delta.length() != dimension || delta.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "a delta must be float of shape [%d], was %s %s"
              .formatted(dimension, delta.dataType(), Arrays.toString(delta.shape())));
    }
    int place = Arrays.binarySearch(cohort, client);
    if (place < 0) {
      throw new IllegalArgumentException(
          "a delta must come from a client of this round's cohort; the cost assumes that cohort");
    }
    if (added.get(place)) {
      throw new IllegalArgumentException(
          "a client may add one delta a round; the noise hides one clip norm");
    }
    added.set(place);
    double norm = kernel.rowNorms(delta)[0];
    float scale = mechanism.clipping().scale(norm, delta);
    sum.add(delta, scale);
    return new Contribution(norm, scale);
  }

  /**
   * Charges the event of this round, then returns the noisy mean. Can be called once, whether or
   * not it succeeds: a sum whose charge failed is freed and can no longer be released.
   *
   * @param ledger is charged before noise is drawn
   * @return shape {@code [d]}, owned by the caller
   */
  public INDArray release(PrivacyLedger ledger) {
    requireOpen();
    closed = true;
    boolean released = false;
    try {
      ledger.charge(mechanism.event());
      INDArray mean =
          sum.release(
              mechanism.randomness().key(Randomness.Purpose.NOISE, round),
              1 / mechanism.expectedCohortSize());
      released = true;
      return mean;
    } finally {
      if (!released) {
        sum.close();
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "this aggregator was released or closed; each round needs its own");
    }
  }

  /** Frees the sum unless it was released. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      sum.close();
    }
  }

  /**
   * What became of one delta.
   *
   * @param norm L2 norm before clipping; NaN or infinite when a coordinate is
   * @param scale the factor applied: 1 unclipped, 0 dropped
   */
  public record Contribution(double norm, float scale) {
    /** Whether the delta was longer than the clip norm. */
    public boolean isClipped() {
      return isFinite() && scale < 1;
    }

    /** Whether every coordinate was finite; a delta that was not contributes zero. */
    public boolean isFinite() {
      return Double.isFinite(norm);
    }
  }
}
