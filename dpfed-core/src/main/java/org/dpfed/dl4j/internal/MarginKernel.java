package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** Zeros around images, or, where a margin is negative, a part of images. */
final class MarginKernel implements LayerKernel {
  private final int top;
  private final int bottom;
  private final int left;
  private final int right;
  private BatchShape inside = BatchShape.rows(0, 0);
  private BatchShape outside = BatchShape.rows(0, 0);

  MarginKernel(int top, int bottom, int left, int right) {
    this.top = top;
    this.bottom = bottom;
    this.left = left;
    this.right = right;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    inside = inputs.get(0);
    outside =
        new BatchShape(
            inside.examples(),
            inside.channels(),
            inside.height() + top + bottom,
            inside.width() + left + right);
    if (outside.height() < 1 || outside.width() < 1) {
      throw new IllegalArgumentException(
          "nothing is left of images of %d × %d without their margins"
              .formatted(inside.height(), inside.width()));
    }
    return outside;
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    Arrays.fill(output, 0, outside.length(), 0);
    forEachRow((from, to, length) -> System.arraycopy(inputs[0], from, output, to, length));
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] target = inputGradients[0];
    if (target != null) {
      Arrays.fill(target, 0, inside.length(), 0);
      forEachRow((to, from, length) -> System.arraycopy(gradient, from, target, to, length));
    }
  }

  private interface Row {
    void at(int inside, int outside, int length);
  }

  /** Visits the rows of pixels that the input and the output have in common. */
  private void forEachRow(Row visitor) {
    int examples = inside.examples();
    int firstColumn = Math.max(0, -left);
    int columns = Math.min(inside.width(), outside.width() - left) - firstColumn;
    for (int channel = 0; channel < inside.channels(); channel++) {
      for (int y = Math.max(0, -top); y < Math.min(inside.height(), outside.height() - top); y++) {
        int from = (channel * inside.height() + y) * inside.width() + firstColumn;
        int to = (channel * outside.height() + y + top) * outside.width() + firstColumn + left;
        visitor.at(from * examples, to * examples, columns * examples);
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
}
