package org.dpfed.imaging.volume;

/**
 * How slices are taken and shown: as a DICOM viewer shows them, seen from the patient's feet or
 * left, or face to face. In axial and coronal slices the patient's right is on the left of the
 * image (radiological convention).
 */
public enum Plane {
  /** Slice 0 is the lowest; rows go from front to back, columns from right to left. */
  AXIAL(Axis.FEET_TO_HEAD, Axis.BACK_TO_FRONT, Axis.LEFT_TO_RIGHT),
  /** Slice 0 is the rearmost; rows go from top to bottom, columns from right to left. */
  CORONAL(Axis.BACK_TO_FRONT, Axis.FEET_TO_HEAD, Axis.LEFT_TO_RIGHT),
  /** Slice 0 is the patient's leftmost; rows go from top to bottom, columns from front to back. */
  SAGITTAL(Axis.LEFT_TO_RIGHT, Axis.FEET_TO_HEAD, Axis.BACK_TO_FRONT);

  private final int slices;
  private final int rows;
  private final int columns;

  Plane(int slices, int rows, int columns) {
    this.slices = slices;
    this.rows = rows;
    this.columns = columns;
  }

  /** The anatomical axis along which slices follow each other, from its start. */
  int slices() {
    return slices;
  }

  /** The anatomical axis along which rows follow each other, from its end. */
  int rows() {
    return rows;
  }

  /** The anatomical axis along which columns follow each other, from its end. */
  int columns() {
    return columns;
  }

  /** The axes of RAS+ coordinates: from the patient's left, back and feet. */
  private static final class Axis {
    static final int LEFT_TO_RIGHT = 0;
    static final int BACK_TO_FRONT = 1;
    static final int FEET_TO_HEAD = 2;
  }
}
