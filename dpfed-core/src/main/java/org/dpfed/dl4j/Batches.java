package org.dpfed.dl4j;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Mini-batches of one client's examples, in a fresh order each epoch. */
final class Batches {
  private final DataSet examples;
  private final int batchSize;
  private final SplittableRandom random;
  private final int[] order;

  /**
   * @param examples at least one; unchanged
   * @param batchSize at least 1
   * @param seed of the order
   */
  Batches(DataSet examples, int batchSize, long seed) {
    this.examples = examples;
    this.batchSize = batchSize;
    this.random = new SplittableRandom(seed);
    this.order = IntStream.range(0, examples.numExamples()).toArray();
  }

  /**
   * Every example once. A client that fits into one batch is handed over as it is, in its own
   * order.
   */
  Iterable<DataSet> nextEpoch() {
    if (order.length <= batchSize) {
      return List.of(examples);
    }
    shuffle();
    return () ->
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < order.length;
          }

          @Override
          public DataSet next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            int[] rows = Arrays.copyOfRange(order, next, Math.min(next + batchSize, order.length));
            next += rows.length;
            return rows(rows);
          }
        };
  }

  private DataSet rows(int[] rows) {
    return new org.nd4j.linalg.dataset.DataSet(
        pick(examples.getFeatures(), rows),
        pick(examples.getLabels(), rows),
        pick(examples.getFeaturesMaskArray(), rows),
        pick(examples.getLabelsMaskArray(), rows));
  }

  /** Copies rows along the first dimension. */
  private static @Nullable INDArray pick(@Nullable INDArray array, int[] rows) {
    if (array == null) {
      return null;
    }
    long[] shape = array.shape();
    INDArray matrix = array.reshape('c', shape[0], array.length() / shape[0]);
    shape[0] = rows.length;
    return Nd4j.pullRows(matrix, 1, rows, 'c').reshape('c', shape);
  }

  /** Fisher and Yates. */
  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int moved = order[i];
      order[i] = order[other];
      order[other] = moved;
    }
  }
}
