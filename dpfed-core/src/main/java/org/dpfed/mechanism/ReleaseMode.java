package org.dpfed.mechanism;

/** In which numbers clipped deltas are summed and noised. */
public enum ReleaseMode {
  /** Floats throughout: fastest; the low-order bits of the result depend on the deltas' order. */
  FLOAT,

  /**
   * Integers on a public grid: exact in any order, and without low-order bits that betray the sum
   * (Mironov 2012). Needs a finite clip norm.
   */
  FIXED_POINT
}
