package org.dpfed.dl4j.internal;

import java.util.List;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.jspecify.annotations.Nullable;

/** Converts between batches with the examples first and images {@code [c, h, w, n]}. */
final class Transposition implements LayerKernel {
  private final boolean toImages;

  /** Size of one example as an image; null to keep that of the batch. */
  private final @Nullable BatchShape image;

  private BatchShape last = BatchShape.rows(0, 0);

  private Transposition(boolean toImages, @Nullable BatchShape image) {
    this.toImages = toImages;
    this.image = image;
  }

  /** From {@code [n, c·h·w]} or {@code [n, c, h, w]}. */
  static Transposition toImages(int channels, int height, int width) {
    return new Transposition(true, new BatchShape(1, channels, height, width));
  }

  /** From {@code [n, c, h, w]}. */
  static Transposition toImages() {
    return new Transposition(true, null);
  }

  /** To {@code [n, c·h·w]}. */
  static Transposition toRows() {
    return new Transposition(false, null);
  }

  @Override
  public BatchShape prepare(List<BatchShape> inputs) {
    BatchShape input = inputs.get(0);
    last = input;
    if (!toImages) {
      return BatchShape.rows(input.examples(), input.features());
    }
    if (image == null) {
      return input;
    }
    BatchShape images =
        new BatchShape(input.examples(), image.channels(), image.height(), image.width());
    boolean areRows = input.equals(BatchShape.rows(input.examples(), image.features()));
    if (!areRows && !input.equals(images)) {
      throw new IllegalArgumentException(
          "an example must be %d × %d × %d for this network, was %d × %d × %d"
              .formatted(
                  image.channels(),
                  image.height(),
                  image.width(),
                  input.channels(),
                  input.height(),
                  input.width()));
    }
    return images;
  }

  @Override
  public void forward(float[][] inputs, float[] output) {
    int rows = toImages ? last.examples() : last.features();
    Floats.transpose(inputs[0], rows, last.length() / rows, output);
  }

  @Override
  public void backward(
      float[][] inputs, float[] output, float[] gradient, float[] @Nullable [] inputGradients) {
    int rows = toImages ? last.features() : last.examples();
    if (inputGradients[0] != null) {
      Floats.transpose(gradient, rows, last.length() / rows, inputGradients[0]);
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
