package org.dpfed.data.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.dpfed.data.CsvReader;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void byKey_rowForAName_isRefused() {
    for (String name : List.of("row", " Row", "record", "simulated client")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ByKey().partition(KEYED, name))
          .withMessageContaining("does not fit partition by-key, where a client is all rows");
    }
  }

  /** A file of a hospital is no patient. */
  @Test
  void byKey_filesForKeys_areNoPersons(@TempDir Path directory) throws IOException {
    Path north = Files.writeString(directory.resolve("north.csv"), "x,y\n0,1\n");
    Path south = Files.writeString(directory.resolve("south.csv"), "x,y\n0,0\n");
    CsvSchema schema = CsvSchema.builder().label("y", List.of("0", "1")).numeric("x", 0, 1).build();
    LabelledData files = new CsvReader(schema).readEach(List.of(north, south));

    assertThat(new ByKey().partition(files).unit()).isEqualTo("client");
    assertThat(new ByKey().partition(files, "hospital").assumptions())
        .containsExactly(
            "each file is one hospital, and no hospital has rows in a second file; the guarantee is"
                + " for all rows of one file: a person with rows in several files is not covered as a"
                + " whole");
    for (String name : List.of("patient", "Person", "row", "participants")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new ByKey().partition(files, name))
          .withMessageStartingWith("unit '" + name + "' does not fit partition by-key");
    }
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
