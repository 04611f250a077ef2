package org.dpfed.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.junit.jupiter.api.Test;

class TrainTestSplitTest {
  private static final int UNITS = 200;

  @Test
  void byUnit_keyedRows_areOnOneSideWithTheirKey() {
    LabelledData data = visits(UNITS, 5, -1);
    TrainTestSplit split = TrainTestSplit.byUnit(data, 0.2, 3);

    Set<String> both = keys(split.train());
    both.retainAll(keys(split.test()));
    assertThat(both).isEmpty();
    assertThat(split.train().size() + split.test().size()).isEqualTo(5 * UNITS);
    // Both sides know all keys: the population does not depend on the split.
    assertThat(split.train().keys().orElseThrow().names()).hasSize(UNITS);
    // Binomial(200, 0.2) has mean 40 and standard deviation 5.7: 40 ± 34 is six of them.
    assertThat(keys(split.test()).size()).isBetween(6, 74);
  }

  @Test
  void byUnit_oneUnitTakenOut_movesNoOther() {
    Set<String> heldOut = keys(TrainTestSplit.byUnit(visits(UNITS, 5, -1), 0.2, 3).test());
    for (int without = 0; without < UNITS; without += 7) {
      Set<String> expected = new HashSet<>(heldOut);
      expected.remove(String.valueOf(without));
      assertThat(keys(TrainTestSplit.byUnit(visits(UNITS, 5, without), 0.2, 3).test()))
          .as("without %d", without)
          .isEqualTo(expected);
    }
  }

  /** Key 0 has rows at both sites, and is held out as a whole. */
  @Test
  void ofSites_keysWithARowThere_areHeldOutAsAWhole() {
    LabelledData data =
        rows(List.of(0f, 1f, 2f, 3f, 4f, 5f))
            .withKeys(new RowKeys(List.of("k0", "k1", "k2"), new int[] {0, 1, 2, 0, 1, 2}))
            .withSites(List.of("north", "north", "south", "south", "north", ""));

    TrainTestSplit split = TrainTestSplit.ofSites(data, Set.of("south"));

    assertThat(features(split.test())).containsExactly(0f, 2f, 3f, 5f);
    assertThat(features(split.train())).containsExactly(1f, 4f);
    assertThat(split.train().keys().orElseThrow().names()).hasSize(3);
  }

