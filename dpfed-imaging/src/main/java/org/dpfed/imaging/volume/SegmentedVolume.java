package org.dpfed.imaging.volume;

import java.util.Arrays;
import org.dpfed.imaging.Image;
import org.dpfed.imaging.data.ImageRows;
import org.dpfed.imaging.data.Mask;

/**
 * A volume and the class of each of its voxels.
 *
 * @param image what is seen
 * @param labels whole numbers from 0 on, in the same voxels
 */
public record SegmentedVolume(Volume image, Volume labels) {
  /** A tenth of a voxel is less than any tool rounds by, and moves no label into another voxel. */
  private static final double MOST_VOXELS_APART = 0.1;

  /**
   * @throws IllegalArgumentException when shapes differ, or the affines put a corner further apart
   *     than a tenth of a voxel
   */
  public SegmentedVolume {
    if (!Arrays.equals(image.shape(), labels.shape())) {
      throw new IllegalArgumentException(
          "labels must have the shape of the image, had another; resample them onto the image");
    }
    double voxel = Double.POSITIVE_INFINITY;
    for (int axis = 0; axis < 3; axis++) {
      voxel = Math.min(voxel, image.affine().spacing(axis));
    }
    if (!(image.affine().distance(labels.affine(), image.shape()) <= MOST_VOXELS_APART * voxel)) {
      throw new IllegalArgumentException(
          "labels must be where the image is, had another affine matrix; resample them onto the image");
    }
  }

  /**
   * The classes of one slice, in the pixels of {@link Volume#slice}.
   *
   * @param classes how many there are; labels are below
   * @throws IllegalArgumentException when a label is no whole number from 0 to {@code classes − 1}
   */
  public Mask mask(Plane plane, int number, int classes) {
    Image slice = labels.slice(plane, number);
    float[] values = slice.values();
    byte[] mask = new byte[values.length];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) values[i];
      if (mask[i] != values[i] || mask[i] < 0 || mask[i] >= classes) {
        throw new IllegalArgumentException(
            "labels must be whole numbers from 0 to %d, slice %d (%s) has others; name as many classes as there are"
                .formatted(classes - 1, number, plane));
      }
    }
    return new Mask(slice.height(), slice.width(), mask);
  }

  /**
   * Adds every slice of a plane with its mask.
   *
   * @param key whose volume it is; all slices get it
   * @param classes how many there are
   * @throws IllegalArgumentException when a label is no class, or the slices have another size than
   *     the rows
   */
  public void addTo(ImageRows rows, String key, Plane plane, int classes) {
    for (int number = 0; number < image.slices(plane); number++) {
      rows.add(key, image.slice(plane, number), mask(plane, number, classes));
    }
  }
}
