package org.dpfed.mechanism;

import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.NoiseKey;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The sum of one round's scaled deltas, released once. */
sealed interface RunningSum extends AutoCloseable permits FixedPointSum, RunningSum.Floats {

  /**
   * Adds {@code scale · delta}; with scale 0 the delta is not read.
   *
   * @param delta shape {@code [d]}
   */
  void add(INDArray delta, float scale);

  /** {@code (sum + noise) · factor}, owned by the caller; the sum is spent afterwards. */
  INDArray release(NoiseKey key, double factor);

  /** Frees a sum that was not released. */
  @Override
  void close();

  /** An empty sum: exact and noised where deltas are clipped, otherwise neither. */
  static RunningSum of(SampledGaussian mechanism, DeltaKernel kernel, long dimension) {
    double bound = mechanism.clipping().clipNorm();
    return Double.isInfinite(bound)
        ? new Floats(kernel, Nd4j.zeros(DataType.FLOAT, dimension))
        // The product of multiplier and clip norm is rounded, and must not be rounded down.
        : new FixedPointSum(
            kernel,
            bound,
            mechanism.noiseStddev() == 0 ? 0 : Math.nextUp(mechanism.noiseStddev()),
            Math.toIntExact(dimension));
  }

  /**
   * Floats, for the baseline without privacy. Never noised: a sum of rounded floats can move by
   * many clip norms when one client is added, so no noise in proportion to the clip norm hides it.
   */
  record Floats(DeltaKernel kernel, INDArray sum) implements RunningSum {
    @Override
    public void add(INDArray delta, float scale) {
      kernel.addScaled(sum, delta, new float[] {scale});
    }

    @Override
    public INDArray release(NoiseKey key, double factor) {
      return sum.muli(factor);
    }

    @Override
    public void close() {
      sum.close();
    }
  }
}
