package org.dpfed.data.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;
import org.junit.jupiter.api.Test;

/** A partition bears no name that its clients are not. */
class ClientUnitTest {
  private static final LabelledData ROWS = Rows.numbered(20, 2);
  private static final LabelledData PATIENTS = ROWS.oneRowPer("patient");
  private static final LabelledData KEYED =
      ROWS.withKeys(
          new RowKeys(
              List.of("north", "south"), IntStream.range(0, 20).map(row -> row % 2).toArray()));

  private static final List<Partitioner> DEALS =
      List.of(new Iid(1, 7), new Iid(5, 7), new Dirichlet(5, 1, 7), new Shards(4, 2, 7));

  @Test
  void deal_anyData_hasSimulatedClientsAndBearsNoOtherName() {
    for (Partitioner deal : DEALS) {
      for (LabelledData data : List.of(ROWS, PATIENTS, KEYED)) {
        assertThat(deal.partition(data).unit()).isEqualTo("simulated client");
        assertThat(deal.partition(data, "client").unit()).isEqualTo("simulated client");
        assertThat(deal.partition(data).assumptions()).anyMatch(text -> text.contains("simulated"));
        for (String name : List.of("patient", "hospital", "row", "person")) {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> deal.partition(data, name))
              .withMessageStartingWith(
                  "unit '%s' does not fit partition %s, which assigns all rows differently"
                      .formatted(name, deal.name()));
        }
      }
    }
  }

  @Test
  void onePerClient_rowsNobodyVouchedFor_areRows() {
    OnePerClient partitioner = new OnePerClient();
    for (LabelledData data : List.of(ROWS, KEYED)) {
      assertThat(partitioner.partition(data).unit()).isEqualTo("row");
      assertThat(partitioner.partition(data, "client").unit()).isEqualTo("client");
      assertThat(partitioner.partition(data).assumptions())
          .containsExactly(
              "each row is one client: a person with several rows is protected row by row, not as a whole");
      for (String name : List.of("patient", "hospital", "simulated client")) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> partitioner.partition(data, name))
            .withMessageStartingWith(
                "unit '%s' does not fit partition one-per-client".formatted(name));
      }
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> partitioner.partition(ROWS, "patient"))
        .withMessageContaining("rows per unit: one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> partitioner.partition(KEYED, "patient"))
        .withMessageContaining("choose by-key");
  }

  @Test
  void onePerClient_rowsSaidToBePatients_arePatientsAndNothingElse() {
    Partition partition = new OnePerClient().partition(PATIENTS);
    assertThat(partition.unit()).isEqualTo("patient");
    assertThat(partition.assumptions()).containsExactly("each patient has exactly one row");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OnePerClient().partition(PATIENTS, "hospital"))
        .withMessageContaining("where a client is one patient");
  }

  @Test
  void byKey_anyName_saysWhatAKeyIs() {
    assertThat(new ByKey().partition(KEYED).unit()).isEqualTo("client");
    Partition partition = new ByKey().partition(KEYED, "hospital");
    assertThat(partition.unit()).isEqualTo("hospital");
    assertThat(partition.assumptions())
        .containsExactly("one hospital is all rows with one key, its key; nobody has a second key");
  }

  @Test
  void partition_blankName_isRefused() {
    for (Partitioner partitioner : List.of(new OnePerClient(), new ByKey(), new Iid(1, 1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> partitioner.partition(KEYED, " "))
          .withMessage("unit must name what one client is, was blank");
    }
  }
}
