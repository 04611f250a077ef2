package org.dpfed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.dpfed.data.CsvReader;
import org.dpfed.data.CsvSchema;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.TrainTestSplit;
import org.dpfed.data.WisconsinBreastCancer;
import org.dpfed.data.partition.ByKey;
import org.dpfed.data.partition.Dirichlet;
import org.dpfed.data.partition.Iid;
import org.dpfed.data.partition.OnePerClient;
import org.dpfed.data.partition.Partitioner;
import org.dpfed.data.partition.Shards;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Mistakes that other federated systems made with their data, one test each, so that this one never
 * repeats them. The tests of the packages try each in more ways.
 */
class KnownDataTrapsTest {
  @TempDir private Path directory;

  @Test
  void unit_isAPersonWhereRowsAreDealtOrSharedOut_never() throws IOException {
    LabelledData patients = WisconsinBreastCancer.split().train();
    for (Partitioner deal : List.of(new Iid(5, 0), new Dirichlet(5, 1, 0), new Shards(4, 2, 0))) {
      assertThat(deal.partition(patients).unit()).isEqualTo("simulated client");
      assertThatIllegalArgumentException().isThrownBy(() -> deal.partition(patients, "patient"));
    }
    LabelledData visits = read("id,x,y\n1,0,0\n1,1,1\n2,0,1\n");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new OnePerClient().partition(visits, "patient"));
    assertThat(new ByKey().partition(visits, "patient").population()).isEqualTo(2);
  }

  @Test
  void split_putsOnePersonOnBothSides_never() throws IOException {
    StringBuilder visits = new StringBuilder("id,x,y\n");
    for (int row = 0; row < 500; row++) {
      visits.append("%d,%d,%d\n".formatted(row % 50, row % 9, row % 2));
    }
    LabelledData data = read(visits.toString());
    for (long seed = 0; seed < 20; seed++) {
      for (TrainTestSplit split :
          List.of(TrainTestSplit.byUnit(data, 0.2, seed), TrainTestSplit.about(data, 100, seed))) {
        assertThat(keys(split.train()))
            .isNotEmpty()
            .doesNotContainAnyElementsOf(keys(split.test()));
      }
    }
  }

  @Test
  void key_oneInTwoSpellings_isTwoClients_never() throws IOException {
    LabelledData merged = read("id,x,y\n7,0,0\n7.0,1,1\n007,2,0\n");
    assertThat(new ByKey().partition(merged).population()).isEqualTo(1);
    for (String other : List.of("a1", "A 1", "A1\u00a0", "\uff21\uff11")) {
      assertThatExceptionOfType(MalformedDataException.class)
          .isThrownBy(() -> read("id,x,y\nA1,0,0\n" + other + ",1,1\n"))
          .withMessageContaining(
              "line 3, column 1 of 3 (id): key differs from the one in line 2 only in");
    }
  }

  @Test
  void error_showsWhatAFileHolds_never() {
    for (String content :
        List.of(
            "secret,77,1\nsecret,78,0\n",
            "id,x,y\nsecret,seventy,1\n",
            "id,x,y\nsecret,77,secret\n",
            "id,x,y\nsecret,77\n",
            "id,x,y\nsecret,77,0\nSecret,77,0\n",
            "id,x,y,secret\nsecret,77,0,1\n")) {
      assertThatExceptionOfType(MalformedDataException.class)
          .isThrownBy(() -> read(content))
          .satisfies(
              error ->
                  assertThat(error.getMessage().replace(directory.toString(), ""))
                      .doesNotContainIgnoringCase("secret", "seventy", "77"));
    }
  }

  private LabelledData read(String content) throws IOException {
    CsvSchema schema =
        CsvSchema.builder().key("id").label("y", List.of("0", "1")).numeric("x", 0, 9).build();
    return new CsvReader(schema).read(Files.writeString(directory.resolve("rows.csv"), content));
  }

  private static Set<String> keys(LabelledData data) {
    return IntStream.range(0, data.size())
        .map(data.keys().orElseThrow()::keyOf)
        .mapToObj(data.keys().orElseThrow().names()::get)
        .collect(Collectors.toSet());
  }
}
