package org.dpfed.dl4j.twin;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A softmax output layer under cross-entropy without class weights. */
final class TwinSoftmaxOutputLayer extends OutputLayer {
  private static final long serialVersionUID = 1L;

  /** DL4J's default, below which a probability is cut in the score. */
  private static final float SMALLEST_PROBABILITY = 1e-10f;

  private final transient DenseProduct product;
  private transient float[] values = {};
  private transient float[] targets = {};
  private transient double lossTotal = Double.NaN;

  TwinSoftmaxOutputLayer(NeuralNetConfiguration conf, boolean needsInputGradient) {
    super(conf, DataType.FLOAT);
    this.product = new DenseProduct(needsInputGradient);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    if (maskArray != null || input.rank() != 2) {
      return super.activate(training, workspaceMgr);
    }
    INDArray out = probabilities(workspaceMgr);
    Dense.write(values, out);
    return out;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      @Nullable INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    lossTotal = Double.NaN;
    long[] shape = {input.size(0), layerConf().getNOut()};
    if (maskArray != null || input.rank() != 2 || !java.util.Arrays.equals(labels.shape(), shape)) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    int length = (int) probabilities(workspaceMgr).length();
    targets = Images.ofLength(targets, length);
    Dense.read(Dense.of(labels), targets);
    lossTotal = subtractLabels(values, targets, length);
    return product.backward(
        input, values, getParam(DefaultParamInitializer.WEIGHT_KEY), gradientViews, workspaceMgr);
  }

  /** Right after a backward pass the loss is known; otherwise it is DL4J's to compute. */
  @Override
  public double computeScore(
      double regularization, boolean training, LayerWorkspaceMgr workspaceMgr) {
    double total = lossTotal;
    lossTotal = Double.NaN;
    if (!training || Double.isNaN(total)) {
      return super.computeScore(regularization, training, workspaceMgr);
    }
    score = (conf().isMiniBatch() ? total / getInputMiniBatchSize() : total) + regularization;
    return score;
  }

  /** Fills {@link #values} with probabilities; returns the array that they belong into. */
  private INDArray probabilities(LayerWorkspaceMgr workspaceMgr) {
    int columns = (int) layerConf().getNOut();
    INDArray out =
        workspaceMgr.createUninitialized(
            ArrayType.ACTIVATIONS, DataType.FLOAT, new long[] {input.size(0), columns}, 'c');
    values = product.forward(input, paramTable(), values, out);
    softmax(values, (int) input.size(0), columns);
    return out;
  }

  private static void softmax(float[] values, int rows, int columns) {
    double[] powers = new double[columns];
    for (int row = 0; row < rows; row++) {
      int first = row * columns;
      float largest = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < columns; j++) {
        largest = Math.max(largest, values[first + j]);
      }
      double total = 0;
      for (int j = 0; j < columns; j++) {
        powers[j] = Math.exp(values[first + j] - largest);
        total += powers[j];
      }
      for (int j = 0; j < columns; j++) {
        values[first + j] = (float) (powers[j] / total);
      }
    }
  }

  /** Subtracts the labels from the probabilities; returns the cross-entropy, summed. */
  private static double subtractLabels(float[] probabilities, float[] labels, int length) {
    double loss = 0;
    for (int i = 0; i < length; i++) {
      if (labels[i] != 0) {
        loss -= labels[i] * Math.log(Math.max(probabilities[i], SMALLEST_PROBABILITY));
      }
      probabilities[i] -= labels[i];
    }
    return loss;
  }
}
