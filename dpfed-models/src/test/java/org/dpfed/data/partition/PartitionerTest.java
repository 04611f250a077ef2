package org.dpfed.data.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;
import org.dpfed.data.WisconsinBreastCancer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.DataSet;

class PartitionerTest {
  /** 103 is prime: no size divides it. */
  private static final int SIZE = 103;

  private static final LabelledData DATA =
      Rows.numbered(SIZE, 4)
          .withKeys(
              new RowKeys(
                  List.of("north", "empty", "south"),
                  IntStream.range(0, SIZE).map(row -> row % 3 == 0 ? 2 : 0).toArray()));

  static Stream<Partitioner> partitioners() {
    return Stream.of(
        new OnePerClient(),
        new Iid(1, 7),
        new Iid(10, 7),
        new Iid(1000, 7),
        new Dirichlet(10, 0.3, 7),
        new Dirichlet(10, 1e-9, 7),
        new Dirichlet(10, 1e9, 7),
        new Shards(10, 2, 7),
        new Shards(6, 6, 7),
        new ByKey());
  }

  @ParameterizedTest
  @MethodSource("partitioners")
  void partition_everyRow_goesToExactlyOneClient(Partitioner partitioner) {
    Partition partition = partitioner.partition(DATA);

    List<Integer> dealt = new ArrayList<>();
    for (int id = 0; id < partition.population(); id++) {
      int[] rows = partition.rows(id);
      assertThat(rows).hasSize(partition.examples(id));
      Arrays.stream(rows).forEach(dealt::add);
    }

    assertThat(dealt)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, SIZE).boxed().toList());
  }

  @ParameterizedTest
  @MethodSource("partitioners")
  void client_everyId_holdsItsRowsWithTheirLabels(Partitioner partitioner) {
    Partition partition = partitioner.partition(DATA);

    for (int id = 0; id < partition.population(); id++) {
      DataSet client = partition.client(id);
      int[] rows = partition.rows(id);
      assertThat(client.getFeatures().shape()).containsExactly(rows.length, 1);
      assertThat(client.getLabels().shape()).containsExactly(rows.length, 4);
      assertThat(client.getFeatures().dataType()).isEqualTo(DataType.FLOAT);
      assertThat(client.getLabels().dataType()).isEqualTo(DataType.FLOAT);
      for (int i = 0; i < rows.length; i++) {
        assertThat(client.getFeatures().getInt(i, 0)).isEqualTo(rows[i]);
        for (int k = 0; k < 4; k++) {
          assertThat(client.getLabels().getInt(i, k)).isEqualTo(k == DATA.label(rows[i]) ? 1 : 0);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("partitioners")
  void partition_sameRule_dealsTheSameWay(Partitioner partitioner) {
    Partition first = partitioner.partition(DATA);
    Partition again = partitioner.partition(DATA);

    assertThat(again.population()).isEqualTo(first.population());
    for (int id = 0; id < first.population(); id++) {
      assertThat(again.rows(id)).isEqualTo(first.rows(id));
    }
  }

  @Test
  void partition_anotherSeed_dealsAnotherWay() {
    // Two deals of 103 rows agree in the first client's 10 with probability below 1e-20.
    assertThat(new Iid(10, 1).partition(DATA).rows(0))
        .isNotEqualTo(new Iid(10, 2).partition(DATA).rows(0));
    assertThat(new Dirichlet(10, 1e9, 1).partition(DATA).rows(0))
        .isNotEqualTo(new Dirichlet(10, 1e9, 2).partition(DATA).rows(0));
    assertThat(new Shards(10, 2, 1).partition(DATA).rows(0))
        .isNotEqualTo(new Shards(10, 2, 2).partition(DATA).rows(0));
  }

  @Test
  void iid_sizeThatDoesNotDivide_leavesTheRestToTheLastClient() {
    Partition partition = new Iid(10, 7).partition(DATA);

    assertThat(partition.population()).isEqualTo(11);
    assertThat(partition.examples(9)).isEqualTo(10);
    assertThat(partition.examples(10)).isEqualTo(3);
  }

  @Test
  void onePerClient_patients_keepTheirOrder() {
    LabelledData patients = WisconsinBreastCancer.split().train();
    Partition partition = new OnePerClient().partition(patients, WisconsinBreastCancer.UNIT);

    assertThat(partition.population()).isEqualTo(455);
    assertThat(partition.unit()).isEqualTo("patient");
    assertThat(partition.client(454).getFeatures())
        .isEqualTo(patients.toDataSet().getFeatures().getRow(454, true));
  }

  @Test
  void byKey_keyWithoutRows_isAClientWithoutExamples() {
    Partition partition = new ByKey().partition(DATA, "hospital");

    assertThat(partition.population()).isEqualTo(3);
    assertThat(partition.examples(1)).isZero();
    assertThat(partition.client(1).getFeatures().isEmpty()).isTrue();
    assertThat(partition.rows(2)).startsWith(0, 3, 6).isSorted();
  }

  @Test
  void byKey_dataWithoutKeys_saysWhatToDo() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ByKey().partition(Rows.numbered(5, 2), "hospital"))
        .withMessageContaining("name the key column");
  }

  @Test
  void client_idOutsideThePopulation_isRefused() {
    Partition partition = new OnePerClient().partition(DATA);

    for (int id : new int[] {-1, SIZE}) {
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> partition.client(id));
      assertThatExceptionOfType(IndexOutOfBoundsException.class)
          .isThrownBy(() -> partition.examples(id));
    }
  }

  @Test
  void constructor_valuesOutOfBounds_areRefusedByName() {
    for (int size : new int[] {0, -1}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Iid(size, 1))
          .withMessage("examplesPerClient must be at least 1, was " + size);
      assertThatIllegalArgumentException().isThrownBy(() -> new Dirichlet(size, 1, 1));
      assertThatIllegalArgumentException().isThrownBy(() -> new Shards(size, 1, 1));
    }
    for (double alpha : new double[] {0, -1, 9e-10, 2e9, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Dirichlet(10, alpha, 1))
          .withMessageStartingWith("alpha must be in [1.0E-9, 1.0E9], was " + alpha);
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Shards(10, 3, 1))
        .withMessage("shardsPerClient must be at least 1 and divide examplesPerClient 10, was 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OnePerClient().partition(DATA, " "))
        .withMessageContaining("unit must name");
  }
}
