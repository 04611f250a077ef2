package org.dpfed.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Rows to train on and rows to evaluate on, of the same shape and classes.
 *
 * <p>A guarantee speaks of the training rows alone: they are the population. Whoever is in the test
 * rows is protected by nothing, since accuracy is computed on them without noise.
 *
 * @param train becomes the clients
 * @param test held out
 */
public record TrainTestSplit(LabelledData train, LabelledData test) {
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
  }

  /**
   * Holds out {@code testSize} rows so that each class has the same share on both sides, up to one
   * row (largest remainders). Rows keep their order; each row is on one side. Rows are drawn one by
   * one: where a key holds several, it may have rows on both sides.
   *
   * @param testSize in [1, size − 1]
   * @param seed fixes the draw on every machine and Java version
   */
  public static TrainTestSplit stratified(LabelledData data, int testSize, long seed) {
    if (testSize < 1 || testSize >= data.size()) {
      throw new IllegalArgumentException(
          "testSize must be in [1, %d], was %d".formatted(data.size() - 1, testSize));
    }
    List<List<Integer>> rowsOfClass = rowsOfClass(data);
    int[] heldOut = proportionalCounts(rowsOfClass, data.size(), testSize);
    boolean[] inTest = new boolean[data.size()];
    // java.util.Random and not a newer generator: its algorithm is part of its specification.
    Random random = new Random(seed);
    for (int k = 0; k < heldOut.length; k++) {
      Collections.shuffle(rowsOfClass.get(k), random);
      rowsOfClass.get(k).subList(0, heldOut[k]).forEach(row -> inTest[row] = true);
    }
    int[] test = IntStream.range(0, data.size()).filter(row -> inTest[row]).toArray();
    int[] train = IntStream.range(0, data.size()).filter(row -> !inTest[row]).toArray();
    return new TrainTestSplit(data.select(train), data.select(test));
  }

  private static List<List<Integer>> rowsOfClass(LabelledData data) {
    List<List<Integer>> rows = new ArrayList<>();
    for (int k = 0; k < data.classes(); k++) {
      rows.add(new ArrayList<>());
    }
    for (int row = 0; row < data.size(); row++) {
      rows.get(data.label(row)).add(row);
    }
    return rows;
  }

  private static int[] proportionalCounts(List<List<Integer>> rowsOfClass, int size, int testSize) {
    int classes = rowsOfClass.size();
    int[] counts = new int[classes];
    long[] remainders = new long[classes];
    for (int k = 0; k < classes; k++) {
      long scaled = (long) rowsOfClass.get(k).size() * testSize;
      counts[k] = (int) (scaled / size);
      remainders[k] = scaled % size;
    }
    Integer[] byRemainder = IntStream.range(0, classes).boxed().toArray(Integer[]::new);
    Arrays.sort(byRemainder, (a, b) -> Long.compare(remainders[b], remainders[a]));
    int missing = testSize - Arrays.stream(counts).sum();
    for (int i = 0; i < missing; i++) {
      counts[byRemainder[i]]++;
    }
    return counts;
  }
}
