package org.dpfed.dl4j.internal;

import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** An activation function, of rows or images. */
final class ActivationKernel implements LayerKernel {
  private final ActivationFunction function;
  private int length;

  ActivationKernel(ActivationFunction function) {
    this.function = function;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    length = inputs.get(0).length();
    return inputs.get(0);
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    System.arraycopy(inputs[0], 0, output, 0, length);
    function.apply(output, length);
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    function.backpropagate(function.needsArguments() ? inputs[0] : output, gradient, length);
    float @Nullable [] target = inputGradients[0];
    if (target != null && target != gradient) {
      System.arraycopy(gradient, 0, target, 0, length);
    }
  }

  @Override
  public boolean usesInputs() {
    return function.needsArguments();
  }

  @Override
  public boolean usesOutput() {
    return !function.needsArguments();
  }

  @Override
  public boolean goesBackInPlace() {
    return true;
  }
}
