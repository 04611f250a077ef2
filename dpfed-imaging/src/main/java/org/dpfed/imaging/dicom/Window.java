package org.dpfed.imaging.dicom;

/**
 * A range of values around a centre (Part 3, C.11.2.1.2 and C.11.2.1.3).
 *
 * @param center in the units of the modality
 * @param width in the units of the modality
 * @param function of the values
 */
public record Window(double center, double width, Function function) implements Voi {
  /** How values rise from 0 to 1. */
  public enum Function {
    /** Linear in whole numbers: a window of width 2 has two of them. Width is 1 or more. */
    LINEAR,
    /** Linear from {@code center − width / 2} to {@code center + width / 2}. */
    LINEAR_EXACT,
    /** {@code 1 / (1 + exp(−4 · (value − center) / width))}. */
    SIGMOID
  }

  /**
   * Checks it.
   *
   * @throws IllegalArgumentException when the centre is not finite, or the width is 0 or less, or
   *     below 1 for {@code LINEAR}
   */
  public Window {
    boolean isWide = function == Function.LINEAR ? width >= 1 : width > 0;
    if (!Double.isFinite(center) || !Double.isFinite(width) || !isWide) {
      throw new IllegalArgumentException(
          "a window needs a finite center, and a width above 0, of 1 or more for LINEAR");
    }
  }

  @Override
  public double apply(double value) {
    return switch (function) {
      case LINEAR ->
          width == 1
              ? (value <= center - 0.5 ? 0 : 1)
              : limited((value - (center - 0.5)) / (width - 1) + 0.5);
      case LINEAR_EXACT -> limited((value - center) / width + 0.5);
      case SIGMOID -> 1 / (1 + Math.exp(-4 * (value - center) / width));
    };
  }

  /** Shows no number: those that a file proposes are of its image. */
  @Override
  public String toString() {
    return "window";
  }

  private static double limited(double value) {
    return Math.min(Math.max(value, 0), 1);
  }
}
