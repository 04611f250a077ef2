package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class WisconsinBreastCancerTest {
  @Test
  void all_embedded_hasThePublishedPatientsAndClasses() {
    LabelledData data = WisconsinBreastCancer.all();

    assertThat(data.size()).isEqualTo(569);
    assertThat(data.inputType()).isEqualTo(InputType.feedForward(30));
    assertThat(data.classNames()).containsExactly("benign", "malignant");
    assertThat(malignant(data)).isEqualTo(212);
  }

  @Test
  void all_firstPatient_isScaledWithThePublishedRange() {
    INDArray first = WisconsinBreastCancer.all().toDataSet().getFeatures().getRow(0);

    // Radius 17.99 in [6.981, 28.11]; worst fractal dimension 0.1189 in [0.055, 0.208]. Tolerance:
    // one rounding of a value below 1 to float.
    assertThat(first.getDouble(0) - (2 * (17.99 - 6.981) / (28.11 - 6.981) - 1))
        .isBetween(-6e-8, 6e-8);
    assertThat(first.getDouble(29) - (2 * (0.1189 - 0.055) / (0.208 - 0.055) - 1))
        .isBetween(-6e-8, 6e-8);
  }

  @Test
  void all_everyFeature_staysInTheRangeAndComesNearItsEnds() {
    INDArray features = WisconsinBreastCancer.all().toDataSet().getFeatures();

    for (int column = 0; column < 30; column++) {
      INDArray values = features.getColumn(column);
      // The published ends are rounded to 3 decimals; the narrowest range, 0.029 (symmetry and
      // fractal dimension errors), then moves by at most 2 · 0.0005 / 0.029 = 0.035.
      assertThat(values.minNumber().doubleValue()).as("column %d", column).isBetween(-1.0, -0.96);
      assertThat(values.maxNumber().doubleValue()).as("column %d", column).isBetween(0.96, 1.0);
    }
  }

  @Test
  void split_always_holdsOutTheSame114WithTheSameShareOfMalignant() {
    TrainTestSplit split = WisconsinBreastCancer.split();

    assertThat(split.train().size()).isEqualTo(455);
    assertThat(split.test().size()).isEqualTo(114);
    // 212 · 114 / 569 = 42.5 and 357 · 114 / 569 = 71.5: the larger remainder, benign, is rounded
    // up.
    assertThat(malignant(split.test())).isEqualTo(42);
    assertThat(malignant(split.train())).isEqualTo(170);
    assertThat(split.train().rowUnit()).hasValue("patient");
    LabelledData all = WisconsinBreastCancer.all();
    assertThat(split.test().gather(new int[] {0, 1, 2}, 0, 3).getFeatures())
        .isEqualTo(all.gather(new int[] {1, 6, 7}, 0, 3).getFeatures());
  }

  private static long malignant(LabelledData data) {
    return IntStream.range(0, data.size()).filter(row -> data.label(row) == 1).count();
  }
}
