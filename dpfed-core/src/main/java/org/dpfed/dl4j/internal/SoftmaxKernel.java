package org.dpfed.dl4j.internal;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** An affine map and softmax. It goes back from the gradient at the map's result. */
final class SoftmaxKernel implements LayerKernel {
  private final DenseKernel map;
  private BatchShape shape = BatchShape.rows(0, 0);

  SoftmaxKernel(Layer layer) {
    this.map = new DenseKernel(layer, StandardFunction.IDENTITY);
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    shape = map.prepare(inputs);
    return shape;
  }

  @Override
  public void forward(float[][] input, float[] probabilities) {
    map.forward(input, probabilities);
    Classes.ofRows(shape).softmax(probabilities, probabilities);
  }

  @Override
  public void backward(
      float[][] input, float[] output, float[] gradient, float[] @Nullable [] inputGradient) {
    map.backward(input, output, gradient, inputGradient);
  }

  @Override
  public void close() {
    map.close();
  }
}
