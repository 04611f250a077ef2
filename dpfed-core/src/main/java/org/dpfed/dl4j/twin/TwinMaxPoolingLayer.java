package org.dpfed.dl4j.twin;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.convolution.subsampling.SubsamplingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.util.ConvolutionUtils;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Maximum pooling of images {@code [n, c, h, w]} without padding or dilation. */
final class TwinMaxPoolingLayer extends SubsamplingLayer implements ImageTwin {
  private static final long serialVersionUID = 1L;

  private final transient Images inputs = new Images();
  private final transient Images gradients = new Images();
  private transient float[] values = {};
  private transient float[] maxima = {};
  private transient float[] sums = {};

  /** Set between a forward and a backward pass. */
  private transient @Nullable PoolingGeometry windows;

  private transient boolean examplesLast;

  TwinMaxPoolingLayer(NeuralNetConfiguration conf) {
    super(conf, DataType.FLOAT);
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
  public void keepExamplesLast() {
    examplesLast = true;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaceMgr) {
    windows = null;
    if (input.rank() != 4) {
      return super.activate(training, workspaceMgr);
    }
    int[] kernel = layerConf().getKernelSize();
    int[] stride = layerConf().getStride();
    int[] size =
        ConvolutionUtils.getOutputSize(
            input,
            kernel,
            stride,
            layerConf().getPadding(),
            convolutionMode,
            layerConf().getDilation(),
            CNN2DFormat.NCHW);
    PoolingGeometry shape =
        new PoolingGeometry(
            (int) input.size(0),
            (int) input.size(1),
            (int) input.size(2),
            (int) input.size(3),
            kernel[0],
            kernel[1],
            stride[0],
            stride[1],
            size[0],
            size[1]);
    values = inputs.read(input);
    maxima = Images.ofLength(maxima, shape.outLength());
    shape.pool(values, maxima);
    INDArray out =
        Images.create(
            ArrayType.ACTIVATIONS,
            new long[] {shape.examples(), shape.channels(), size[0], size[1]},
            examplesLast,
            workspaceMgr);
    gradients.write(maxima, out);
    windows = training ? shape : null;
    return out;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(
      INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    PoolingGeometry shape = windows;
    windows = null;
    if (shape == null) {
      return super.backpropGradient(epsilon, workspaceMgr);
    }
    sums = Images.ofLength(sums, shape.length());
    shape.route(values, maxima, gradients.read(epsilon), sums);
    INDArray gradient =
        Images.create(
            ArrayType.ACTIVATION_GRAD, input.shape(), Images.areExamplesLast(input), workspaceMgr);
    gradients.write(sums, gradient);
    return new Pair<>(new DefaultGradient(), gradient);
  }
}
