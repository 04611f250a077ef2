package org.dpfed.dl4j.internal;

import org.dpfed.dl4j.layers.BatchShape;
import org.jspecify.annotations.Nullable;

/**
 * Where the classes of a batch's rows or pixels lie in an array.
 *
 * @param places how many rows, or pixels of all images
 * @param placeStep from one of them to the next
 * @param count number of classes
 * @param step from one class to the next
 */
record Classes(int places, int placeStep, int count, int step) {
  /** DL4J's default, below which a probability is cut in the loss. */
  private static final float SMALLEST_PROBABILITY = 1e-10f;

  static Classes ofRows(BatchShape shape) {
    return new Classes(shape.examples(), shape.features(), shape.features(), 1);
  }

  static Classes ofImages(BatchShape shape) {
    int places = shape.pixels() * shape.examples();
    return new Classes(places, 1, shape.channels(), places);
  }

  /** Softmax over the classes of each place; both arrays may be the same. */
  void softmax(float[] logits, float[] probabilities) {
    double[] powers = new double[count];
    for (int place = 0; place < places; place++) {
      int first = place * placeStep;
      float largest = Float.NEGATIVE_INFINITY;
      for (int k = 0; k < count; k++) {
        largest = Math.max(largest, logits[first + k * step]);
      }
      double total = 0;
      for (int k = 0; k < count; k++) {
        powers[k] = Math.exp(logits[first + k * step] - largest);
        total += powers[k];
      }
      for (int k = 0; k < count; k++) {
        probabilities[first + k * step] = (float) (powers[k] / total);
      }
    }
  }

  /**
   * The cross-entropy, summed over the places.
   *
   * @param probabilities overwritten by the gradient at the logits
   * @param weights of the places; null for 1 each
   */
  double crossEntropy(float[] probabilities, float[] labels, float @Nullable [] weights) {
    double loss = 0;
    for (int place = 0; place < places; place++) {
      int first = place * placeStep;
      float weight = weights == null ? 1 : weights[place];
      for (int i = first; i < first + count * step; i += step) {
        if (labels[i] != 0) {
          loss -= weight * labels[i] * Math.log(Math.max(probabilities[i], SMALLEST_PROBABILITY));
        }
        probabilities[i] = weight * (probabilities[i] - labels[i]);
      }
    }
    return loss;
  }
}
