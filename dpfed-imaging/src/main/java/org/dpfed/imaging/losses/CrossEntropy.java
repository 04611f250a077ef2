package org.dpfed.imaging.losses;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Cross-entropy, a mean over the pixels of an image; with a {@code focus} above 0 the focal loss of
 * Lin, Goyal, Girshick, He and Dollár, <i>Focal Loss for Dense Object Detection</i> (ICCV 2017,
 * section 3.2): {@code −w (1 − p)^focus · log p} for the probability p of the true class of weight
 * w, which counts pixels less that are classified well already.
 *
 * <p>The sum is divided by the number of pixels, and not by their weights.
 *
 * @param pixels of an image, as {@link ImageLoss#pixels}; at least 1
 * @param focus 0 for cross-entropy; 2 is what the paper recommends; not negative
 * @param classWeights not negative, or empty
 */
public record CrossEntropy(
    @JsonProperty("pixels") int pixels,
    @JsonProperty("focus") double focus,
    @JsonProperty("classWeights") List<Double> classWeights)
    implements ImageLoss {
  /**
   * @throws IllegalArgumentException when a value is out of its range
   */
  @JsonCreator
  public CrossEntropy {
    classWeights = ClassWeights.checked(classWeights);
    ClassWeights.requirePixels(pixels);
    if (!(focus >= 0) || Double.isInfinite(focus)) {
      throw new IllegalArgumentException("focus must be finite and not negative, was " + focus);
    }
  }

  /**
   * Cross-entropy with equal weights.
   *
   * @param pixels of an image
   */
  public static CrossEntropy of(int pixels) {
    return new CrossEntropy(pixels, 0, List.of());
  }

  @Override
  public double of(Pixels image, double @Nullable [] slopes) {
    double total = image.total();
    double loss = 0;
    for (int i = 0; i < image.labels().length; i++) {
      double label = image.labels()[i] * image.weights()[i / image.classes()];
      if (label == 0) {
        if (slopes != null) {
          slopes[i] = 0;
        }
        continue;
      }
      double factor = label * ClassWeights.at(classWeights, i % image.classes()) / total;
      double log = image.logProbabilities()[i];
      double probability = image.probabilities()[i];
      double rest = Math.max(0, 1 - probability);
      double modulation = Math.pow(rest, focus);
      loss -= factor * modulation * log;
      if (slopes != null) {
        // d/d(log p) of (1 − p)^f · log p; p is its own derivative.
        double bend = focus == 0 || rest == 0 ? 0 : focus * probability * log / rest;
        slopes[i] = -factor * modulation * (1 - bend);
      }
    }
    return loss;
  }
}
