package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;
import org.junit.jupiter.api.Test;

final class HeldOutSiteTest {
  private static final LabelledData ROWS =
      LabelledData.regression(InputType.feedForward(1), new float[6], new float[6])
          .withKeys(new RowKeys(List.of("p", "q", "r"), new int[] {0, 0, 1, 1, 2, 2}));

  @Test
  void of_rowsOfThreeSites_numbersThemByNameAndPutsTheUnknownLast() {
    LabelledData data = ROWS.withSites(List.of("north", "", "east", "north", "east", "east"));
    assertThat(HeldOutSite.of(data, false))
        .containsExactly(
            new HeldOutSite("site 1", 2, List.of(2, 4, 5)),
            new HeldOutSite("site 2", 2, List.of(0, 3)),
            new HeldOutSite("site unknown", 1, List.of(1)));
    assertThat(HeldOutSite.of(data, true))
        .extracting(HeldOutSite::name)
        .containsExactly("east", "north", "site unknown");
  }

  @Test
  void of_rowsWithoutSites_hasNone() {
    assertThat(HeldOutSite.of(ROWS, true)).isEmpty();
    assertThat(HeldOutSite.of(ROWS.withSites(List.of("", "", "", "", "", "")), true)).isEmpty();
  }

  @Test
  void of_nameThatATerminalWouldObey_showsNoControlCharacter() {
    LabelledData data = ROWS.withSites(List.of("\u001b[2J", "a", "a", "a", "a", "a"));
    assertThat(HeldOutSite.of(data, true).get(0).name()).isEqualTo("?[2J");
  }
}
