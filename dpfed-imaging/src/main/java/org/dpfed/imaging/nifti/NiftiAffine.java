package org.dpfed.imaging.nifti;

import java.nio.ByteBuffer;
import org.dpfed.data.MalformedDataException;
import org.dpfed.imaging.volume.Affine;

/**
 * Where a header says that the voxels are: by its matrix (sform), or by its rotation, spacing and
 * origin (qform), whose rotation is a quaternion ({@code nifti1.h}, methods 3 and 2). The matrix is
 * taken where both are there, as nibabel does.
 */
final class NiftiAffine {
  private static final int PIXDIM = 76;
  private static final int XYZT_UNITS = 123;
  private static final int QFORM_CODE = 252;
  private static final int SFORM_CODE = 254;
  private static final int QUATERNION = 256;
  private static final int Q_OFFSET = 268;
  private static final int S_ROWS = 280;

  /** How far rounding to 32 bits can carry the squares of a unit quaternion beyond 1, and more. */
  private static final double ROUNDING = 1e-6;

  /** Below this, {@code nifti1_io.c} takes the square of the first component for 0. */
  private static final double HALF_TURN = 1e-7;

  private NiftiAffine() {}

  /**
   * The affine of a header, in millimetres.
   *
   * @throws MalformedDataException when the header has none, one in an unknown unit, or one whose
   *     axes are oblique
   */
  static Affine of(ByteBuffer header, MalformedDataException.Place place)
      throws MalformedDataException {
    double[][] matrix;
    if (header.getShort(SFORM_CODE) > 0) {
      matrix = sform(header);
    } else if (header.getShort(QFORM_CODE) > 0) {
      matrix = qform(header, place);
    } else {
      throw place.problem(
          "expected a header that says where left and right are, found one with neither sform nor qform; set it where you know it, such as with nibabel: img.set_sform(affine, code=1)");
    }
    double millimetres = millimetres(header, place);
    for (double[] row : matrix) {
      for (int column = 0; column < row.length; column++) {
        row[column] *= millimetres;
      }
    }
    try {
      return new Affine(matrix);
    } catch (IllegalArgumentException e) {
      throw place.problem(String.valueOf(e.getMessage()));
    }
  }

  /** Of one unit of the positions; the upper bits of the byte are the unit of time. */
  private static double millimetres(ByteBuffer header, MalformedDataException.Place place)
      throws MalformedDataException {
    return switch (header.get(XYZT_UNITS) & 7) {
      case 0, 2 -> 1;
      case 1 -> 1e3;
      case 3 -> 1e-3;
      default ->
          throw place.problem(
              "expected positions in metres, millimetres or micrometres (xyzt_units), found another unit; set it, such as with nibabel: img.header.set_xyzt_units('mm')");
    };
  }

  private static double[][] sform(ByteBuffer header) {
    double[][] matrix = new double[3][4];
    for (int i = 0; i < 12; i++) {
      matrix[i / 4][i % 4] = header.getFloat(S_ROWS + Float.BYTES * i);
    }
    return matrix;
  }

  private static double[][] qform(ByteBuffer header, MalformedDataException.Place place)
      throws MalformedDataException {
    double b = header.getFloat(QUATERNION);
    double c = header.getFloat(QUATERNION + 4);
    double d = header.getFloat(QUATERNION + 8);
    double square = 1 - (b * b + c * c + d * d);
    if (!(square >= -ROUNDING)) {
      throw place.problem("expected a rotation (qform) that is a unit quaternion, found another");
    }
    double a = square < HALF_TURN ? 0 : Math.sqrt(square);
    double scale = 2 / (a * a + b * b + c * c + d * d);
    double[][] matrix = {
      {1 - scale * (c * c + d * d), scale * (b * c - a * d), scale * (b * d + a * c), 0},
      {scale * (b * c + a * d), 1 - scale * (b * b + d * d), scale * (c * d - a * b), 0},
      {scale * (b * d - a * c), scale * (c * d + a * b), 1 - scale * (b * b + c * c), 0}
    };
    double handedness = header.getFloat(PIXDIM) < 0 ? -1 : 1;
    for (int row = 0; row < 3; row++) {
      for (int axis = 0; axis < 3; axis++) {
        double spacing = header.getFloat(PIXDIM + Float.BYTES * (axis + 1));
        if (!(spacing > 0)) {
          throw place.problem("expected distances of voxels above 0 (qform), found another");
        }
        matrix[row][axis] *= spacing * (axis == 2 ? handedness : 1);
      }
      matrix[row][3] = header.getFloat(Q_OFFSET + Float.BYTES * row);
    }
    return matrix;
  }
}
