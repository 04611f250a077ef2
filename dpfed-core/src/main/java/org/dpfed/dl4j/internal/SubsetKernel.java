package org.dpfed.dl4j.internal;

import java.util.Arrays;
import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** Some channels of images or series, or some features of rows, next to each other. */
final class SubsetKernel implements LayerKernel {
  private final int first;
  private final int count;
  private final boolean rows;
  private BatchShape whole = BatchShape.rows(0, 0);

  SubsetKernel(int first, int count, boolean rows) {
    this.first = first;
    this.count = count;
    this.rows = rows;
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    whole = inputs.get(0);
    if (first + count > whole.channels()) {
      throw new IllegalArgumentException(
          "a subset up to channel %d needs that many, had %d"
              .formatted(first + count, whole.channels()));
    }
    return new BatchShape(whole.examples(), count, whole.height(), whole.width());
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    forEachPiece((from, to, length) -> System.arraycopy(inputs[0], from, output, to, length));
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    float @Nullable [] target = inputGradients[0];
    if (target != null) {
      Arrays.fill(target, 0, whole.length(), 0);
      forEachPiece((to, from, length) -> System.arraycopy(gradient, from, target, to, length));
    }
  }

  private interface Piece {
    void at(int whole, int subset, int length);
  }

  private void forEachPiece(Piece visitor) {
    int pieces = rows ? whole.examples() : 1;
    int each = whole.length() / pieces / whole.channels();
    for (int piece = 0; piece < pieces; piece++) {
      visitor.at((piece * whole.channels() + first) * each, piece * count * each, count * each);
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
