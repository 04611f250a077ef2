package org.dpfed.imaging.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.Scaling;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.imaging.Image;
import org.junit.jupiter.api.Test;

class ImageRowsTest {
  private static final List<String> CLASSES = List.of("a", "b");
  private static final InputType.InputTypeConvolutional SHAPE =
      (InputType.InputTypeConvolutional) InputType.convolutional(1, 2, 2);

  @Test
  void build_classes_areScaledByChannelWithKeys() {
    ImageRows rows =
        new ImageRows(SHAPE, CLASSES, List.of(new Scaling.Affine(10, 2), CtWindow.LUNG.scaling()));
    rows.add("p1", new Image(2, 1, 2, new float[] {10, 12, -600, 2000}), 1);
    rows.add("p2", new Image(2, 1, 2, new float[] {8, 14, -1350, -225}), 0);
    rows.add("p1", new Image(2, 1, 2, new float[4]), 0);

    LabelledData data = rows.build();

    // The lung's window goes from −1,350 to 150.
    assertThat(data.gather(new int[] {0, 1}, 0, 2).getFeatures().ravel().toFloatVector())
        .containsExactly(0, 1, 0, 1, -1, 2, -1, 0.5f);
    assertThat(data.label(0)).isEqualTo(1);
    assertThat(data.keys().orElseThrow().names()).containsExactly("p1", "p2");
    assertThat(data.keys().orElseThrow().keyOf(2)).isZero();
  }

  @Test
  void build_slicesOfPatients_splitByPatient() {
    ImageRows rows = new ImageRows(SHAPE, CLASSES, List.of(new Scaling.None()));
    for (int slice = 0; slice < 300; slice++) {
      rows.add(
          "patient " + slice % 60,
          new Image(2, 1, 2, new float[] {slice % 60, slice, 0, 0}),
          new Mask(1, 2, new byte[] {0, 1}));
    }
    TrainTestSplit split = TrainTestSplit.byUnit(rows.build(), 0.3, 4);
    assertThat(split.test().size()).isBetween(5, 295);
    assertThat(patients(split.test())).doesNotContainAnyElementsOf(patients(split.train()));
    assertThat(split.test().isSegmentation()).isTrue();
  }

  private static List<Float> patients(LabelledData data) {
    return IntStream.range(0, data.size())
        .mapToObj(row -> data.gather(new int[] {row}, 0, 1).getFeatures().getFloat(0, 0, 0, 0))
        .toList();
  }

  @Test
  void add_imagesThatDoNotFit_areRefused() {
    ImageRows rows = new ImageRows(SHAPE, CLASSES, List.of(new Scaling.None()));
    Image image = new Image(2, 1, 2, new float[4]);
    Mask mask = new Mask(1, 2, new byte[2]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rows.add("p", new Image(1, 2, 2, new float[4]), 0))
        .withMessageContaining("must have 2 channels and 1 × 2 pixels");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rows.add("p", image, 2))
        .withMessage("label must be in [0, 2)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rows.add("p", image, new Mask(2, 1, new byte[2])))
        .withMessageContaining("mask must have the size of the image");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rows.add("p", new Image(2, 1, 2, new float[] {0, 0, Float.NaN, 0}), 0))
        .withMessageContaining("finite");
    assertThatIllegalArgumentException()
        .isThrownBy(rows::build)
        .withMessageContaining("at least 1");
    rows.add("p", image, mask);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> rows.add("p", image, 0))
        .withMessageContaining("all have masks or all have classes");
    rows.add("P", image, mask);
    assertThatIllegalArgumentException()
        .isThrownBy(rows::build)
        .withMessageContaining("names must be distinct keys");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ImageRows(
                    SHAPE,
                    CLASSES,
                    List.of(Scaling.Affine.PIXEL, Scaling.Affine.PIXEL, Scaling.Affine.PIXEL)));
  }

  @Test
  void mask_atOutside_isRefused() {
    Mask mask = new Mask(1, 2, new byte[] {3, 4});
    assertThat(mask.at(0, 1)).isEqualTo(4);
    assertThat(mask).hasToString("mask of 1 × 2").isNotEqualTo(new Mask(2, 1, new byte[] {3, 4}));
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> mask.at(1, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Mask(2, 2, new byte[3]));
  }

  @Test
  void ctWindow_ends_areMinusOneAndOne() {
    for (CtWindow window : CtWindow.values()) {
      double half = window.width() / 2.0;
      assertThat(window.scaling().apply(window.centre())).isZero();
      assertThat(window.scaling().apply(window.centre() - half)).isEqualTo(-1);
      assertThat(window.scaling().apply(window.centre() + half + 1e4)).isEqualTo(1);
    }
  }
}
