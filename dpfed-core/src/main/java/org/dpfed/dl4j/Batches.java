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
  private final @Nullable Rows features;
  private final @Nullable Rows labels;
  private final @Nullable Rows featuresMask;
  private final @Nullable Rows labelsMask;

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
    boolean isOneBatch = order.length <= batchSize;
    this.features = isOneBatch ? null : Rows.of(examples.getFeatures());
    this.labels = isOneBatch ? null : Rows.of(examples.getLabels());
    this.featuresMask = isOneBatch ? null : Rows.of(examples.getFeaturesMaskArray());
    this.labelsMask = isOneBatch ? null : Rows.of(examples.getLabelsMaskArray());
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
        Rows.pick(features, rows),
        Rows.pick(labels, rows),
        Rows.pick(featuresMask, rows),
        Rows.pick(labelsMask, rows));
  }

  /**
   * One array of the client's examples, held in Java: rows are copied from there far faster than
   * ND4J selects them.
   */
  private static final class Rows {
    private final float[] values;
    private final long[] shape;

    private Rows(INDArray array) {
      this.values = array.dup('c').data().asFloat();
      this.shape = array.shape();
    }

    static @Nullable Rows of(@Nullable INDArray array) {
      return array == null ? null : new Rows(array);
    }

    static @Nullable INDArray pick(@Nullable Rows source, int[] rows) {
      return source == null ? null : source.pick(rows);
    }

    private INDArray pick(int[] rows) {
      int width = values.length / (int) shape[0];
      float[] picked = new float[rows.length * width];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(values, rows[i] * width, picked, i * width, width);
      }
      long[] pickedShape = shape.clone();
      pickedShape[0] = rows.length;
      return Nd4j.create(picked, pickedShape, 'c');
    }
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
