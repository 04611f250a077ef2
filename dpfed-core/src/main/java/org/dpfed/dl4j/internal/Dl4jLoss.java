package org.dpfed.dl4j.internal;

import java.util.Arrays;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;

/**
 * Any loss and activation of DL4J's, computed by DL4J itself on arrays of its own: a few small ones
 * for each step of a network that is otherwise computed by kernels.
 */
record Dl4jLoss(ILossFunction loss, IActivation activation) {
  /**
   * The loss summed over rows.
   *
   * @param outputs {@code [rows, columns]} before the activation; overwritten by the gradient
   * @param labels of the same shape; unchanged
   * @param weights of the rows; null for 1 each
   */
  double of(float[] outputs, float[] labels, float @Nullable [] weights, int rows, int columns) {
    try (INDArray before = array(outputs, rows, columns);
        INDArray copy = before.dup();
        INDArray truth = array(labels, rows, columns);
        INDArray mask = weights == null ? null : array(weights, rows, 1)) {
      double total = loss.computeScore(truth, copy, activation, mask, false);
      INDArray gradient = loss.computeGradient(truth, before, activation, mask);
      NativeFloats.readAll(gradient, outputs);
      if (gradient != before && gradient != truth && gradient.closeable()) {
        gradient.close();
      }
      return total;
    }
  }

  private static INDArray array(float[] values, int rows, int columns) {
    return Nd4j.create(Arrays.copyOf(values, rows * columns), new long[] {rows, columns}, 'c');
  }
}
