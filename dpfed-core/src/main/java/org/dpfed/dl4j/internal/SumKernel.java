package org.dpfed.dl4j.internal;

import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** The sum of batches of one shape. */
final class SumKernel implements LayerKernel {
  private int length;

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    BatchShape first = inputs.get(0);
    if (!inputs.stream().allMatch(first::equals)) {
      throw new IllegalArgumentException(
          "a sum needs inputs of one shape here, had %s; use the layers of DL4J (LayerImplementation.DL4J)"
              .formatted(inputs));
    }
    length = first.length();
    return first;
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    System.arraycopy(inputs[0], 0, output, 0, length);
    for (int i = 1; i < inputs.length; i++) {
      Floats.add(inputs[i], output, length);
    }
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    for (float[] target : inputGradients) {
      if (target != null && target != gradient) {
        System.arraycopy(gradient, 0, target, 0, length);
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
