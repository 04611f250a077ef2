package org.dpfed.dl4j.twin;

import java.lang.ref.Reference;
import java.util.Map;
import java.util.Objects;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The affine map of a dense or output layer. DL4J keeps weights {@code [in, out]} in 'f' order,
 * which in memory is a row-major matrix {@code [out, in]}.
 */
final class DenseProduct {
  private final Blas blas = new Blas();
  private final Scratch deltas = new Scratch();
  private final boolean needsInputGradient;
  private float[] biases = {};

  /**
   * @param needsInputGradient whether anybody uses the gradient at the layer's input
   */
  DenseProduct(boolean needsInputGradient) {
    this.needsInputGradient = needsInputGradient;
  }

  /**
   * Computes {@code input · weights + bias}.
   *
   * @param input {@code [n, in]}
   * @param result receives {@code [n, out]}; grown when it is too short
   * @param out receives the product, and is to be overwritten with what becomes of the result
   * @return {@code result}, or the longer array in its place
   */
  float[] forward(INDArray input, Map<String, INDArray> parameters, float[] result, INDArray out) {
    INDArray weights = Objects.requireNonNull(parameters.get(DefaultParamInitializer.WEIGHT_KEY));
    INDArray bias = parameters.get(DefaultParamInitializer.BIAS_KEY);
    int n = (int) input.size(0);
    int in = (int) weights.size(0);
    int units = (int) weights.size(1);
    if (input.size(1) != in) {
      throw new IllegalArgumentException(
          "input has %d columns, the layer takes %d".formatted(input.size(1), in));
    }
    INDArray rows = Dense.of(input);
    blas.multiplyByTransposed(
        n, units, in, Dense.address(rows), in, Dense.address(weights), 0, Dense.address(out));
    Reference.reachabilityFence(rows);
    float[] values = Images.ofLength(result, n * units);
    Dense.read(out, values);
    if (bias != null) {
      biases = Images.ofLength(biases, units);
      Dense.read(bias, biases);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < units; j++) {
          values[i * units + j] += biases[j];
        }
      }
    }
    return values;
  }

  /**
   * Fills the gradient views and returns them with the gradient at the input.
   *
   * @param delta {@code [n, out]}, the gradient at the map's result
   */
  Pair<Gradient, INDArray> backward(
      INDArray input,
      float[] delta,
      INDArray weights,
      Map<String, INDArray> gradientViews,
      LayerWorkspaceMgr workspaceMgr) {
    int n = (int) input.size(0);
    int in = (int) weights.size(0);
    int units = (int) weights.size(1);
    long deltaAddress = deltas.ofLength(n * units);
    deltas.floats().put(0, delta, 0, n * units);
    Gradient gradient = new DefaultGradient();
    INDArray weightGradient =
        Objects.requireNonNull(gradientViews.get(DefaultParamInitializer.WEIGHT_KEY));
    INDArray rows = Dense.of(input);
    blas.multiplyTransposed(
        units, in, n, deltaAddress, Dense.address(rows), in, Dense.address(weightGradient));
    Reference.reachabilityFence(rows);
    gradient.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, weightGradient);
    INDArray biasGradient = gradientViews.get(DefaultParamInitializer.BIAS_KEY);
    if (biasGradient != null) {
      Dense.write(sumOfRows(delta, n, units), biasGradient);
      gradient.gradientForVariable().put(DefaultParamInitializer.BIAS_KEY, biasGradient);
    }
    // DL4J reshapes it even where nobody reads it, so it is there, but not computed.
    INDArray inputGradient =
        workspaceMgr.createUninitialized(
            ArrayType.ACTIVATION_GRAD, DataType.FLOAT, new long[] {n, in}, 'c');
    if (needsInputGradient) {
      blas.multiply(
          n, in, units, deltaAddress, Dense.address(weights), in, Dense.address(inputGradient), in);
    }
    return new Pair<>(gradient, inputGradient);
  }

  private float[] sumOfRows(float[] rows, int n, int length) {
    biases = Images.ofLength(biases, length);
    System.arraycopy(rows, 0, biases, 0, length);
    for (int i = 1; i < n; i++) {
      for (int j = 0; j < length; j++) {
        biases[j] += rows[i * length + j];
      }
    }
    return biases;
  }
}
