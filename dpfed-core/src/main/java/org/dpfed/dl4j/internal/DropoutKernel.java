package org.dpfed.dl4j.internal;

import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** Dropout while a network is trained, with factors and shifts drawn anew in every step. */
final class DropoutKernel implements LayerKernel {
  private final DropoutKind dropout;
  private final StepRandom random;
  private BatchShape shape = BatchShape.rows(0, 0);
  private float[] factors = {};
  private float[] shifts = {};

  DropoutKernel(DropoutKind dropout, StepRandom random) {
    this.dropout = dropout;
    this.random = random;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    shape = inputs.get(0);
    factors = new float[shape.length()];
    shifts = new float[shape.length()];
    return shape;
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    float[] values = inputs[0];
    dropout.draw(random.random(), shape, factors, shifts);
    for (int i = 0; i < shape.length(); i++) {
      output[i] = values[i] * factors[i] + shifts[i];
    }
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] target = inputGradients[0];
    if (target != null) {
      for (int i = 0; i < shape.length(); i++) {
        target[i] = gradient[i] * factors[i];
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
