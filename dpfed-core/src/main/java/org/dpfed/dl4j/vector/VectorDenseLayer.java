package org.dpfed.dl4j.vector;

import java.lang.ref.Reference;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A dense layer without dropout, weight noise or layer normalisation. */
final class VectorDenseLayer extends DenseLayer {
  private static final long serialVersionUID = 1L;

  private final transient VectorActivation activation;
  private final transient DenseProduct product;
  private final transient Scratch delta = new Scratch();
  private transient @Nullable INDArray activated;

  /**
   * @param needsInputGradient whether anybody uses the gradient at the layer's input
   */
  VectorDenseLayer(
      NeuralNetConfiguration conf, VectorActivation activation, boolean needsInputGradient) {
    super(conf, DataType.FLOAT);
    this.activation = activation;
    this.product = new DenseProduct(needsInputGradient);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    activated = null;
    if (maskArray != null || input.rank() != 2) {
      return super.activate(training, workspaceMgr);
    }
    INDArray out =
        product.forward(
            Dense.of(input),
            getParam(DefaultParamInitializer.WEIGHT_KEY),
            hasBias() ? getParam(DefaultParamInitializer.BIAS_KEY) : null,
            workspaceMgr);
    activation.apply(Dense.window(out), (int) out.length());
    if (training) {
      activated = out;
    }
    return out;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    INDArray values = activated;
    activated = null;
    if (values == null) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    int length = (int) values.length();
    OffHeapFloats deltas = delta.ofLength(length);
    INDArray slopes = Dense.of(epsilon);
    activation.backpropagate(Dense.window(values), Dense.window(slopes), deltas, length);
    Reference.reachabilityFence(values);
    Reference.reachabilityFence(slopes);
    return product.backward(
        Dense.of(input),
        deltas,
        getParam(DefaultParamInitializer.WEIGHT_KEY),
        Objects.requireNonNull(gradientViews.get(DefaultParamInitializer.WEIGHT_KEY)),
        hasBias() ? gradientViews.get(DefaultParamInitializer.BIAS_KEY) : null,
        workspaceMgr);
  }

  /**
   * The affine map of a dense or output layer. DL4J keeps weights {@code [in, out]} in 'f' order,
   * which in memory is a row-major matrix {@code [out, in]}.
   */
  static final class DenseProduct {
    private final Blas blas = new Blas();
    private final boolean needsInputGradient;

    DenseProduct(boolean needsInputGradient) {
      this.needsInputGradient = needsInputGradient;
    }

    /**
     * @param input {@code [n, in]}, dense
     * @return {@code input · weights + bias}, {@code [n, out]}, dense
     */
    INDArray forward(
        INDArray input, INDArray weights, @Nullable INDArray bias, LayerWorkspaceMgr workspaceMgr) {
      int n = (int) input.size(0);
      int in = (int) weights.size(0);
      int out = (int) weights.size(1);
      if (input.size(1) != in) {
        throw new IllegalArgumentException(
            "input has %d columns, the layer takes %d".formatted(input.size(1), in));
      }
      INDArray result =
          workspaceMgr.createUninitialized(
              ArrayType.ACTIVATIONS, DataType.FLOAT, new long[] {n, out}, 'c');
      if (bias != null) {
        repeat(Dense.window(bias), Dense.window(result), n, out);
      }
      blas.multiplyByTransposed(
          n,
          out,
          in,
          Dense.address(input),
          Dense.address(weights),
          bias == null ? 0 : 1,
          Dense.address(result));
      Reference.reachabilityFence(input);
      return result;
    }

    /**
     * Fills the gradient views and returns them with the gradient at the input.
     *
     * @param delta {@code [n, out]}
     */
    Pair<Gradient, INDArray> backward(
        INDArray input,
        OffHeapFloats delta,
        INDArray weights,
        INDArray weightGradient,
        @Nullable INDArray biasGradient,
        LayerWorkspaceMgr workspaceMgr) {
      int n = (int) input.size(0);
      int in = (int) weights.size(0);
      int out = (int) weights.size(1);
      Gradient gradient = new DefaultGradient();
      blas.multiplyTransposed(
          out, in, n, delta.address(), Dense.address(input), 0, Dense.address(weightGradient));
      gradient.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, weightGradient);
      if (biasGradient != null) {
        sumRows(delta, Dense.window(biasGradient), n, out);
        gradient.gradientForVariable().put(DefaultParamInitializer.BIAS_KEY, biasGradient);
      }
      Reference.reachabilityFence(input);
      // DL4J reshapes it even where nobody reads it, so it is there, but not computed.
      INDArray inputGradient =
          workspaceMgr.createUninitialized(
              ArrayType.ACTIVATION_GRAD, DataType.FLOAT, new long[] {n, in}, 'c');
      if (needsInputGradient) {
        blas.multiply(
            n, in, out, delta.address(), Dense.address(weights), 0, Dense.address(inputGradient));
      }
      return new Pair<>(gradient, inputGradient);
    }

    private static void repeat(OffHeapFloats row, OffHeapFloats rows, int n, int length) {
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < length; j++) {
          rows.put(row.get(j), i * length + j);
        }
      }
    }

    private static void sumRows(OffHeapFloats rows, OffHeapFloats sum, int n, int length) {
      int lanes = VectorActivation.SPECIES.length();
      int j = 0;
      for (; j <= length - lanes; j += lanes) {
        FloatVector total = rows.vector(VectorActivation.SPECIES, j);
        for (int i = 1; i < n; i++) {
          total = total.add(rows.vector(VectorActivation.SPECIES, i * length + j));
        }
        sum.put(total, j);
      }
      for (; j < length; j++) {
        float total = 0;
        for (int i = 0; i < n; i++) {
          total += rows.get(i * length + j);
        }
        sum.put(total, j);
      }
    }
  }
}
