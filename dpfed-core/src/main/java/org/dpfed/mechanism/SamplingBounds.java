package org.dpfed.mechanism;

import java.util.Optional;

/** Bounds that several kinds of {@link Sampling} share. */
final class SamplingBounds {
  private SamplingBounds() {}

  /** The least normal double: the mean is the sum times 1 ÷ expectedCohortSize, which is finite. */
  static void requireExpectedCohortSize(double size) {
    if (!(size >= Double.MIN_NORMAL && size <= Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "expectedCohortSize must be positive and at most the population, was " + size);
    }
  }

  static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, was " + value);
    }
  }

  static Optional<String> cohortAbovePopulation(double cohortSize, int population) {
    return cohortSize <= population
        ? Optional.empty()
        : Optional.of(
            "expectedCohortSize must be positive and at most the population of %d, was %s"
                .formatted(population, cohortSize));
  }
}
