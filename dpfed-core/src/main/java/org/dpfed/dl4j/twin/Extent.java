package org.dpfed.dl4j.twin;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Size of a batch: images, or rows of features, which have height and width 1. */
record Extent(int examples, int channels, int height, int width) {
  /**
   * @param array shape {@code [n, features]} or {@code [n, c, h, w]}
   */
  static Extent of(INDArray array) {
    return of(array.shape());
  }

  static Extent of(long[] shape) {
    return shape.length == 2
        ? rows((int) shape[0], (int) shape[1])
        : new Extent((int) shape[0], (int) shape[1], (int) shape[2], (int) shape[3]);
  }

  static Extent rows(int examples, int features) {
    return new Extent(examples, features, 1, 1);
  }

  /** Floats of one example. */
  int features() {
    return channels * height * width;
  }

  /** Floats of the batch. */
  int length() {
    return examples * features();
  }
}
