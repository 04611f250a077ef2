package org.dpfed.dl4j.layers;

/**
 * Size of a batch: images, rows of features, which have height and width 1, or series, which have
 * their steps for height and width 1.
 *
 * @param examples number of examples
 * @param channels of an image, or features of a row
 * @param height rows of an image
 * @param width columns of an image
 */
public record BatchShape(int examples, int channels, int height, int width) {
  /**
   * The size of an array.
   *
   * @param shape {@code [n, features]}, {@code [n, features, steps]} or {@code [n, c, h, w]}
   */
  public static BatchShape of(long[] shape) {
    int height = shape.length > 2 ? (int) shape[2] : 1;
    int width = shape.length > 3 ? (int) shape[3] : 1;
    return new BatchShape((int) shape[0], (int) shape[1], height, width);
  }

  /** Rows of features. */
  public static BatchShape rows(int examples, int features) {
    return new BatchShape(examples, features, 1, 1);
  }

  /** Floats of one example. */
  public int features() {
    return channels * height * width;
  }

  /** Pixels of one example. */
  public int pixels() {
    return height * width;
  }

  /** Floats of the batch. */
  public int length() {
    return examples * features();
  }
}
