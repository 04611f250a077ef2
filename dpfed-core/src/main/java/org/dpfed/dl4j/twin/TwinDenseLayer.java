package org.dpfed.dl4j.twin;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.dense.DenseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A dense layer without dropout, weight noise or layer normalisation. */
final class TwinDenseLayer extends DenseLayer {
  private static final long serialVersionUID = 1L;

  private final transient TwinActivation activation;
  private final transient DenseProduct product;
  private transient float[] values = {};
  private transient float[] delta = {};
  private transient boolean hasValues;

  /**
   * @param needsInputGradient whether anybody uses the gradient at the layer's input
   */
  TwinDenseLayer(
      NeuralNetConfiguration conf, TwinActivation activation, boolean needsInputGradient) {
    super(conf, DataType.FLOAT);
    this.activation = activation;
    this.product = new DenseProduct(needsInputGradient);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    hasValues = false;
    if (maskArray != null || input.rank() != 2) {
      return super.activate(training, workspaceMgr);
    }
    INDArray out =
        workspaceMgr.createUninitialized(
            ArrayType.ACTIVATIONS,
            DataType.FLOAT,
            new long[] {input.size(0), layerConf().getNOut()},
            'c');
    values = product.forward(input, paramTable(), values, out);
    activation.apply(values, (int) out.length());
    Dense.write(values, out);
    hasValues = training;
    return out;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    if (!hasValues) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    hasValues = false;
    int length = (int) epsilon.length();
    delta = Images.ofLength(delta, length);
    Dense.read(Dense.of(epsilon), delta);
    activation.backpropagate(values, delta, length);
    return product.backward(
        input, delta, getParam(DefaultParamInitializer.WEIGHT_KEY), gradientViews, workspaceMgr);
  }
}
