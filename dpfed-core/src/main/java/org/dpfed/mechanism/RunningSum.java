package org.dpfed.mechanism;

import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.NormalDraws;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The sum of one round's scaled deltas, or of one part of them, released once. */
sealed interface RunningSum permits FixedPointSum, RunningSum.Floats {

  /**
   * Adds {@code scale · delta}; with scale 0 the delta is not read.
   *
   * @param delta shape {@code [d]}
   */
  void add(INDArray delta, float scale);

  /** Adds another sum of the same part and round. */
  void add(RunningSum other);

  /** Writes {@code (sum + noise) · factor} to {@code out} from {@code to} on. */
  void release(NormalDraws draws, NoiseStream noise, double factor, float[] out, int to);

  /** An empty sum: exact and noised where deltas are clipped, otherwise neither. */
  static RunningSum of(double bound, DeltaKernel kernel, int dimension) {
    return Double.isInfinite(bound)
        ? new Floats(kernel, Nd4j.createFromArray(new float[dimension]))
        : new FixedPointSum(kernel, bound, dimension);
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
    public void add(RunningSum other) {
      sum.addi(((Floats) other).sum);
    }

    @Override
    public void release(NormalDraws draws, NoiseStream noise, double factor, float[] out, int to) {
      float[] mean = sum.muli(factor).toFloatVector();
      System.arraycopy(mean, 0, out, to, mean.length);
    }
  }
}
