package org.dpfed.dl4j.internal;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Size of a batch: images, or rows of features, which have height and width 1. */
record BatchShape(int examples, int channels, int height, int width) {
  /**
   * @param array shape {@code [n, features]} or {@code [n, c, h, w]}
   */
  static BatchShape of(INDArray array) {
    return of(array.shape());
  }

  static BatchShape of(long[] shape) {
    return shape.length == 2
        ? rows((int) shape[0], (int) shape[1])
        : new BatchShape((int) shape[0], (int) shape[1], (int) shape[2], (int) shape[3]);
  }

  static BatchShape rows(int examples, int features) {
    return new BatchShape(examples, features, 1, 1);
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
