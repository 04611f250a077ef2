package org.dpfed.mechanism;

import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.FixedPointSum;
import org.dpfed.kernel.NoiseKey;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The sum of one round's scaled deltas, released with noise once. */
sealed interface RunningSum extends AutoCloseable {

  /**
   * Adds {@code scale · row}; with scale 0 the row is not read.
   *
   * @param row shape {@code [1, d]}
   */
  void add(INDArray row, float scale);

  /** {@code (sum + N(0, stddev² I)) · factor}, owned by the caller; the sum is spent afterwards. */
  INDArray release(NoiseKey key, double stddev, double factor);

  /** Frees a sum that was not released. */
  @Override
  void close();

  static RunningSum of(ReleaseMode mode, DeltaKernel kernel, double clipNorm, long dimension) {
    return mode == ReleaseMode.FLOAT
        ? new Floats(kernel, Nd4j.zeros(DataType.FLOAT, dimension))
        : new Integers(new FixedPointSum(clipNorm, Math.toIntExact(dimension)));
  }

  record Floats(DeltaKernel kernel, INDArray sum) implements RunningSum {
    @Override
    public void add(INDArray row, float scale) {
      kernel.addScaled(sum, row, new float[] {scale});
    }

    @Override
    public INDArray release(NoiseKey key, double stddev, double factor) {
      kernel.perturb(sum, sum, key, stddev, factor);
      return sum;
    }

    @Override
    public void close() {
      sum.close();
    }
  }

  record Integers(FixedPointSum sum) implements RunningSum {
    @Override
    public void add(INDArray row, float scale) {
      sum.addScaled(row, scale);
    }

    @Override
    public INDArray release(NoiseKey key, double stddev, double factor) {
      return sum.release(key, stddev, factor);
    }

    @Override
    public void close() {
      // Nothing outside the Java heap.
    }
  }
}
