package org.dpfed.dl4j.internal;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.dpfed.dl4j.layers.LayerKernel;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A convolution of images {@code [n, c, h, w]} without dilation, dropout or weight noise. */
final class FastConvolutionLayer extends ConvolutionLayer implements FastLayer {
  private static final long serialVersionUID = 1L;

  private final transient KernelAdapter<LayerKernel> adapter;

  FastConvolutionLayer(
      NeuralNetConfiguration conf, ActivationFunction activation, boolean needsInputGradient) {
    super(conf, DataType.FLOAT);
    this.adapter =
        new KernelAdapter<>(TiledConvolutionKernel.over(this, activation), needsInputGradient);
  }

  @Override
  public LayerKernel kernel() {
    return adapter.kernel();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    return maskArray == null && input.rank() == 4
        ? adapter.forward(input, training, workspaceMgr)
        : super.activate(training, workspaceMgr);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    if (!adapter.isPending()) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    INDArray inputGradient = adapter.backward(epsilon, workspaceMgr);
    Gradient gradient = new DefaultGradient();
    gradientViews.forEach((name, view) -> gradient.setGradientFor(name, view, 'c'));
    return new Pair<>(gradient, inputGradient);
  }
}
