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

  /**
   * An empty sum.
   *
   * @param bound the largest norm of a scaled delta
   * @param stddev of the noise
   */
  static RunningSum of(
      ReleaseMode mode, DeltaKernel kernel, double bound, double stddev, long dimension) {
    return switch (mode) {
      case FLOAT -> new Floats(kernel, stddev, Nd4j.zeros(DataType.FLOAT, dimension));
      case FIXED_POINT ->
          new Integers(new FixedPointSum(kernel, bound, stddev, Math.toIntExact(dimension)));
    };
  }

  record Floats(DeltaKernel kernel, double stddev, INDArray sum) implements RunningSum {
    @Override
    public void add(INDArray delta, float scale) {
      kernel.addScaled(sum, delta, new float[] {scale});
    }

    @Override
    public INDArray release(NoiseKey key, double factor) {
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
    public void add(INDArray delta, float scale) {
      sum.addScaled(delta, scale);
    }

    @Override
    public INDArray release(NoiseKey key, double factor) {
      return sum.release(key, factor);
    }

    @Override
    public void close() {
      // Nothing outside the Java heap.
    }
  }
}
