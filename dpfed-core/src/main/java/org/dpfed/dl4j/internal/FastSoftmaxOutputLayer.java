package org.dpfed.dl4j.internal;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.OutputLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A softmax output layer under cross-entropy without class weights. */
final class FastSoftmaxOutputLayer extends OutputLayer implements FastLayer {
  private static final long serialVersionUID = 1L;

  private final transient KernelAdapter<SoftmaxKernel> adapter;
  private transient float[] targets = {};
  private transient double lossTotal = Double.NaN;

  FastSoftmaxOutputLayer(NeuralNetConfiguration conf, boolean needsInputGradient) {
    super(conf, DataType.FLOAT);
    this.adapter = new KernelAdapter<>(new SoftmaxKernel(this), needsInputGradient);
  }

  @Override
  public SoftmaxKernel kernel() {
    return adapter.kernel();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    return maskArray == null && input.rank() == 2
        ? adapter.forward(input, training, workspaceMgr)
        : super.activate(training, workspaceMgr);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      @Nullable INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    lossTotal = Double.NaN;
    long[] shape = {input.size(0), layerConf().getNOut()};
    if (maskArray != null || input.rank() != 2 || !Arrays.equals(labels.shape(), shape)) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    adapter.forward(input, true, workspaceMgr);
    targets = Floats.ofLength(targets, (int) labels.length());
    NativeFloats.readAll(labels, targets);
    float[] gradientAtLogits = adapter.output();
    lossTotal = Classes.ofRows(BatchShape.of(shape)).crossEntropy(gradientAtLogits, targets, null);
    INDArray inputGradient = adapter.backward(gradientAtLogits, workspaceMgr);
    Gradient gradient = new DefaultGradient();
    gradient.gradientForVariable().putAll(gradientViews);
    return new Pair<>(gradient, inputGradient);
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
}
