package org.dpfed.kernel;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The reference kernel: plain ND4J and BLAS operations, which run on every backend. It draws noise
 * from a {@link NoiseKey}, because ND4J's generator is not cryptographic and its Gaussian stops at
 * 4.8σ.
 */
public final class Nd4jKernel implements DeltaKernel {
  /** The name under which reports list this kernel. */
  public static final String NAME = "nd4j";

  /**
   * Floats handled at a time where a temporary array is needed, a multiple of {@link
   * NormalDraws#CHUNK}: small beside a model, and short enough for {@link #NORM_RELATIVE_ERROR}.
   */
  private static final int BLOCK = 1 << 20;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double[] rowNorms(INDArray deltas) {
    Layout layout = Layout.ofBlock(deltas);
    double[] norms = new double[layout.rows()];
    for (int k = 0; k < norms.length; k++) {
      INDArray row = row(deltas, k);
      double squares = 0;
      for (long from = 0; from < layout.length(); from += BLOCK) {
        squares += sumOfSquares(block(row, from));
      }
      norms[k] = Math.sqrt(squares);
    }
    return norms;
  }

  private static double sumOfSquares(INDArray floats) {
    try (INDArray doubles = floats.castTo(DataType.DOUBLE)) {
      return Nd4j.getBlasWrapper().dot(doubles, doubles);
    }
  }

  @Override
  public void addScaled(INDArray sum, INDArray deltas, float[] scales) {
    Layout layout = Layout.ofScaledSum(sum, deltas, scales);
    for (int k = 0; k < layout.rows(); k++) {
      if (scales[k] != 0) {
        Nd4j.getBlasWrapper().level1().axpy(layout.length(), scales[k], row(deltas, k), sum);
      }
    }
  }

  @Override
  public void perturb(INDArray sum, INDArray out, NoiseKey key, double stddev, double factor) {
    Layout layout = Layout.ofPerturbation(sum, out, stddev, factor);
    if (stddev == 0) {
      sum.muli(factor, out);
      return;
    }
    NormalDraws stream = draws(key);
    for (long from = 0; from < layout.length(); from += BLOCK) {
      INDArray source = block(sum, from);
      INDArray target = block(out, from);
      double[] draws = next(stream, (int) source.length());
      try (INDArray doubles = Nd4j.createFromArray(draws).muli(stddev);
          INDArray noise = doubles.castTo(DataType.FLOAT)) {
        source.addi(noise, target);
      }
      target.muli(factor);
    }
  }

  private static double[] next(NormalDraws stream, int count) {
    double[] draws = new double[count];
    double[] chunk = new double[NormalDraws.CHUNK];
    for (int at = 0; at < count; at += chunk.length) {
      stream.nextChunk(chunk);
      System.arraycopy(chunk, 0, draws, at, Math.min(chunk.length, count - at));
    }
    return draws;
  }

  private static INDArray row(INDArray deltas, int k) {
    return deltas.rank() == 1 ? deltas : deltas.getRow(k);
  }

  /** A view of at most {@link #BLOCK} elements of {@code flat}. */
  private static INDArray block(INDArray flat, long from) {
    long to = Math.min(from + BLOCK, flat.length());
    return from == 0 && to == flat.length() ? flat : flat.get(NDArrayIndex.interval(from, to));
  }
}
