package org.dpfed.data;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.FloatBuffer;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rows for training and rows for evaluation, with the same shape and labels. No key has rows on
 * both sides.
 *
 * <p>A guarantee covers the training rows only. Nothing protects the people in the test rows,
 * because the model is evaluated on them without noise.
 *
 * @param train becomes the clients
 * @param test held out
 */
public record TrainTestSplit(LabelledData train, LabelledData test) {
  /**
   * @throws IllegalArgumentException when the sides differ in shape or labels, or when a key has
   *     rows on both
   */
  public TrainTestSplit {
    if (!train.inputType().equals(test.inputType())) {
      throw new IllegalArgumentException(
          "test must have the shape of train, %s, had %s"
              .formatted(train.inputType(), test.inputType()));
    }
    if (!train.classNames().equals(test.classNames())) {
      throw new IllegalArgumentException(
          "test must have the classes of train, %s, had %s"
              .formatted(train.classNames(), test.classNames()));
    }
    if (train.isSegmentation() != test.isSegmentation()) {
      throw new IllegalArgumentException(
          "test must have labels of the kind of train; one side has masks, the other does not");
    }
    requireOtherKeys(train, test);
  }

  /**
   * The rows of two sources that should have nothing in common, such as two files.
   *
   * @throws IllegalArgumentException also when a side has no keys and every test row equals a
   *     training row
   */
  public static TrainTestSplit ofSeparate(LabelledData train, LabelledData test) {
    requireOtherRows(train, test);
    return new TrainTestSplit(train, test);
  }

  /**
   * Holds out about a share of the units: of the keys, or of the rows where there are no keys. All
   * rows of a key are on one side. Which side a unit is on is decided by a keyed hash of its key,
   * or of its row's content, and by nothing else: no unit changes sides when another one comes or
   * goes. How many units are held out is therefore left to chance, and so is the share of each
   * class.
   *
   * <p>Rows keep their order. Both sides keep the names of all keys, so that the population of a
   * partition by key does not depend on the split: a key whose rows are held out is a client
   * without examples.
   *
   * @param testShare in (0, 1); a public constant, not chosen by looking at the data
   * @param seed the key of the hash; fixes the split on every machine and Java version
   * @throws IllegalArgumentException when a side is left empty, or no row of a class that occurs is
   *     left to train on
   */
  public static TrainTestSplit byUnit(LabelledData data, double testShare, long seed) {
    if (!(testShare > 0 && testShare < 1)) {
      throw new IllegalArgumentException("testShare must be above 0 and below 1, was " + testShare);
    }
    double[] position = new UnitHash(seed).ofRows(data);
    return split(data, position, testShare, "testShare " + testShare);
  }

  /**
   * Holds out units with about {@code testExamples} rows, at least one unit: {@link #byUnit} with
   * the share {@code testExamples ÷ size} rounded to one digit, so that adding or removing a unit
   * does not change the share, unless the quotient is next to a rounding limit. A guarantee treats
   * the share as a public constant; prefer {@link #byUnit} if you know the share beforehand.
   *
   * @param testExamples in [1, size − 1]
   */
  public static TrainTestSplit about(LabelledData data, int testExamples, long seed) {
    if (testExamples < 1 || testExamples >= data.size()) {
      throw new IllegalArgumentException(
          "testExamples must be in [1, %d], was %d".formatted(data.size() - 1, testExamples));
    }
    BigDecimal quotient =
        BigDecimal.valueOf(testExamples)
            .divide(BigDecimal.valueOf(data.size()), new MathContext(1, RoundingMode.HALF_UP));
    double share = Math.min(quotient.doubleValue(), 0.9);
    double[] position = new UnitHash(seed).ofRows(data);
    double first = Arrays.stream(position).min().orElseThrow();
    return split(
        data, position, Math.max(share, Math.nextUp(first)), "testExamples " + testExamples);
  }

  /**
   * Holds out everyone with a row from one of some sites: their keys with all their rows, or the
   * rows from there where there are no keys. No unit changes sides when another one comes or goes.
   *
   * @param sites names as in {@link LabelledData#sites}; public constants
   * @throws IllegalArgumentException when no row is from one of them, when a side is left empty, or
   *     no row of a class that occurs is left to train on
   */
  public static TrainTestSplit ofSites(LabelledData data, Set<String> sites) {
    List<String> siteOfRow =
        data.sites()
            .orElseThrow(
                () -> new IllegalArgumentException("data must have sites to hold out, had none"));
    for (String site : sites) {
      if (!siteOfRow.contains(site)) {
        throw new IllegalArgumentException(
            "sites to hold out must be among those of the data, and no row is from '%s'; case and blanks count"
                .formatted(site));
      }
    }
    requireNoneLike(sites, siteOfRow);
    BitSet there = new BitSet();
    for (int row = 0; row < data.size(); row++) {
      if (sites.contains(siteOfRow.get(row))) {
        there.set(unit(data, row));
      }
    }
    return split(
        data,
        row -> there.get(unit(data, row)),
        "the list of sites",
        new Remedy("hold out fewer sites", "hold out fewer sites"));
  }

