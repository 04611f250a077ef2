package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

class LabelledDataTest {
  private static final List<String> NAMES = List.of("a", "b");

  @Test
  void gather_someRows_copiesThemInTheOrderGiven() {
    LabelledData data = data();

    DataSet gathered = data.gather(new int[] {9, 2, 0, 9}, 1, 3);

    assertThat(gathered.getFeatures())
        .isEqualTo(Nd4j.createFromArray(new float[][] {{4, 5}, {0, 1}}));
    assertThat(gathered.getLabels())
        .isEqualTo(Nd4j.createFromArray(new float[][] {{1, 0}, {1, 0}}));
    gathered.getFeatures().assign(99);
    assertThat(data.toDataSet().getFeatures().getFloat(0, 0)).isZero();
  }

  @Test
  void gather_noRows_keepsTheOtherAxes() {
    DataSet none = data().gather(new int[0], 0, 0);

    assertThat(none.getFeatures().shape()).containsExactly(0, 2);
    assertThat(none.getLabels().shape()).containsExactly(0, 2);
  }

  @Test
  void gather_shapedImages_haveTheShapeOfTheirType() {
    LabelledData data =
        LabelledData.of(InputType.convolutional(2, 3, 1), new float[12], new int[] {0, 1}, NAMES);

    assertThat(data.gather(new int[] {1}, 0, 1).getFeatures().shape()).containsExactly(1, 1, 2, 3);
  }

  @Test
  void copyOf_arrays_roundTrips() {
    INDArray features = Nd4j.rand(DataType.FLOAT, 4, 1, 2, 3);
    INDArray labels = Nd4j.createFromArray(new double[][] {{1, 0}, {0, 1}, {0, 1}, {1, 0}});

    LabelledData data = LabelledData.copyOf(features, labels, NAMES);

    assertThat(data.inputType()).isEqualTo(InputType.convolutional(2, 3, 1));
    assertThat(data.toDataSet().getFeatures()).isEqualTo(features);
    assertThat(data.toDataSet().getLabels()).isEqualTo(labels.castTo(DataType.FLOAT));
  }

  @Test
  void copyOf_columnOrder_isReadRowByRow() {
    INDArray features = Nd4j.createFromArray(new float[][] {{1, 2}, {3, 4}}).dup('f');

    LabelledData data = LabelledData.copyOf(features, Nd4j.eye(2), NAMES);

    assertThat(data.toDataSet().getFeatures().toFloatMatrix())
        .isDeepEqualTo(new float[][] {{1, 2}, {3, 4}});
  }

