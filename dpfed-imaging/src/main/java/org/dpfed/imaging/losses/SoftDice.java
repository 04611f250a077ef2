package org.dpfed.imaging.losses;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * One minus the soft Dice coefficient of Milletari, Navab and Ahmadi, <i>V-Net</i> (3DV 2016,
 * section 3), {@code 2 Σ p·t ÷ (Σ p² + Σ t²)} over the pixels of an image with probabilities p and
 * labels t, as a weighted mean over the classes. It does not depend on how much of an image is
 * background. 1 is added above and below the fraction, so that a class which an image does not have
 * gives a finite gradient.
 *
 * @param pixels of an image, as {@link ImageLoss#pixels}; at least 1
 * @param classWeights not negative, at least one positive, or empty; a 0 for class 0 leaves the
 *     background out
 */
public record SoftDice(
    @JsonProperty("pixels") int pixels, @JsonProperty("classWeights") List<Double> classWeights)
    implements ImageLoss {
  private static final double SMOOTHING = 1;

  /**
   * @throws IllegalArgumentException when a value is out of its range
   */
  @JsonCreator
  public SoftDice {
    classWeights = ClassWeights.checked(classWeights);
    ClassWeights.requirePixels(pixels);
  }

  /**
   * A mean over all classes but class 0, the background.
   *
   * @param pixels of an image
   * @param classes with the background, at least 2
   */
  public static SoftDice withoutBackground(int pixels, int classes) {
    Double[] weights = new Double[classes];
    for (int k = 0; k < classes; k++) {
      weights[k] = k == 0 ? 0.0 : 1.0;
    }
    return new SoftDice(pixels, List.of(weights));
  }

  @Override
  public double of(Pixels image, double @Nullable [] slopes) {
    int classes = image.classes();
    double[] overlap = new double[classes];
    double[] sizes = new double[classes];
    for (int i = 0; i < image.labels().length; i++) {
      double weight = image.weights()[i / classes];
      double probability = image.probabilities()[i];
      double label = image.labels()[i];
      overlap[i % classes] += weight * probability * label;
      sizes[i % classes] += weight * (probability * probability + label * label);
    }
    boolean seen = image.total() > 0;
    double[] shares = new double[classes];
    double loss = 0;
    for (int k = 0; k < classes; k++) {
      shares[k] =
          seen ? ClassWeights.at(classWeights, k) / ClassWeights.sum(classWeights, classes) : 0;
      loss += shares[k] * (1 - dice(overlap[k], sizes[k]));
    }
    if (slopes != null) {
      for (int i = 0; i < slopes.length; i++) {
        int k = i % classes;
        double probability = image.probabilities()[i];
        double slope =
            2
                * (image.labels()[i] - dice(overlap[k], sizes[k]) * probability)
                / (sizes[k] + SMOOTHING);
        slopes[i] = -shares[k] * image.weights()[i / classes] * slope * probability;
      }
    }
    return loss;
  }

  private static double dice(double overlap, double sizes) {
    return (2 * overlap + SMOOTHING) / (sizes + SMOOTHING);
  }
}
