package org.dpfed.dl4j.internal;

import org.jspecify.annotations.Nullable;

/** Converts between batches with the examples first and images {@code [c, h, w, n]}. */
final class Transposition implements LayerKernel {
  private final boolean toImages;

  /** Size of one example as an image; null to keep that of the batch. */
  private final @Nullable BatchShape image;

  private float[] output = {};
  private float[] gradient = {};
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
  public BatchShape outputOf(BatchShape input) {
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
  public float[] forward(float[] input, BatchShape shape) {
    last = shape;
    output = Floats.ofLength(output, shape.length());
    int rows = toImages ? shape.examples() : shape.features();
    Floats.transpose(input, rows, shape.length() / rows, output);
    return output;
  }

  @Override
  public float[] backward(float[] gradientAtOutput) {
    if (gradientAtOutput.length == 0) {
      return gradientAtOutput;
    }
    gradient = Floats.ofLength(gradient, last.length());
    int rows = toImages ? last.features() : last.examples();
    Floats.transpose(gradientAtOutput, rows, last.length() / rows, gradient);
    return gradient;
  }
}
