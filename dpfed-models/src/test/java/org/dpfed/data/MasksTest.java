package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.partition.ByKey;
import org.dpfed.data.partition.Dirichlet;
import org.dpfed.data.partition.Iid;
import org.dpfed.data.partition.OnePerClient;
import org.dpfed.data.partition.Partition;
import org.dpfed.data.partition.Shards;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/** Images with a class for each pixel. */
class MasksTest {
  private static final List<String> NAMES = List.of("background", "lesion", "vessel");
  private static final InputType.InputTypeConvolutional IMAGE =
      (InputType.InputTypeConvolutional) InputType.convolutional(2, 3, 1);

  @Test
  void gather_masks_areOneHotChannelsFirst() {
    LabelledData data =
        LabelledData.segmentation(
            IMAGE, new float[12], new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 1, 0}, NAMES);

    DataSet gathered = data.gather(new int[] {0, 1}, 1, 2);

    assertThat(gathered.getFeatures().shape()).containsExactly(1, 1, 2, 3);
    INDArray labels = gathered.getLabels();
    assertThat(labels.shape()).containsExactly(1, 3, 2, 3);
    assertThat(labels.ravel().toFloatVector())
        .containsExactly(1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0);
    assertThat(data.toDataSet().getLabels().shape()).containsExactly(2, 3, 2, 3);
    assertThat(data.outputs()).isEqualTo(3);
    assertThat(data.classNames()).isEqualTo(NAMES);
    assertThat(data.isSegmentation()).isTrue();
    assertThat(data.isRegression()).isFalse();
  }

  @Test
  void gather_noRows_keepsTheOtherAxes() {
    assertThat(slices(1, 1).gather(new int[0], 0, 0).getLabels().shape())
        .containsExactly(0, 3, 2, 3);
  }

  @Test
  void partition_byKeyIidAndOnePerClient_keepMasksWithTheirImages() {
    LabelledData data = slices(4, 3);
    for (Partition partition :
        List.of(
            new ByKey().partition(data, "patient"),
            new Iid(3, 1).partition(data),
            new OnePerClient().partition(data))) {
      for (int id = 0; id < partition.population(); id++) {
        DataSet client = partition.client(id);
        for (int i = 0; i < client.numExamples(); i++) {
          float stored = client.getFeatures().getFloat(i, 0, 0, 0);
          assertThat(client.getLabels().getFloat(i, (int) stored % 3, 1, 2)).isEqualTo(1);
        }
        partition.release(client);
      }
    }
  }

  @Test
  void partition_byLabel_isRefused() {
    LabelledData data = slices(4, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Dirichlet(3, 1, 1).partition(data))
        .withMessageContaining("were masks (a class per pixel)")
        .withMessageContaining("choose by-key");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Shards(4, 2, 1).partition(data))
        .withMessageContaining("were masks (a class per pixel)");
  }

  @Test
  void byUnit_slicesOfVolumes_areOnOneSideByPatient() {
    LabelledData data = slices(50, 7);
    for (long seed = 0; seed < 20; seed++) {
      TrainTestSplit split = TrainTestSplit.byUnit(data, 0.3, seed);
      assertThat(patients(split.test()))
          .isNotEmpty()
          .doesNotContainAnyElementsOf(patients(split.train()));
      assertThat(split.test().size() % 7).isZero();
      assertThat(split.train().size() + split.test().size()).isEqualTo(350);
    }
  }

  @Test
  void byUnit_classOfPixelsThatOnlyTheTestHas_isRefused() {
    byte[] masks = new byte[6 * 5];
    masks[29] = 1;
    LabelledData data = LabelledData.segmentation(IMAGE, distinct(5), masks, NAMES);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              for (long seed = 0; seed < 1000; seed++) {
                TrainTestSplit.about(data, 2, seed);
              }
            })
        .withMessageContaining("leaves no row of class number 1 to train on");
  }

  @Test
  void split_masksOnOneSideAndClassesOnTheOther_isRefused() {
    LabelledData masks = slices(1, 1);
    LabelledData classes = LabelledData.of(IMAGE, new float[6], new int[1], NAMES);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrainTestSplit(masks, classes))
        .withMessageContaining("one side has masks");
  }

  @Test
  void segmentation_valuesThatAreNoClassOrDoNotFill_areRefused() {
    for (byte wrong : new byte[] {3, -1, 127}) {
      byte[] masks = new byte[12];
      masks[7] = wrong;
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LabelledData.segmentation(IMAGE, new float[12], masks, NAMES))
          .withMessage("masks must hold classes in [0, 3), mask 1 does not");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelledData.segmentation(IMAGE, new float[6], new byte[5], NAMES));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelledData.segmentation(IMAGE, new float[6], new byte[12], NAMES));
    List<String> many = IntStream.range(0, 129).mapToObj(String::valueOf).toList();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LabelledData.segmentation(IMAGE, new float[6], new byte[6], many))
        .withMessageContaining("at most 128");
  }

  /** Slices of which each stores its number, and in its last pixel that number's class. */
  private static LabelledData slices(int patients, int each) {
    int rows = patients * each;
    byte[] masks = new byte[6 * rows];
    for (int row = 0; row < rows; row++) {
      masks[6 * row + 5] = (byte) (row % 3);
    }
    List<String> names = IntStream.range(0, patients).mapToObj(p -> "patient-" + p).toList();
    int[] keyOfRow = IntStream.range(0, rows).map(row -> row % patients).toArray();
    return LabelledData.segmentation(IMAGE, distinct(rows), masks, NAMES)
        .withKeys(new RowKeys(names, keyOfRow));
  }

  private static float[] distinct(int rows) {
    float[] features = new float[6 * rows];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(features, 6 * row, 6 * row + 6, row);
    }
    return features;
  }

  private static Set<String> patients(LabelledData data) {
    RowKeys keys = data.keys().orElseThrow();
    return IntStream.range(0, keys.rows())
        .mapToObj(row -> keys.names().get(keys.keyOf(row)))
        .collect(Collectors.toSet());
  }
}
