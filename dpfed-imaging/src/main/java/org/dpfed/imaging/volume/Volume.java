package org.dpfed.imaging.volume;

import java.util.Objects;
import org.dpfed.imaging.Image;

/**
 * One grey 3-D image and its place in the patient. Values are in the file's own units; nothing is
 * normalised or resampled.
 */
public final class Volume {
  private final int[] shape;
  private final float[] values;
  private final Affine affine;

  /**
   * @param shape sizes of the three voxel axes, 1 or more; copied
   * @param values the first axis varies fastest; kept, not copied, so the caller gives them away
   * @param affine from voxels to the patient
   * @throws IllegalArgumentException when there are not three axes, or the values do not fill them
   */
  public Volume(int[] shape, float[] values, Affine affine) {
    this.shape = shape.clone();
    this.values = values;
    this.affine = affine;
    long size = 1;
    for (int axis : shape) {
      size = Math.multiplyExact(size, (long) axis);
    }
    if (shape.length != 3 || size != values.length || size == 0) {
      throw new IllegalArgumentException(
          "a volume needs three axes and as many values, had %d axes and %d values"
              .formatted(shape.length, values.length));
    }
  }

  /** Sizes of the three voxel axes; a copy for the caller. */
  public int[] shape() {
    return shape.clone();
  }

  /** From voxels to the patient. */
  public Affine affine() {
    return affine;
  }

  /**
   * One value.
   *
   * @throws IndexOutOfBoundsException when a position is outside the volume
   */
  public float at(int i, int j, int k) {
    Objects.checkIndex(i, shape[0]);
    Objects.checkIndex(j, shape[1]);
    Objects.checkIndex(k, shape[2]);
    return values[(k * shape[1] + j) * shape[0] + i];
  }

  /** Number of slices of a plane. */
  public int slices(Plane plane) {
    return size(plane.slices());
  }

  /** Rows of each slice of a plane. */
  public int height(Plane plane) {
    return size(plane.rows());
  }

  /** Columns of each slice of a plane. */
  public int width(Plane plane) {
    return size(plane.columns());
  }

  /**
   * One slice, turned and mirrored as {@link Plane} says, whatever the order of the voxels.
   *
   * @param number from 0
   * @throws IndexOutOfBoundsException when there is no slice of that number
   */
  public Image slice(Plane plane, int number) {
    Objects.checkIndex(number, slices(plane));
    int at = start(plane.slices(), false) + number * step(plane.slices(), false);
    at += start(plane.rows(), true) + start(plane.columns(), true);
    int rowStep = step(plane.rows(), true);
    int columnStep = step(plane.columns(), true);
    int height = height(plane);
    int width = width(plane);
    float[] slice = new float[height * width];
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        slice[row * width + column] = values[at + row * rowStep + column * columnStep];
      }
    }
    return new Image(1, height, width, slice);
  }

  private int size(int anatomical) {
    return shape[affine.voxelAxis(anatomical)];
  }

  /** The step in values along an anatomical axis, or against it. */
  private int step(int anatomical, boolean against) {
    int axis = affine.voxelAxis(anatomical);
    int stride = axis == 0 ? 1 : axis == 1 ? shape[0] : shape[0] * shape[1];
    return affine.isReversed(anatomical) == against ? stride : -stride;
  }

  /** Where to start, so that the steps stay inside. */
  private int start(int anatomical, boolean against) {
    int step = step(anatomical, against);
    return step > 0 ? 0 : -step * (size(anatomical) - 1);
  }

  /** Its size alone: no value goes into a log. */
  @Override
  public String toString() {
    return "volume of %d × %d × %d".formatted(shape[0], shape[1], shape[2]);
  }
}
