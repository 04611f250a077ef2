package org.dpfed.data.partition;

import java.util.Random;
import org.dpfed.data.LabelledData;

/**
 * Orders of rows as int arrays. Draws come from {@link Random}, whose algorithm, unlike that of
 * newer generators, is part of its specification; privacy does not depend on it.
 */
final class RowOrder {
  private RowOrder() {}

  /** 0, 1, … size − 1. */
  static int[] identity(int size) {
    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }
    return order;
  }

  /** How many pieces of {@code size} cover {@code total}, the last one possibly smaller. */
  static int pieces(int total, int size) {
    return (int) (((long) total + size - 1) / size);
  }

  /** A uniformly random permutation (Fisher and Yates), in place. */
  static void shuffle(int[] order, Random random) {
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
  }

  /**
   * Sorts by label, keeping the order within a label (a counting sort).
   *
   * @return where each class begins in {@code order}, and the end
   */
  static int[] sortByLabel(int[] order, LabelledData data) {
    int[] starts = new int[data.classes() + 1];
    for (int row : order) {
      starts[data.label(row) + 1]++;
    }
    for (int k = 0; k < data.classes(); k++) {
      starts[k + 1] += starts[k];
    }
    int[] next = starts.clone();
    for (int row : order.clone()) {
      order[next[data.label(row)]++] = row;
    }
    return starts;
  }

  /**
   * @throws IllegalArgumentException unless {@code examplesPerClient} is at least 1
   */
  static void requireAtLeastOne(int examplesPerClient) {
    if (examplesPerClient < 1) {
      throw new IllegalArgumentException(
          "examplesPerClient must be at least 1, was " + examplesPerClient);
    }
  }
}
