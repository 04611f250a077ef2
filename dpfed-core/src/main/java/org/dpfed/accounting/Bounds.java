package org.dpfed.accounting;

/** Argument checks whose messages give the name, the bound, the value and the remedy. */
final class Bounds {
  private Bounds() {}

  static double positive(String name, double value) {
    return require(
        value > 0 && value < Double.POSITIVE_INFINITY, name, "positive and finite", value);
  }

  static double notNegative(String name, double value) {
    return require(
        value >= 0 && value < Double.POSITIVE_INFINITY, name, "finite and at least 0", value);
  }

  /** A privacy parameter epsilon as an argument: infinity is a legal question. */
  static double epsilon(double value) {
    return require(value >= 0, "epsilon", "at least 0", value);
  }

  static double delta(double value) {
    return require(
        value > 0 && value < 1, "delta", "in (0, 1), for instance 1/population^1.1", value);
  }

  static double samplingProbability(double value) {
    return require(
        value > 0 && value <= 1,
        "samplingProbability",
        "in (0, 1]: expected cohort / population",
        value);
  }

  static long atLeast(String name, long bound, long value) {
    if (value < bound) {
      throw new IllegalArgumentException(name + " must be at least " + bound + ", was " + value);
    }
    return value;
  }

  private static double require(boolean holds, String name, String bound, double value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + bound + ", was " + value);
    }
    return value;
  }
}
