package org.dpfed.dl4j;

import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * What examples a network may take.
 *
 * @param features shape of one example's features; sequences without a length may have any
 * @param categories features are whole numbers from 0 to below this, for embeddings; any numbers
 *     where it is 0
 */
record ExampleShape(InputType features, long categories) {
  private static final int STEPS = 6;

  static ExampleShape of(InputType features) {
    return new ExampleShape(features, 0);
  }

  /** Shape of {@code n} examples' features. */
  long[] shape(int n) {
    long[] shape = features.getShape(true).clone();
    for (int i = 0; i < shape.length; i++) {
      shape[i] = shape[i] > 0 ? shape[i] : STEPS;
    }
    shape[0] = n;
    return shape;
  }
}
