package org.dpfed.imaging.data;

import org.dpfed.data.Scaling;

/**
 * Ranges of CT numbers in which radiologists look at kinds of tissue, in Hounsfield units. They are
 * public constants: typical widths and levels as Radiopaedia's article <i>Windowing (CT)</i> lists
 * them. Any other window is a {@link Scaling.Range} of its two ends.
 */
public enum CtWindow {
  /** Lungs. */
  LUNG(-600, 1500),
  /** Bone. */
  BONE(400, 1800),
  /** Brain. */
  BRAIN(40, 80),
  /** Soft tissue of the abdomen. */
  SOFT_TISSUE(50, 400);

  private final int centre;
  private final int width;

  CtWindow(int centre, int width) {
    this.centre = centre;
    this.width = width;
  }

  /** The middle, in Hounsfield units. */
  public int centre() {
    return centre;
  }

  /** Upper end minus lower end, in Hounsfield units. */
  public int width() {
    return width;
  }

  /**
   * Maps {@code centre − width / 2} to −1 and {@code centre + width / 2} to 1, and what lies
   * outside to the nearest end.
   */
  public Scaling.Range scaling() {
    return new Scaling.Range(centre - width / 2.0, centre + width / 2.0);
  }
}