  @Test
  void copyOf_labelsThatAreNotOneHot_areRefused() {
    for (float[] row : new float[][] {{0, 0}, {1, 1}, {0.5f, 0.5f}, {1, Float.NaN}}) {
      INDArray labels = Nd4j.createFromArray(new float[][] {{1, 0}, row});
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LabelledData.copyOf(Nd4j.zeros(2, 3), labels, NAMES))
          .withMessageContaining("row 1 is not");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelledData.copyOf(Nd4j.zeros(2, 3), Nd4j.eye(3), NAMES))
        .withMessage("labels must have shape [2, 2] (examples, classes), had [3, 3]");
  }

  @Test
  void of_partsThatDisagree_areRefused() {
    InputType pair = InputType.feedForward(2);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelledData.of(pair, new float[5], new int[2], NAMES))
        .withMessage("features must hold 4 values (2 rows of 2), held 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelledData.of(pair, new float[4], new int[] {0, 2}, NAMES))
        .withMessage("labels must be in [0, 2), the one of row 1 is not");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelledData.of(pair, new float[4], new int[2], List.of("a", "a")))
        .withMessage("classNames must be at least 2 distinct names, were [a, a]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data().withKeys(new RowKeys(List.of("k"), new int[3])))
        .withMessage("keys must cover 10 rows, cover 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new RowKeys(List.of("k"), new int[] {0, 1}))
        .withMessage("keyOfRow must be in [0, 1), was 1 in row 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelledData.of(InputType.recurrent(3), new float[6], new int[2], NAMES))
        .withMessageContaining("every axis at least 1");
  }

  @Test
  void select_someRows_keepsTheirKeys() {
    LabelledData keyed =
        data().withKeys(new RowKeys(List.of("x", "y"), new int[] {0, 0, 0, 0, 0, 1, 1, 1, 1, 1}));

    LabelledData selected = keyed.select(new int[] {9, 0});

    assertThat(selected.label(0)).isEqualTo(1);
    assertThat(selected.keys().orElseThrow().keyOf(0)).isEqualTo(1);
    assertThat(selected.keys().orElseThrow().keyOf(1)).isZero();
  }

  @Test
  void withSites_everyRow_keepsItsSiteWhereverItGoes() {
    LabelledData data = data().withSites(List.of("a", " b ", "", "a", "b", "c", "", "", "", "d"));

    assertThat(data.select(new int[] {9, 1, 2}).sites()).contains(List.of("d", "b", ""));
    assertThat(data.oneRowPer("patient").sites()).isEqualTo(data.sites());
    assertThat(data().sites()).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data().withSites(List.of("a")))
        .withMessage("sites must be 10, one for each row, were 1");
  }

  @Test
  void regression_numbers_areHandedOutAsTheyAre() {
    LabelledData data =
        LabelledData.regression(
            InputType.feedForward(2), new float[] {1, 2, 3, 4}, new float[] {0.5f, -1});

    assertThat(data.outputs()).isEqualTo(1);
    assertThat(data.isRegression()).isTrue();
    assertThat(data.classNames()).isEmpty();
    assertThat(data.toDataSet().getLabels())
        .isEqualTo(Nd4j.createFromArray(new float[][] {{0.5f}, {-1}}));
    assertThat(data.select(new int[] {1}).gather(new int[] {0}, 0, 1).getLabels().getFloat(0))
        .isEqualTo(-1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> data.label(0))
        .withMessageContaining("were numbers");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                LabelledData.regression(
                    InputType.feedForward(1), new float[1], new float[] {Float.NaN}))
        .withMessage("targets must be finite, the one of row 0 is not");
  }

  @Test
  void oneRowPer_keyWithSeveralRows_isRefused() {
    RowKeys keys = new RowKeys(List.of("x", "y"), new int[] {0, 0, 0, 0, 0, 1, 1, 1, 1, 1});

    assertThat(data().oneRowPer("patient").rowUnit()).hasValue("patient");
    for (ThrowingCallable contradiction :
        List.<ThrowingCallable>of(
            () -> data().oneRowPer("patient").withKeys(keys),
            () -> data().withKeys(keys).oneRowPer("patient"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(contradiction)
          .withMessageContaining("some key has several rows");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> data().oneRowPer(" "));
  }

  @Test
  void rowKeys_namesThatAreOneKey_areRefused() {
    for (List<String> names :
        List.of(
            List.of("7", "7.0"),
            List.of("7", "007"),
            List.of("a", " a"),
            List.of("Ab", "aB"),
            List.of("A1", "A 1"),
            List.of("é", "e\u0301"))) {
      assertThatIllegalArgumentException()
          .as(names.toString())
          .isThrownBy(() -> new RowKeys(names, new int[] {0, 1}))
          .withMessageStartingWith("names must be distinct keys; line 2: key ");
    }
    assertThat(new RowKeys(List.of("9007199254740993", "9007199254740992"), new int[0]).names())
        .containsExactly("9007199254740993", "9007199254740992");
  }

  @Test
  void constructor_sidesThatDiffer_areRefused() {
    LabelledData wide =
        LabelledData.of(InputType.feedForward(4), new float[4], new int[] {0}, NAMES);
    LabelledData renamed =
        LabelledData.of(InputType.feedForward(2), new float[2], new int[] {0}, List.of("a", "c"));

    assertThatIllegalArgumentException().isThrownBy(() -> new TrainTestSplit(data(), wide));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrainTestSplit(data(), renamed))
        .withMessage("test must have the classes of train, [a, b], had [a, c]");
  }

  /** Ten rows (0, 1), (2, 3), …, the first half of class a. */
  private static LabelledData data() {
    float[] features = new float[20];
    for (int i = 0; i < features.length; i++) {
      features[i] = i;
    }
    int[] labels = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    return LabelledData.of(InputType.feedForward(2), features, labels, NAMES);
  }
}
