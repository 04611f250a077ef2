package org.dpfed.dl4j.internal;

import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** The same multiple of all values plus the same constant. */
final class AffineKernel implements LayerKernel {
  private final float factor;
  private final float shift;
  private int length;

  AffineKernel(double factor, double shift) {
    this.factor = (float) factor;
    this.shift = (float) shift;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    length = inputs.get(0).length();
    return inputs.get(0);
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    float[] values = inputs[0];
    for (int i = 0; i < length; i++) {
      output[i] = factor * values[i] + shift;
    }
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] target = inputGradients[0];
    if (target != null) {
      for (int i = 0; i < length; i++) {
        target[i] = factor * gradient[i];
      }
    }
  }

  @Override
  public boolean usesInputs() {
    return false;
  }

  @Override
  public boolean usesOutput() {
    return false;
  }

  @Override
  public boolean goesBackInPlace() {
    return true;
  }
}