  @Test
  void ofSites_sitesThatCannotBeHeldOut_areRefused() {
    LabelledData data = rows(List.of(0f, 1f)).withSites(List.of("north", "south"));
    assertThat(features(TrainTestSplit.ofSites(data, Set.of("south")).test())).containsExactly(1f);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainTestSplit.ofSites(data, Set.of("west")))
        .withMessageContaining("no row is from 'west'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainTestSplit.ofSites(data, Set.of("north", "south")))
        .withMessageContaining("holds out all of the 2 rows; hold out fewer sites");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainTestSplit.ofSites(rows(List.of(0f, 1f)), Set.of("north")))
        .withMessageContaining("data must have sites");
  }

  /** Half of a site in training would make it no unseen site. */
  @Test
  void ofSites_siteInTwoSpellings_isRefusedUnlessBothAreNamed() {
    for (String other : List.of("SOUTH", "Sou th", "ｓouth")) {
      LabelledData data = rows(List.of(0f, 1f, 2f)).withSites(List.of("north", "south", other));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TrainTestSplit.ofSites(data, Set.of("south")))
          .withMessageContaining("'%s' differs from one of them only in case", other);
      assertThat(features(TrainTestSplit.ofSites(data, Set.of("south", other)).test()))
          .containsExactly(1f, 2f);
    }
  }

  /** Rows without keys, every value four times: equal rows cannot be told apart and need not be. */
  @Test
  void byUnit_oneRowTakenOut_movesNoOther() {
    List<Float> values =
        IntStream.range(0, UNITS).mapToObj(i -> (float) Math.floorDiv(i, 4)).toList();
    List<Float> heldOut = features(TrainTestSplit.byUnit(rows(values), 0.3, 3).test());
    List<Float> trained = features(TrainTestSplit.byUnit(rows(values), 0.3, 3).train());
    for (int without = 0; without < UNITS; without++) {
      List<Float> left = new ArrayList<>(values);
      Float removed = left.remove(without);
      TrainTestSplit split = TrainTestSplit.byUnit(rows(left), 0.3, 3);
      List<Float> test = new ArrayList<>(heldOut);
      List<Float> train = new ArrayList<>(trained);
      assertThat(
              features(split.test()).size() < heldOut.size()
                  ? test.remove(removed)
                  : train.remove(removed))
          .isTrue();
      assertThat(features(split.test())).as("without row %d", without).isEqualTo(test);
      assertThat(features(split.train())).as("without row %d", without).isEqualTo(train);
    }
  }

  @Test
  void byUnit_otherOrderOrSpelling_keepsEveryUnitOnItsSide() {
    RowKeys plain =
        new RowKeys(List.of("1", "2", "3", "4", "5", "6"), IntStream.range(0, 6).toArray());
    RowKeys spelled =
        new RowKeys(List.of("6.0", " 5", "04", "3e0", "+2", "1"), IntStream.range(0, 6).toArray());
    LabelledData rows = rows(List.of(0f, 1f, 2f, 3f, 4f, 5f));
    for (long seed = 0; seed < 20; seed++) {
      // One class, so that any split leaves it in train; sides left empty are refused below.
      double share = 0.5;
      Set<String> first = heldOut(rows.withKeys(plain), share, seed);
      assertThat(heldOut(rows.withKeys(spelled), share, seed)).isEqualTo(first);
    }
  }

  @Test
  void byUnit_anotherSeed_holdsOutOthers() {
    LabelledData data = visits(UNITS, 1, -1);
    // Equal with probability (0.2² + 0.8²)^200 = 0.68^200, below 1e-33.
    assertThat(keys(TrainTestSplit.byUnit(data, 0.2, 1).test()))
        .isNotEqualTo(keys(TrainTestSplit.byUnit(data, 0.2, 2).test()));
  }

  @Test
  void byUnit_sideLeftEmptyOrClassLost_isRefused() {
    LabelledData two = rows(List.of(0f, 1f));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainTestSplit.byUnit(two, 1e-9, 1))
        .withMessageContaining("holds out none of the 2 rows; choose another share or split seed");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainTestSplit.byUnit(two, 1 - 1e-9, 1))
        .withMessageContaining("holds out all");
    for (double share : new double[] {0, 1, -1, Double.NaN}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TrainTestSplit.byUnit(two, share, 1))
          .withMessage("testShare must be above 0 and below 1, was " + share);
    }
    // A class of one row, which some seed holds out.
    LabelledData rare =
        LabelledData.of(
            InputType.feedForward(1),
            new float[] {0, 1, 2, 3, 4},
            new int[] {0, 0, 0, 0, 1},
            List.of("a", "b"));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> {
              for (long seed = 0; seed < 1000; seed++) {
                TrainTestSplit.about(rare, 2, seed);
              }
            })
        .withMessageContaining("leaves no row of class number 1 to train on");
  }

  @Test
  void about_count_isThatShareAndAtLeastOneUnit() {
    LabelledData data = visits(UNITS, 5, -1);
    assertThat(keys(TrainTestSplit.about(data, 200, 3).test()))
        .isEqualTo(keys(TrainTestSplit.byUnit(data, 0.2, 3).test()));
    // 200 of 995 rows is still a share of 0.2.
    assertThat(keys(TrainTestSplit.about(visits(UNITS, 5, 0), 200, 3).test()))
        .isEqualTo(keys(TrainTestSplit.byUnit(visits(UNITS, 5, 0), 0.2, 3).test()));
    for (long seed = 0; seed < 50; seed++) {
      assertThat(TrainTestSplit.about(rows(List.of(0f, 1f, 2f)), 1, seed).test().size())
          .isPositive();
    }
    for (int size : new int[] {0, 3}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TrainTestSplit.about(rows(List.of(0f, 1f, 2f)), size, 1))
          .withMessage("testExamples must be in [1, 2], was " + size);
    }
  }

  @Test
  void constructor_keyOnBothSides_isRefusedUnlessItsRowsAreOnOne() {
    LabelledData one = rows(List.of(0f)).withKeys(new RowKeys(List.of("7", "8"), new int[] {0}));
    LabelledData other =
        rows(List.of(0f)).withKeys(new RowKeys(List.of("7.0", "8"), new int[] {1}));
    LabelledData same = rows(List.of(0f)).withKeys(new RowKeys(List.of("7.0"), new int[] {0}));

    assertThat(new TrainTestSplit(one, other).test()).isSameAs(other);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TrainTestSplit(one, same))
        .withMessageContaining("1 keys have rows in both");
  }

  @Test
  void constructor_testRowsThatAreAllTrainingRows_areRefusedWithoutKeys() {
    LabelledData train = rows(List.of(0f, 1f, 2f, 3f));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TrainTestSplit.ofSeparate(train, rows(List.of(3f, 1f, 3f))))
        .withMessageContaining("all 3 test rows equal a training row");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                TrainTestSplit.ofSeparate(
                    train.withKeys(new RowKeys(List.of("7"), new int[4])), rows(List.of(2f))))
        .withMessageContaining("all 1 test rows equal a training row");
    assertThat(TrainTestSplit.ofSeparate(train, rows(List.of(3f, 5f))).test().size()).isEqualTo(2);
  }

  private static Set<String> heldOut(LabelledData data, double share, long seed) {
    try {
      return keys(TrainTestSplit.byUnit(data, share, seed).test());
    } catch (IllegalArgumentException e) {
      return Set.of(e.getMessage());
    }
  }

  private static Set<String> keys(LabelledData data) {
    RowKeys keys = data.keys().orElseThrow();
    Set<String> names = new TreeSet<>();
    IntStream.range(0, keys.rows()).forEach(row -> names.add(keys.names().get(keys.keyOf(row))));
    return names;
  }

  /** {@code units} keys, each with {@code visits} rows that are spread over the data. */
  private static LabelledData visits(int units, int visits, int without) {
    int[] all =
        IntStream.range(0, units * visits)
            .map(row -> row % units)
            .filter(k -> k != without)
            .toArray();
    List<String> names = new ArrayList<>();
    int[] index = new int[units];
    for (int unit = 0; unit < units; unit++) {
      index[unit] = names.size();
      if (unit != without) {
        names.add(String.valueOf(unit));
      }
    }
    int[] keyOfRow = Arrays.stream(all).map(unit -> index[unit]).toArray();
    return rows(Arrays.stream(all).mapToObj(unit -> (float) unit).toList())
        .withKeys(new RowKeys(names, keyOfRow));
  }

  private static LabelledData rows(List<Float> values) {
    float[] features = new float[values.size()];
    for (int i = 0; i < features.length; i++) {
      features[i] = values.get(i);
    }
    return LabelledData.of(
        InputType.feedForward(1), features, new int[features.length], List.of("a", "b"));
  }

  private static List<Float> features(LabelledData data) {
    List<Float> values = new ArrayList<>();
    for (int row = 0; row < data.size(); row++) {
      values.add(data.content(row)[0]);
    }
    return values;
  }
}
