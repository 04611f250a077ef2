package org.dpfed.imaging.dicom;

import java.util.List;

/**
 * Where a frame lies in the patient (Part 3, C.7.6.2), in millimetres: x grows to the patient's
 * left, y to the back, z to the head. Lists are empty when the file does not say.
 *
 * @param position x, y, z of the center of the upper left pixel
 * @param orientation the direction in which columns are counted along a row, x, y, z, then that in
 *     which rows are counted
 * @param spacing of rows, then of columns; that in the patient, never that at a detector
 */
public record Plane(List<Double> position, List<Double> orientation, List<Double> spacing) {
  /** Checks it. */
  public Plane {
    requireSize(position, 3);
    requireSize(orientation, 6);
    requireSize(spacing, 2);
    position = List.copyOf(position);
    orientation = List.copyOf(orientation);
    spacing = List.copyOf(spacing);
  }

  private static void requireSize(List<Double> numbers, int size) {
    if (!numbers.isEmpty() && numbers.size() != size) {
      throw new IllegalArgumentException(
          "needs %d numbers or none, got %d".formatted(size, numbers.size()));
    }
  }

  /** Shows no number. */
  @Override
  public String toString() {
    return "plane";
  }
}
