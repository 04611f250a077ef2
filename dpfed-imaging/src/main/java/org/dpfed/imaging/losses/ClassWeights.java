package org.dpfed.imaging.losses;

import java.util.List;

/** Weights of the classes in a loss; none stand for equal ones. */
final class ClassWeights {
  private ClassWeights() {}

  /** A copy. */
  static List<Double> checked(List<Double> weights) {
    List<Double> copy = List.copyOf(weights);
    boolean allZero = !copy.isEmpty() && copy.stream().allMatch(weight -> weight == 0);
    if (allZero || copy.stream().anyMatch(weight -> !(weight >= 0) || weight.isInfinite())) {
      throw new IllegalArgumentException(
          "classWeights must be finite and not negative, one of them positive, were " + copy);
    }
    return copy;
  }

  static void requirePixels(int pixels) {
    if (pixels < 1) {
      throw new IllegalArgumentException(
          "pixels must be at least 1, the height times the width of an image, was " + pixels);
    }
  }

  static double at(List<Double> weights, int index) {
    return weights.isEmpty() ? 1 : weights.get(index);
  }

  static double sum(List<Double> weights, int classes) {
    return weights.isEmpty() ? classes : weights.stream().mapToDouble(w -> w).sum();
  }
}
