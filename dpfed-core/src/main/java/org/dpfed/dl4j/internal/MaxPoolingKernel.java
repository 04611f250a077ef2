package org.dpfed.dl4j.internal;

import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.jspecify.annotations.Nullable;

/** Maximum pooling of images without padding or dilation. */
final class MaxPoolingKernel implements LayerKernel {
  private final SubsamplingLayer conf;
  private @Nullable PoolingGeometry windows;
  private float[] images = {};
  private float[] maxima = {};
  private float[] sums = {};

  MaxPoolingKernel(SubsamplingLayer conf) {
    this.conf = conf;
  }

  @Override
  public BatchShape outputOf(BatchShape input) {
    PoolingGeometry shape = windowsOver(input);
    return new BatchShape(shape.examples(), shape.channels(), shape.outHeight(), shape.outWidth());
  }

  @Override
  public float[] forward(float[] input, BatchShape shape) {
    PoolingGeometry geometry = windowsOver(shape);
    images = input;
    maxima = Floats.ofLength(maxima, geometry.outLength());
    geometry.pool(input, maxima);
    return maxima;
  }

  @Override
  public float[] backward(float[] gradient) {
    PoolingGeometry geometry = java.util.Objects.requireNonNull(windows);
    sums = Floats.ofLength(sums, geometry.length());
    geometry.route(images, maxima, gradient, sums);
    return sums;
  }

  private PoolingGeometry windowsOver(BatchShape input) {
    PoolingGeometry known = windows;
    if (known != null
        && known.examples() == input.examples()
        && known.channels() == input.channels()
        && known.height() == input.height()
        && known.width() == input.width()) {
      return known;
    }
    InputType.InputTypeConvolutional out =
        (InputType.InputTypeConvolutional)
            conf.getOutputType(
                0, InputType.convolutional(input.height(), input.width(), input.channels()));
    PoolingGeometry made =
        new PoolingGeometry(
            input.examples(),
            input.channels(),
            input.height(),
            input.width(),
            conf.getKernelSize()[0],
            conf.getKernelSize()[1],
            conf.getStride()[0],
            conf.getStride()[1],
            (int) out.getHeight(),
            (int) out.getWidth());
    windows = made;
    return made;
  }
}
