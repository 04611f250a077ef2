package org.dpfed.kernel.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.Layout;
import org.dpfed.kernel.NoiseKey;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What {@link CudaKernel} does, with a program in place of ND4J's CUDA backend. */
record ProgramKernel(KernelProgram program) implements DeltaKernel {
  @Override
  public String name() {
    return "cuda source";
  }

  @Override
  public double[] rowNorms(INDArray deltas) {
    Layout layout = Layout.ofBlock(deltas);
    int blocks = LaunchShape.squareBlocks(layout.length());
    try {
      double[] partial = program.rowSquares(flat(deltas), layout.rows(), blocks);
      return LaunchShape.norms(partial, layout.rows());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void addScaled(INDArray sum, INDArray deltas, float[] scales) {
    Layout layout = Layout.ofScaledSum(sum, deltas, scales);
    int blocks = LaunchShape.sumBlocks(layout.length());
    try {
      float[] result = program.addScaled(flat(sum), flat(deltas), scales, blocks);
      sum.assign(Nd4j.createFromArray(result));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void perturb(INDArray sum, INDArray out, NoiseKey key, double stddev, double factor) {
    Layout layout = Layout.ofPerturbation(sum, out, stddev, factor);
    byte[] taken = stddev > 0 ? key.take() : new byte[NoiseKey.BYTES];
    int blocks = LaunchShape.noiseBlocks(layout.length());
    try {
      float[] result = program.perturb(flat(sum), taken, (float) stddev, (float) factor, blocks);
      out.assign(Nd4j.createFromArray(result));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static float[] flat(INDArray array) {
    return array.dup('c').reshape(array.length()).toFloatVector();
  }
}