  /** A site in two spellings would be half held out and half trained on. */
  private static void requireNoneLike(Set<String> sites, List<String> siteOfRow) {
    Set<String> plain = sites.stream().map(TrainTestSplit::withoutForm).collect(Collectors.toSet());
    for (String site : siteOfRow) {
      if (!sites.contains(site) && plain.contains(withoutForm(site))) {
        throw new IllegalArgumentException(
            "sites to hold out must be all spellings of a site, and '%s' differs from one of them only in case, blanks or form; add it, or write it the same way"
                .formatted(site));
      }
    }
  }

  private static String withoutForm(String site) {
    return Normalizer.normalize(site, Normalizer.Form.NFKC)
        .replaceAll("[\\s\\p{Z}]+", "")
        .toLowerCase(Locale.ROOT);
  }

  private static int unit(LabelledData data, int row) {
    return data.keys().map(keys -> keys.keyOf(row)).orElse(row);
  }

  /** Holds out the rows whose position is below {@code limit}. */
  private static TrainTestSplit split(
      LabelledData data, double[] position, double limit, String asked) {
    return split(
        data,
        row -> position[row] < limit,
        asked,
        new Remedy(
            "choose another share or split seed, or a test file",
            "choose a smaller share or another split seed"));
  }

  /** What to do about a side without rows, and about a class without rows to train on. */
  private record Remedy(String ofSide, String ofClass) {}

  private static TrainTestSplit split(
      LabelledData data, IntPredicate isTest, String asked, Remedy remedy) {
    int[] test = rows(data, isTest);
    int[] train = rows(data, isTest.negate());
    if (test.length == 0 || train.length == 0) {
      throw new IllegalArgumentException(
          "%s holds out %s of the %s; %s"
              .formatted(asked, test.length == 0 ? "none" : "all", units(data), remedy.ofSide));
    }
    TrainTestSplit split = new TrainTestSplit(data.select(train), data.select(test));
    split.requireClassesInTrain(asked, remedy);
    return split;
  }

  private static String units(LabelledData data) {
    return data.keys().map(keys -> keys.keysWithRows() + " keys").orElse(data.size() + " rows");
  }

  private static int[] rows(LabelledData data, IntPredicate side) {
    return IntStream.range(0, data.size()).filter(side).toArray();
  }

  private void requireClassesInTrain(String asked, Remedy remedy) {
    BitSet untrained = classes(test);
    untrained.andNot(classes(train));
    if (!untrained.isEmpty()) {
      throw new IllegalArgumentException(
          "%s leaves no row of class number %d to train on, counted from 0; %s"
              .formatted(asked, untrained.nextSetBit(0), remedy.ofClass));
    }
  }

  /** The classes that occur; none in a regression. */
  private static BitSet classes(LabelledData data) {
    BitSet classes = new BitSet();
    IntStream.range(0, data.size()).forEach(row -> data.markClasses(row, classes));
    return classes;
  }

  private static void requireOtherKeys(LabelledData train, LabelledData test) {
    if (train.keys().isEmpty() || test.keys().isEmpty()) {
      return;
    }
    Set<String> trained = namesWithRows(train.keys().get());
    Set<String> both = namesWithRows(test.keys().get());
    both.retainAll(trained);
    if (!both.isEmpty()) {
      throw new IllegalArgumentException(
          "test must hold other clients than train; %d keys have rows in both (numbers are compared by value, and keys may differ in form)"
              .formatted(both.size()));
    }
  }

  /**
   * Without keys nothing else shows that the test rows are those that were trained on. Some may be
   * equal by chance.
   */
  private static void requireOtherRows(LabelledData train, LabelledData test) {
    boolean keyed = train.keys().isPresent() && test.keys().isPresent();
    if (keyed || test.size() == 0 || !withoutThoseOf(train, test, 1).isEmpty()) {
      return;
    }
    if (withoutThoseOf(train, test, test.size()).isEmpty()) {
      throw new IllegalArgumentException(
          "test must hold other rows than train; all %d test rows equal a training row in features and label: give other rows, or hold out a share of these"
              .formatted(test.size()));
    }
  }

  /** Those of the first {@code count} test rows that equal no training row. */
  private static Set<FloatBuffer> withoutThoseOf(LabelledData train, LabelledData test, int count) {
    Set<FloatBuffer> others = new HashSet<>();
    for (int row = 0; row < count; row++) {
      others.add(FloatBuffer.wrap(test.content(row)));
    }
    for (int row = 0; row < train.size() && !others.isEmpty(); row++) {
      others.remove(FloatBuffer.wrap(train.content(row)));
    }
    return others;
  }

  /** Keys as they are told apart: where similar keys are refused or joined, by their form. */
  private static Set<String> namesWithRows(RowKeys keys) {
    boolean[] has = keys.hasRows();
    Set<String> names = new HashSet<>();
    for (int key = 0; key < has.length; key++) {
      if (has[key]) {
        CellValue name = new CellValue(keys.names().get(key));
        names.add(
            keys.similar() == SimilarKeys.DISTINCT ? name.canonical() : name.form().canonical());
      }
    }
    return names;
  }
}
