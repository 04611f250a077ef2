package org.dpfed.dl4j.twin;

/** Between rows of features {@code [n, c·h·w]} and images {@code [c, h, w, n]}. */
final class Transposition implements Stage {
  private final boolean toImages;
  private final int channels;
  private final int height;
  private final int width;
  private float[] output = {};
  private float[] gradient = {};
  private Extent last = Extent.rows(0, 0);

  private Transposition(boolean toImages, int channels, int height, int width) {
    this.toImages = toImages;
    this.channels = channels;
    this.height = height;
    this.width = width;
  }

  static Transposition toImages(int channels, int height, int width) {
    return new Transposition(true, channels, height, width);
  }

  static Transposition toRows() {
    return new Transposition(false, 0, 0, 0);
  }

  @Override
  public Extent outputOf(Extent input) {
    if (!toImages) {
      return Extent.rows(input.examples(), input.features());
    }
    Extent images = new Extent(input.examples(), channels, height, width);
    if (images.length() != input.length()) {
      throw new IllegalArgumentException(
          "an example must have %d × %d × %d values for this network, had %d"
              .formatted(channels, height, width, input.features()));
    }
    return images;
  }

  @Override
  public float[] forward(float[] input, Extent shape) {
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
