package org.dpfed.dl4j.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * The arrays of a network's steps. First all values of a step are placed, in the order in which
 * they are made and no longer needed: an array is used for another value as soon as nobody needs
 * the one in it. Then {@link #array} gives the arrays, the same ones for every plan.
 */
final class StepMemory {
  private final List<Integer> lengths = new ArrayList<>();
  private final TreeSet<Integer> free = new TreeSet<>();
  private final List<float[]> arrays = new ArrayList<>();

  /** Begins another plan. */
  void clear() {
    lengths.clear();
    free.clear();
  }

  /** The number of an array for a value of that length: of those free the one that fits best. */
  int take(int length) {
    int best = -1;
    for (int each : free) {
      if (best < 0 || fitsBetter(lengths.get(each), lengths.get(best), length)) {
        best = each;
      }
    }
    if (best < 0) {
      lengths.add(length);
      return lengths.size() - 1;
    }
    free.remove(best);
    lengths.set(best, Math.max(length, lengths.get(best)));
    return best;
  }

  /** Of those long enough the shortest; where none is, the longest, which then grows. */
  private static boolean fitsBetter(int one, int other, int length) {
    return one >= length ? other < length || one < other : other < length && one > other;
  }

  /** Nobody needs what is in that array. */
  void give(int array) {
    if (!free.add(array)) {
      throw new IllegalStateException("array " + array + " is free already");
    }
  }

  /** The array of that number, once all values are placed. */
  float[] array(int number) {
    while (arrays.size() <= number) {
      arrays.add(new float[0]);
    }
    float[] array = Floats.ofLength(arrays.get(number), lengths.get(number));
    arrays.set(number, array);
    return array;
  }

  /** Floats of all arrays. */
  long size() {
    return lengths.stream().mapToLong(length -> length).sum();
  }
}
