package org.dpfed.imaging.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.Scaling;
import org.dpfed.imaging.data.ImageRows;
import org.dpfed.imaging.data.Mask;
import org.junit.jupiter.api.Test;

class SegmentedVolumeTest {
  private static final int[] SHAPE = {2, 3, 4};

  @Test
  void slice_ofEachPlane_isInRadiologicalView() {
    // A voxel is 100 i + 10 j + k, and its axes run to the right, front and head.
    Volume volume = volume(0, 1);
    assertThat(volume.slice(Plane.AXIAL, 1).values()).containsExactly(121, 21, 111, 11, 101, 1);
    assertThat(volume.slice(Plane.CORONAL, 2).values())
        .containsExactly(123, 23, 122, 22, 121, 21, 120, 20);
    assertThat(volume.slice(Plane.SAGITTAL, 0).values())
        .containsExactly(23, 13, 3, 22, 12, 2, 21, 11, 1, 20, 10, 0);
    assertThat(volume.slices(Plane.AXIAL)).isEqualTo(4);
    assertThatExceptionOfType(IndexOutOfBoundsException.class)
        .isThrownBy(() -> volume.slice(Plane.AXIAL, 4));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> volume.at(2, 0, 0));
  }

  @Test
  void addTo_slices_areRowsWithMasksOfOneKey() {
    float[] labels = new float[24];
    labels[7] = 2;
    SegmentedVolume pair =
        new SegmentedVolume(volume(0, 1), new Volume(SHAPE, labels, affine(0, 1)));
    ImageRows rows =
        new ImageRows(
            (InputType.InputTypeConvolutional) InputType.convolutional(3, 2, 1),
            List.of("background", "liver", "tumour"),
            List.of(new Scaling.None()));
    pair.addTo(rows, "p1", Plane.AXIAL, 3);

    LabelledData data = rows.build();
    assertThat(data.size()).isEqualTo(4);
    assertThat(data.keys().orElseThrow().names()).containsExactly("p1");
    // Voxel 7 is at 1, 0, 1: the second slice, the last row, the first column.
    assertThat(pair.mask(Plane.AXIAL, 1, 3))
        .isEqualTo(new Mask(3, 2, new byte[] {0, 0, 0, 0, 2, 0}));
    assertThat(data.toDataSet().getLabels().getFloat(1, 2, 2, 0)).isEqualTo(1);
    assertThat(data.toDataSet().getFeatures().getFloat(1, 0, 2, 0)).isEqualTo(101);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> pair.mask(Plane.AXIAL, 1, 2))
        .withMessageContaining("whole numbers from 0 to 1, slice 1 (AXIAL) has others");
  }

  @Test
  void mask_labelsThatAreNoClasses_areRefused() {
    for (float wrong : new float[] {0.5f, -1, 256, 1e30f}) {
      float[] labels = new float[24];
      labels[0] = wrong;
      SegmentedVolume pair =
          new SegmentedVolume(volume(0, 1), new Volume(SHAPE, labels, affine(0, 1)));
      assertThatIllegalArgumentException().isThrownBy(() -> pair.mask(Plane.AXIAL, 0, 128));
    }
  }

  @Test
  void constructor_otherShapeOrPlace_isRefused() {
    Volume image = volume(0, 1);
    assertThat(new SegmentedVolume(image, volume(0.09, 1)).image()).isSameAs(image);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SegmentedVolume(image, volume(0.11, 1)))
        .withMessageContaining("had another affine matrix");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SegmentedVolume(image, volume(0, -1)))
        .withMessageContaining("had another affine matrix");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new SegmentedVolume(
                    image, new Volume(new int[] {3, 2, 4}, new float[24], affine(0, 1))))
        .withMessageContaining("shape of the image");
  }

  @Test
  void affine_obliqueOrDegenerate_isRefused() {
    for (double degrees : new double[] {31, 45, 59}) {
      double c = Math.cos(Math.toRadians(degrees));
      double s = Math.sin(Math.toRadians(degrees));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Affine(new double[][] {{c, -s, 0, 0}, {s, c, 0, 0}, {0, 0, 1, 0}}))
          .withMessageContaining("within 30°");
    }
    for (double[][] matrix :
        new double[][][] {
          {{1, 1, 0, 0}, {0, 0, 0, 0}, {0, 0, 1, 0}},
          {{1, 0, 0, 0}, {0, 0, 0, 0}, {0, 0, 1, 0}},
          {{1, 0, 0, Double.NaN}, {0, 1, 0, 0}, {0, 0, 1, 0}},
          {{1, 0, 0, 0}, {0, Double.NaN, 0, 0}, {0, 0, 1, 0}},
          {{1, 0, 0, 0}, {0, Double.POSITIVE_INFINITY, 0, 0}, {0, 0, 1, 0}}
        }) {
      assertThatIllegalArgumentException().isThrownBy(() -> new Affine(matrix));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Volume(new int[] {2, 2, 2}, new float[7], affine(0, 1)));
  }

  private static Volume volume(double shift, double direction) {
    float[] values = new float[24];
    for (int i = 0; i < 24; i++) {
      values[i] = 100 * (i % 2) + 10 * (i / 2 % 3) + i / 6;
    }
    return new Volume(SHAPE, values, affine(shift, direction));
  }

  private static Affine affine(double shift, double direction) {
    return new Affine(new double[][] {{direction, 0, 0, shift}, {0, 2, 0, 0}, {0, 0, 3, 0}});
  }
}
