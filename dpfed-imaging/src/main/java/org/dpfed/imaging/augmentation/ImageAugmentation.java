package org.dpfed.imaging.augmentation;

import java.util.random.RandomGenerator;
import org.dpfed.federated.Augmentation;
import org.jspecify.annotations.Nullable;

/**
 * Mirrors, turns, shifts, brightens and stretches the images of a client at random, each time anew
 * that a training step uses one. The classes and weights of pixels move with their image and stay
 * the classes and weights that they were; brightness and contrast leave them alone. All numbers are
 * public constants, drawn from evenly.
 *
 * <p>What comes in at a side is the image mirrored there, for its classes too, so no grey value is
 * made up. Values that brightness and contrast move beyond the range of {@code data.scaling} are
 * kept, since z-scores have no range; a network takes them as well.
 *
 * <p>It moves images by OpenCV itself and not by DataVec's image transforms, which call the same
 * functions: DataVec 1.0.0-M2.1 has no shift (its warp draws four corners apart from each other,
 * and its random crop draws from ND4J's generator, not from the one that it is given), and no
 * brightness or contrast; its random flip cannot be limited to one direction, its rotation turns
 * around a point half a pixel off the middle of an even side; and each of them interpolates anew
 * and leaves OpenCV's memory to the garbage collector. Here one interpolation does all movements,
 * and the memory is freed after each batch.
 *
 * @param flipsHorizontally whether every second image is mirrored left to right
 * @param flipsVertically whether every second image is turned upside down by mirroring it
 * @param shift the largest shift to each side, as a share of the image's width and height, from 0
 *     to 0.5; images move by whole pixels
 * @param rotationDegrees the largest rotation either way around the middle, from 0 to 180
 * @param brightness the largest number that is added to or taken from all pixels, in the units of
 *     scaled values, at least 0
 * @param contrast the largest part by which distances from the image's own mean grow or shrink,
 *     from 0 to 1
 */
public record ImageAugmentation(
    boolean flipsHorizontally,
    boolean flipsVertically,
    double shift,
    double rotationDegrees,
    double brightness,
    double contrast)
    implements Augmentation {
  /** The largest shift: half an image. */
  public static final double MOST_SHIFT = 0.5;

  /** The largest rotation: any. */
  public static final double MOST_DEGREES = 180;

  private static final int IMAGE_AXES = 4;

  /**
   * @throws IllegalArgumentException when a number is outside its bounds
   */
  public ImageAugmentation {
    requireIn("shift", shift, MOST_SHIFT);
    requireIn("rotationDegrees", rotationDegrees, MOST_DEGREES);
    requireIn("brightness", brightness, Float.MAX_VALUE);
    requireIn("contrast", contrast, 1);
  }

  private static void requireIn(String name, double value, double most) {
    if (!(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(
          "%s must be from 0 to %s, was %s".formatted(name, most, value));
    }
  }

  /**
   * {@inheritDoc}
   *
   * @param features {@code [n, channels, height, width]}
   * @param labels of images, any; of pixels, {@code [n, classes, height, width]}
   * @param featuresMask null
   * @param labelsMask null, weights of pixels of shape {@code [n, 1, height, width]}, or of images
   */
  @Override
  public void apply(
      Values features,
      Values labels,
      @Nullable Values featuresMask,
      @Nullable Values labelsMask,
      RandomGenerator random) {
    if (features.rank() != IMAGE_AXES || featuresMask != null) {
      throw new IllegalArgumentException(
          "augmentation needs images of shape [n, channels, height, width] without a mask, got %s; choose a network that takes such images, or no augmentation"
              .formatted(featuresMask != null ? "a mask" : features.rank() + " axes"));
    }
    try (Movement movement = new Movement(features.size(2), features.size(3))) {
      for (int example = 0; example < features.size(0); example++) {
        if (draw(movement, random)) {
          movement.move(features, example);
          movement.moveNearest(labels, example);
          if (labelsMask != null) {
            movement.moveNearest(labelsMask, example);
          }
        }
        double factor = 1 + contrast * evenly(random);
        shade(features, example, (float) factor, (float) (brightness * evenly(random)));
      }
    }
  }

  /**
   * Draws how an image moves, always with as many numbers; false where it stays as it is.
   *
   * @param movement set to what was drawn
   */
  private boolean draw(Movement movement, RandomGenerator random) {
    boolean mirrors = random.nextBoolean() && flipsHorizontally;
    boolean topples = random.nextBoolean() && flipsVertically;
    double across = shift * evenly(random);
    double down = shift * evenly(random);
    return movement.set(mirrors, topples, across, down, rotationDegrees * evenly(random));
  }

  /** Between −1 and 1. */
  private static double evenly(RandomGenerator random) {
    return 2 * random.nextDouble() - 1;
  }

  private void shade(Values features, int example, float factor, float added) {
    if (brightness == 0 && contrast == 0) {
      return;
    }
    float[] values = features.array();
    int length = features.size(1) * features.size(2) * features.size(3);
    int from = example * length;
    double total = 0;
    for (int i = from; i < from + length; i++) {
      total += values[i];
    }
    float mean = (float) (total / length);
    for (int i = from; i < from + length; i++) {
      values[i] = mean + factor * (values[i] - mean) + added;
    }
  }
}
