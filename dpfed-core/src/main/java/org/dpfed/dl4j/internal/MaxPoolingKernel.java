package org.dpfed.dl4j.internal;

import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** Maximum pooling of images without padding or dilation. */
final class MaxPoolingKernel implements LayerKernel {
  private final SubsamplingLayer conf;
  private @Nullable PoolingGeometry windows;

  MaxPoolingKernel(SubsamplingLayer conf) {
    this.conf = conf;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    PoolingGeometry shape = windowsOver(inputs.get(0));
    return new BatchShape(shape.examples(), shape.channels(), shape.outHeight(), shape.outWidth());
  }

  @Override
  public void forward(float[][] images, float[] maxima) {
    Objects.requireNonNull(windows).pool(images[0], maxima);
  }

  @Override
  public void backward(
      float[][] images, float[] maxima, float[] gradient, float[] @Nullable [] sums) {
    if (sums[0] != null) {
      Objects.requireNonNull(windows).route(images[0], maxima, gradient, sums[0]);
    }
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
