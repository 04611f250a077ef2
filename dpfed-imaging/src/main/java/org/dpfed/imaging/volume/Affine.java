package org.dpfed.imaging.volume;

import java.util.Arrays;

/**
 * Where the voxels of a volume are in the patient: position = matrix · (i, j, k, 1), in millimetres
 * along RAS+ axes (to the patient's right, front and head), as NIfTI has it.
 */
public final class Affine {
  /**
   * How far an axis of voxels may be turned away from its anatomical axis, in degrees: as far as
   * the gantries of CT scanners tilt. Further, a slice would no longer be what its name says.
   */
  public static final double MOST_OBLIQUE_DEGREES = 30;

  private static final int AXES = 3;

  private final double[][] matrix;
  private final int[] voxelAxis = {-1, -1, -1};
  private final boolean[] isReversed = new boolean[AXES];

  /**
   * @param matrix 3 rows of 4, the upper three of the affine matrix; copied
   * @throws IllegalArgumentException when a value is not finite, an axis has no length, or an axis
   *     is further from every anatomical axis than {@link #MOST_OBLIQUE_DEGREES}
   */
  public Affine(double[][] matrix) {
    this.matrix = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
    for (int axis = 0; axis < AXES; axis++) {
      place(axis);
    }
  }

  private void place(int axis) {
    double length = spacing(axis);
    int nearest = 0;
    for (int anatomical = 0; anatomical < AXES; anatomical++) {
      if (!Double.isFinite(matrix[anatomical][3])) {
        throw new IllegalArgumentException("expected a finite origin of the affine matrix");
      }
      if (Math.abs(matrix[anatomical][axis]) > Math.abs(matrix[nearest][axis])) {
        nearest = anatomical;
      }
    }
    if (!(length > 0) || !Double.isFinite(length)) {
      throw new IllegalArgumentException(
          "expected an affine matrix with finite axes of some length, found another");
    }
    double cosine = Math.abs(matrix[nearest][axis]) / length;
    if (cosine < Math.cos(Math.toRadians(MOST_OBLIQUE_DEGREES)) || voxelAxis[nearest] >= 0) {
      throw new IllegalArgumentException(
          "expected voxel axes within %.0f° of the anatomical axes, found oblique ones; resample the volume to straight axes, such as with nibabel.processing.resample_to_output"
              .formatted(MOST_OBLIQUE_DEGREES));
    }
    voxelAxis[nearest] = axis;
    isReversed[nearest] = matrix[nearest][axis] < 0;
  }

  /** Distance of neighbouring voxels on a voxel axis, 0 to 2, in millimetres. */
  public double spacing(int axis) {
    return Math.sqrt(
        matrix[0][axis] * matrix[0][axis]
            + matrix[1][axis] * matrix[1][axis]
            + matrix[2][axis] * matrix[2][axis]);
  }

  /** A copy of the matrix, 3 rows of 4. */
  public double[][] matrix() {
    return Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
  }

  /** The voxel axis nearest to an anatomical one: 0 to the right, 1 to the front, 2 to the head. */
  int voxelAxis(int anatomical) {
    return voxelAxis[anatomical];
  }

  /** Whether the voxel axis nearest to an anatomical one runs against it. */
  boolean isReversed(int anatomical) {
    return isReversed[anatomical];
  }

  /** The largest distance between where two affines put a corner of a volume, in millimetres. */
  double distance(Affine other, int[] shape) {
    double largest = 0;
    for (int corner = 0; corner < 1 << AXES; corner++) {
      double square = 0;
      for (int row = 0; row < AXES; row++) {
        double difference = matrix[row][3] - other.matrix[row][3];
        for (int axis = 0; axis < AXES; axis++) {
          double at = (corner >> axis & 1) * (shape[axis] - 1);
          difference += (matrix[row][axis] - other.matrix[row][axis]) * at;
        }
        square += difference * difference;
      }
      largest = Math.max(largest, Math.sqrt(square));
    }
    return largest;
  }
}
