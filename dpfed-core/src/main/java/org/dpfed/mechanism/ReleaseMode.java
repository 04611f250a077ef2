package org.dpfed.mechanism;

/** In which numbers clipped deltas are summed and noised. */
public enum ReleaseMode {
  /**
   * Integers on a public grid: exact in any order, and without low-order bits that betray the sum
   * (Mironov 2012). Needs a clip norm, from which the grid follows.
   */
  FIXED_POINT("fixed-point"),

  /**
   * Floats throughout. The low-order bits of the result depend on the deltas and on their order,
   * and no guarantee covers whoever reads those bits.
   */
  FLOAT("float");

  private final String label;

  ReleaseMode(String label) {
    this.label = label;
  }

  /** The name in settings and reports. */
  public String label() {
    return label;
  }

  /**
   * The mode of that label.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static ReleaseMode labelled(String label) {
    for (ReleaseMode mode : values()) {
      if (mode.label.equals(label)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("no release mode is called " + label);
  }
}
