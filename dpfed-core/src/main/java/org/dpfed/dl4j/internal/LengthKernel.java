package org.dpfed.dl4j.internal;

import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** Each example divided by its Euclidean norm, over all of its values. */
final class LengthKernel implements LayerKernel {
  private final boolean rows;
  private final float smallest;
  private BatchShape shape = BatchShape.rows(0, 0);

  /**
   * @param smallest what norms are raised to
   * @param rows whether the examples come first, and otherwise last
   */
  LengthKernel(double smallest, boolean rows) {
    this.smallest = (float) smallest;
    this.rows = rows;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    shape = inputs.get(0);
    return shape;
  }

  private double product(float[] one, float[] other, int example) {
    double sum = 0;
    for (int i = first(example); i < end(example); i += step()) {
      sum += (double) one[i] * other[i];
    }
    return sum;
  }

  private int first(int example) {
    return rows ? example * shape.features() : example;
  }

  private int end(int example) {
    return rows ? first(example) + shape.features() : shape.length();
  }

  private int step() {
    return rows ? 1 : shape.examples();
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    for (int example = 0; example < shape.examples(); example++) {
      double norm = Math.max(smallest, Math.sqrt(product(inputs[0], inputs[0], example)));
      for (int i = first(example); i < end(example); i += step()) {
        output[i] = (float) (inputs[0][i] / norm);
      }
    }
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] target = inputGradients[0];
    if (target == null) {
      return;
    }
    float[] values = inputs[0];
    for (int example = 0; example < shape.examples(); example++) {
      double norm = Math.sqrt(product(values, values, example));
      double along = product(gradient, values, example) / Math.max(smallest, norm * norm * norm);
      norm = Math.max(smallest, norm);
      for (int i = first(example); i < end(example); i += step()) {
        target[i] = (float) (gradient[i] / norm - along * values[i]);
      }
    }
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
