package org.dpfed.dl4j.layers;

/**
 * A loss of one example after softmax over its classes, for fast training steps. Arrays have the
 * values of a pixel next to each other, one for each class; an example of a classifier has one
 * pixel.
 */
public interface SoftmaxLoss {
  /**
   * The loss of one example.
   *
   * @param logits before softmax; overwritten by the derivatives of the loss with respect to them
   * @param labels of the same length; unchanged
   * @param weights of the pixels, 0 for those that do not count; unchanged
   * @throws IllegalArgumentException when the loss is not for such arrays; the message has no value
   *     of them
   */
  double lossOf(double[] logits, double[] labels, double[] weights);
}
