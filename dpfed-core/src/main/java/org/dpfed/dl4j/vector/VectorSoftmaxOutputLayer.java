package org.dpfed.dl4j.vector;

import java.lang.ref.Reference;
import java.util.Objects;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A softmax output layer under cross-entropy without class weights. */
final class VectorSoftmaxOutputLayer extends OutputLayer {
  private static final long serialVersionUID = 1L;

  /** DL4J's default, below which a probability is cut in the score. */
  private static final float SMALLEST_PROBABILITY = 1e-10f;

  private final transient VectorDenseLayer.DenseProduct product;
  private final transient Scratch delta = new Scratch();
  private transient double lossTotal = Double.NaN;

  VectorSoftmaxOutputLayer(NeuralNetConfiguration conf, boolean needsInputGradient) {
    super(conf, DataType.FLOAT);
    this.product = new VectorDenseLayer.DenseProduct(needsInputGradient);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    if (maskArray != null || input.rank() != 2) {
      return super.activate(training, workspaceMgr);
    }
    INDArray out = preOutput(Dense.of(input), workspaceMgr);
    softmax(Dense.window(out), (int) out.size(0), (int) out.size(1));
    return out;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      @Nullable INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    lossTotal = Double.NaN;
    if (maskArray != null || input.rank() != 2 || labels.rank() != 2) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    INDArray examples = Dense.of(input);
    INDArray probabilities = preOutput(examples, workspaceMgr);
    if (!probabilities.equalShapes(labels)) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    OffHeapFloats values = Dense.window(probabilities);
    softmax(values, (int) probabilities.size(0), (int) probabilities.size(1));
    OffHeapFloats deltas = delta.ofLength((int) probabilities.length());
    INDArray targets = Dense.of(labels);
    lossTotal = minusLabels(values, Dense.window(targets), deltas, (int) probabilities.length());
    Reference.reachabilityFence(probabilities);
    Reference.reachabilityFence(targets);
    return product.backward(
        examples,
        deltas,
        getParam(DefaultParamInitializer.WEIGHT_KEY),
        Objects.requireNonNull(gradientViews.get(DefaultParamInitializer.WEIGHT_KEY)),
        hasBias() ? gradientViews.get(DefaultParamInitializer.BIAS_KEY) : null,
        workspaceMgr);
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

  private INDArray preOutput(INDArray examples, LayerWorkspaceMgr workspaceMgr) {
    return product.forward(
        examples,
        getParam(DefaultParamInitializer.WEIGHT_KEY),
        hasBias() ? getParam(DefaultParamInitializer.BIAS_KEY) : null,
        workspaceMgr);
  }

  private static void softmax(OffHeapFloats values, int rows, int columns) {
    double[] row = new double[columns];
    for (int i = 0; i < rows; i++) {
      float largest = Float.NEGATIVE_INFINITY;
      for (int j = 0; j < columns; j++) {
        largest = Math.max(largest, values.get(i * columns + j));
      }
      double total = 0;
      for (int j = 0; j < columns; j++) {
        row[j] = Math.exp(values.get(i * columns + j) - largest);
        total += row[j];
      }
      for (int j = 0; j < columns; j++) {
        values.put((float) (row[j] / total), i * columns + j);
      }
    }
  }

  /** {@code delta = probabilities − labels}; returns the cross-entropy, summed. */
  private static double minusLabels(
      OffHeapFloats probabilities, OffHeapFloats labels, OffHeapFloats delta, int length) {
    double loss = 0;
    for (int i = 0; i < length; i++) {
      float probability = probabilities.get(i);
      float label = labels.get(i);
      delta.put(probability - label, i);
      if (label != 0) {
        loss -= label * Math.log(Math.max(probability, SMALLEST_PROBABILITY));
      }
    }
    return loss;
  }
}
