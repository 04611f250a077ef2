package org.dpfed.federated;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Changes copies of a client's examples each time that a step of its local training is about to use
 * them, such as by turning images. What is evaluated is not changed.
 *
 * <p>The guarantee does not depend on it: it is a part of what one client computes from its own
 * examples, and the client's update is clipped and covered by noise after it. Implementations take
 * nothing from another client and keep nothing for one, use no randomness but the generator that
 * they are given, and can be called by several threads. Their text states everything that they do,
 * since it is part of what a run is known by.
 */
public interface Augmentation {
  /** Changes nothing. */
  Augmentation NONE =
      new Augmentation() {
        @Override
        public void apply(
            Values features,
            Values labels,
            @Nullable Values featuresMask,
            @Nullable Values labelsMask,
            RandomGenerator random) {}

        @Override
        public String toString() {
          return "none";
        }
      };

  /**
   * Changes a batch in place.
   *
   * @param features of the examples
   * @param labels of the same examples; where each pixel has one, they move with the image
   * @param featuresMask of the features, or null
   * @param labelsMask of the labels, or null
   * @param random seeded by the client's seed of the round; each example takes as much from it
   *     whatever the other examples are
   * @throws IllegalArgumentException when the examples are of a form that cannot be changed
   */
  void apply(
      Values features,
      Values labels,
      @Nullable Values featuresMask,
      @Nullable Values labelsMask,
      RandomGenerator random);

  /** One array of a batch. */
  final class Values {
    private final float[] array;
    private final long[] shape;

    /**
     * @param array in 'c' order, from its first value on; it may be longer than the batch. Kept, so
     *     that changes reach the caller
     * @param shape examples first; copied
     */
    public Values(float[] array, long... shape) {
      this.array = array;
      this.shape = shape.clone();
    }

    /** The values themselves, which may be changed: those of the batch stand first. */
    public float[] array() {
      return array;
    }

    /** Number of axes, that of the examples among them. */
    public int rank() {
      return shape.length;
    }

    /** Length of an axis. */
    public int size(int axis) {
      return Math.toIntExact(shape[axis]);
    }
  }
}
