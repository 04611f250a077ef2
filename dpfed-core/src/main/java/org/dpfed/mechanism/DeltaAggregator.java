package org.dpfed.mechanism;

import org.dpfed.accounting.DpEvent;
import org.dpfed.accounting.PrivacyLedger;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.NoiseKey;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The noisy mean of one round's clipped deltas: {@code (Σ clip(delta) + N(0, (z·C)² I)) ÷
 * expectedCohortSize}.
 *
 * <p>Deltas are added one at a time and can then be dropped, so memory does not grow with the
 * cohort. {@link #release} charges the ledger before it draws noise, and the sum leaves this object
 * in no other way. The divisor is a public constant: the number of clients that really took part
 * would reveal one client's presence.
 *
 * <p>Not safe for use by several threads at once. Sums of floats are rounded, so the order of the
 * deltas shows in the last bits and the caller adds them in cohort order; in {@link
 * ReleaseMode#FIXED_POINT} no order matters.
 */
public final class DeltaAggregator implements AutoCloseable {
  private final DeltaKernel kernel;
  private final Clipping clipping;
  private final double noiseStddev;
  private final double expectedCohortSize;
  private final DpEvent event;
  private final long dimension;
  private final RunningSum sum;
  private boolean released;

  /**
   * @param kernel does the arithmetic
   * @param clipping bounds each delta
   * @param noiseMultiplier noise standard deviation divided by the clip norm, at least 0; the noise
   *     never depends on the norm of an update, since it would then reveal it
   * @param expectedCohortSize divides the noisy sum, positive
   * @param event what releasing the mean costs, sampling included
   * @param dimension length of a delta, at least 1
   * @param mode the numbers that the sum and the noise are made of
   */
  public DeltaAggregator(
      DeltaKernel kernel,
      Clipping clipping,
      double noiseMultiplier,
      double expectedCohortSize,
      DpEvent event,
      long dimension,
      ReleaseMode mode) {
    if (!(noiseMultiplier >= 0 && noiseMultiplier <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "noiseMultiplier must be finite and at least 0, was " + noiseMultiplier);
    }
    if (noiseMultiplier > 0 && Double.isInfinite(clipping.clipNorm())) {
      throw new IllegalArgumentException(
          "noiseMultiplier must be 0 without a clip norm, was "
              + noiseMultiplier
              + "; choose a clipNorm");
    }
    if (mode == ReleaseMode.FIXED_POINT && Double.isInfinite(clipping.clipNorm())) {
      throw new IllegalArgumentException(
          "a fixed-point release needs a clip norm, from which its grid follows; choose a clipNorm");
    }
    if (!(expectedCohortSize > 0) || Double.isInfinite(expectedCohortSize)) {
      throw new IllegalArgumentException(
          "expectedCohortSize must be positive and finite, was " + expectedCohortSize);
    }
    if (dimension < 1) {
      throw new IllegalArgumentException("dimension must be at least 1, was " + dimension);
    }
    this.kernel = kernel;
    this.clipping = clipping;
    this.noiseStddev = noiseMultiplier == 0 ? 0 : noiseMultiplier * clipping.clipNorm();
    this.expectedCohortSize = expectedCohortSize;
    this.event = event;
    this.dimension = dimension;
    this.sum = RunningSum.of(mode, kernel, clipping.clipNorm(), noiseStddev, dimension);
  }

  /** Absolute standard deviation of the noise that {@link #release} adds to the sum. */
  public double noiseStddev() {
    return noiseStddev;
  }

  /**
   * Adds one client's clipped delta. A delta with NaN or infinite coordinates contributes zero.
   *
   * @param delta shape {@code [d]}, float; neither changed nor kept
   * @return what became of the delta; depends on the client's data and is not private
   */
  public Contribution accumulate(INDArray delta) {
    requireOpen();
    if (delta.rank() != 1 || delta.length() != dimension || delta.dataType() != DataType.FLOAT) {
      throw new IllegalArgumentException(
          "a delta must be float of shape [%d], was %s %s"
              .formatted(dimension, delta.dataType(), delta.shapeInfoToString()));
    }
    double norm = kernel.rowNorms(delta)[0];
    float scale = clipping.scale(norm, delta);
    sum.add(delta, scale);
    return new Contribution(norm, scale);
  }

  /**
   * Charges the event that this aggregator was made for, then returns the noisy mean. Can be called
   * once.
   *
   * @param ledger is charged before noise is drawn; when it refuses, nothing is released and this
   *     aggregator can still be closed
   * @param key names the noise stream, fresh for each release
   * @return shape {@code [d]}, owned by the caller
   */
  public INDArray release(PrivacyLedger ledger, NoiseKey key) {
    requireOpen();
    ledger.charge(event);
    released = true;
    return sum.release(key, 1 / expectedCohortSize);
  }

  private void requireOpen() {
    if (released) {
      throw new IllegalStateException(
          "this aggregator has released its sum; each round needs its own");
    }
  }

  /** Frees the sum unless it was released. */
  @Override
  public void close() {
    if (!released) {
      released = true;
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
