package org.dpfed.dl4j.internal;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.dpfed.dl4j.layers.LayerKernel;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Maximum pooling of images {@code [n, c, h, w]} without padding or dilation. */
final class FastMaxPoolingLayer extends SubsamplingLayer implements FastLayer {
  private static final long serialVersionUID = 1L;

  private final transient KernelAdapter<MaxPoolingKernel> adapter;

  FastMaxPoolingLayer(NeuralNetConfiguration conf) {
    super(conf, DataType.FLOAT);
    this.adapter = new KernelAdapter<>(new MaxPoolingKernel(layerConf()), true);
  }

  /** Whether a window never reaches beyond an image of this configuration. */
  static boolean takes(org.deeplearning4j.nn.conf.layers.SubsamplingLayer conf) {
    return conf.getPoolingType() == PoolingType.MAX
        && conf.getConvolutionMode() != ConvolutionMode.Same
        && Arrays.stream(conf.getPadding()).allMatch(pad -> pad == 0)
        && Arrays.stream(conf.getDilation()).allMatch(dilation -> dilation == 1)
        && conf.getCnn2dDataFormat() == CNN2DFormat.NCHW;
  }

  @Override
  public LayerKernel kernel() {
    return adapter.kernel();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    return input.rank() == 4
        ? adapter.forward(input, training, workspaceMgr)
        : super.activate(training, workspaceMgr);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    return adapter.isPending()
        ? new Pair<>(new DefaultGradient(), adapter.backward(epsilon, workspaceMgr))
        : super.backpropGradient(epsilon, workspaceMgr);
  }
}
