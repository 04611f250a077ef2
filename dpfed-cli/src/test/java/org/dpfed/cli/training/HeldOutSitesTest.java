package org.dpfed.cli.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;
import org.junit.jupiter.api.Test;

final class HeldOutSitesTest {
  /** Two rows for each unit; a unit is of one site. */
  private static LabelledData units(String... siteOfUnit) {
    List<String> sites = new ArrayList<>();
    for (int pass = 0; pass < 2; pass++) {
      sites.addAll(List.of(siteOfUnit));
    }
    int units = siteOfUnit.length;
    List<String> names = IntStream.range(0, units).mapToObj(i -> "p" + i).toList();
    int[] unitOfRow = IntStream.range(0, 2 * units).map(row -> row % units).toArray();
    return LabelledData.regression(
            InputType.feedForward(1), new float[2 * units], new float[2 * units])
        .withKeys(new RowKeys(names, unitOfRow))
        .withSites(sites);
  }

  private static LabelledData sizes(int north, int east, int south, int unknown) {
    List<String> sites = new ArrayList<>();
    IntStream.range(0, north).forEach(i -> sites.add("north"));
    IntStream.range(0, east).forEach(i -> sites.add("east"));
    IntStream.range(0, south).forEach(i -> sites.add("south"));
    IntStream.range(0, unknown).forEach(i -> sites.add(""));
    return units(sites.toArray(String[]::new));
  }

  private static List<String> shown(LabelledData data, boolean areNamed) {
    HeldOutSites sites = HeldOutSites.of(data, areNamed);
    assertThat(sites.notShown().isEmpty()).isEqualTo(!sites.shown().isEmpty());
    return sites.shown().stream().map(site -> site.name() + " " + site.units()).toList();
  }

  @Test
  void of_largeSites_numbersThemByNameAndPutsTheUnknownLast() {
    assertThat(shown(sizes(6, 5, 0, 7), false))
        .containsExactly("site 1 5", "site 2 6", "site unknown 7");
    assertThat(shown(sizes(6, 5, 0, 7), true))
        .containsExactly("east 5", "north 6", "site unknown 7");
    assertThat(HeldOutSites.of(units("b", "a", "b", "a", "b", "a", "b", "a", "b", "a"), true))
        .extracting(sites -> sites.shown().get(1))
        .isEqualTo(new HeldOutSite("b", 5, List.of(0, 2, 4, 6, 8, 10, 12, 14, 16, 18)));
  }

  @Test
  void of_sitesOfFew_showsThemTogether() {
    assertThat(shown(sizes(6, 2, 3, 0), true)).containsExactly("north 6", "other sites 5");
    assertThat(shown(sizes(6, 2, 2, 1), false)).containsExactly("site 2 6", "other sites 5");
  }

  /** All rows without those of the sites shown would otherwise be rows of few. */
  @Test
  void of_oneSiteOfFew_isJoinedByTheSmallestOther() {
    assertThat(shown(sizes(9, 1, 6, 0), true)).containsExactly("north 9", "other sites 7");
    for (int unknown = 1; unknown < HeldOutSites.FEWEST; unknown++) {
      assertThat(shown(sizes(9, 8, 7, unknown), true))
          .containsExactly("east 8", "north 9", "other sites " + (7 + unknown));
    }
  }

  @Test
  void of_onlyFew_showsNone() {
    assertThat(shown(sizes(4, 0, 0, 0), true)).isEmpty();
    assertThat(shown(sizes(4, 4, 4, 4), true)).isEmpty();
    assertThat(shown(sizes(9, 1, 0, 0), true)).isEmpty();
    assertThat(HeldOutSites.of(sizes(9, 1, 0, 0), true).notShown())
        .contains(
            "results by site are not shown: they need a site with 5 or more held-out units, and as many in all others together");
    assertThat(shown(sizes(5, 0, 0, 0), true)).containsExactly("north 5");
  }

  /** Many rows of one unit are still of one. */
  @Test
  void of_manyRowsOfOneUnit_countOnce() {
    LabelledData data =
        LabelledData.regression(InputType.feedForward(1), new float[100], new float[100])
            .withKeys(new RowKeys(List.of("p"), new int[100]))
            .withSites(IntStream.range(0, 100).mapToObj(i -> "north").toList());
    assertThat(shown(data, true)).isEmpty();
  }

  @Test
  void of_rowsWithoutSites_areNone() {
    assertThat(HeldOutSites.of(sizes(0, 0, 0, 9), true)).isEqualTo(HeldOutSites.NONE);
    LabelledData rows =
        LabelledData.regression(InputType.feedForward(1), new float[6], new float[6]);
    assertThat(HeldOutSites.of(rows, true)).isEqualTo(HeldOutSites.NONE);
  }

  @Test
  void of_nameThatATerminalWouldObey_showsNoControlCharacter() {
    String bad = "\u001b[2J";
    assertThat(HeldOutSites.of(units(bad, bad, bad, bad, bad), true).shown().get(0).name())
        .isEqualTo("?[2J");
  }
}
