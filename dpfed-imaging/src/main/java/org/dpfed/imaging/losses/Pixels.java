package org.dpfed.imaging.losses;

/**
 * The pixels of one image in a loss. Values of a pixel are next to each other, one for each class;
 * whoever gets the arrays must not change them.
 *
 * @param classes how many
 * @param logProbabilities logarithms of the softmax
 * @param probabilities the softmax
 * @param labels what is true: 1 at one class, or probabilities
 * @param weights of the pixels; those that a mask leaves out have 0
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Pixels(
    int classes,
    double[] logProbabilities,
    double[] probabilities,
    double[] labels,
    double[] weights) {
  /** Sum of the weights: the number of pixels where no mask is. */
  double total() {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    return total;
  }
}
