package org.dpfed.data.partition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;
import org.junit.jupiter.api.Test;

/** By what a resumed run knows clients again. */
final class PartitionIdentityTest {
  private static final int[] KEY_OF_ROW = {1, 0, 1, 2};

  private static LabelledData rows(float... features) {
    return LabelledData.of(
        InputType.feedForward(1), features, new int[features.length], List.of("a", "b"));
  }

  private static List<byte[]> identities(Partition partition) {
    return IntStream.range(0, partition.population())
        .mapToObj(id -> partition.identity(id).orElseThrow())
        .toList();
  }

  @Test
  void identity_byKey_isTheKeyWhateverItsRows() {
    RowKeys keys = new RowKeys(List.of("p", "q", "r"), KEY_OF_ROW);
    assertThat(identities(new ByKey().partition(rows(1, 2, 3, 4).withKeys(keys))))
        .containsExactly("p".getBytes(UTF_8), "q".getBytes(UTF_8), "r".getBytes(UTF_8));
    // Of a side of a split too, where a client may have no row.
    LabelledData side = rows(9, 8, 7, 6).withKeys(keys).select(new int[] {3});
    assertThat(identities(new ByKey().partition(side)))
        .containsExactly("p".getBytes(UTF_8), "q".getBytes(UTF_8), "r".getBytes(UTF_8));
  }

  @Test
  void identity_keysWithRandomNames_isWhatTheyAreIdentifiedBy() {
    RowKeys keys = new RowKeys(List.of("1f", "2e", "3d"), KEY_OF_ROW);
    List<byte[]> same = List.of(new byte[] {1}, new byte[] {2}, new byte[] {3});
    LabelledData data = rows(1, 2, 3, 4).withKeys(keys.identifiedBy(same));
    assertThat(identities(new ByKey().partition(data.select(new int[] {0, 1}))))
        .containsExactlyElementsOf(same);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> keys.identifiedBy(same.subList(0, 2)))
        .withMessage("identities must be 3, one for each key, were 2");
  }

  /** Features and label both count. */
  @Test
  void identity_rowsAsClients_isWhatTheRowsHold() {
    List<byte[]> before = identities(new OnePerClient().partition(rows(1, 2, 3, 4)));
    assertThat(before).doesNotHaveDuplicates().allMatch(hash -> hash.length == 32);
    assertThat(identities(new OnePerClient().partition(rows(1, 2, 3, 4))))
        .containsExactlyElementsOf(before);
    assertThat(identities(new OnePerClient().partition(rows(2, 1, 3, 5))))
        .satisfies(
            now -> {
              assertThat(now.get(0)).isEqualTo(before.get(1));
              assertThat(now.get(1)).isEqualTo(before.get(0));
              assertThat(now.get(2)).isEqualTo(before.get(2));
              assertThat(now.get(3)).isNotEqualTo(before.get(3));
            });
    LabelledData labelled =
        LabelledData.of(
            InputType.feedForward(1),
            new float[] {1, 2, 3, 4},
            new int[] {1, 0, 0, 0},
            List.of("a", "b"));
    assertThat(new OnePerClient().partition(labelled).identity(0).orElseThrow())
        .isNotEqualTo(before.get(0));
  }

  @Test
  void identity_dealtRows_dependsOnTheSeedOfTheDeal() {
    LabelledData data = rows(1, 2, 3, 4, 5, 6, 7, 8);
    List<byte[]> first = identities(new Iid(4, 1).partition(data));
    assertThat(identities(new Iid(4, 1).partition(data))).containsExactlyElementsOf(first);
    assertThat(identities(new Iid(4, 2).partition(data))).doesNotContainAnyElementsOf(first);
  }
}
