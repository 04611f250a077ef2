package org.dpfed.dl4j;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.dpfed.federated.Augmentation;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Mini-batches of one client's examples, in a new order each epoch. The examples are copied to Java
 * arrays, from which rows are gathered much faster than ND4J selects them.
 */
final class Batches {
  private final int batchSize;
  private final SplittableRandom random;
  private final Augmentation augmentation;

  /** Apart from the order, which augmentation does not change. */
  private final SplittableRandom augmentationRandom;

  private final int[] order;
  private final Rows features;
  private final Rows labels;
  private final @Nullable Rows featuresMask;
  private final @Nullable Rows labelsMask;

  /**
   * @param examples at least one; unchanged
   * @param batchSize at least 1
   * @param maxExamples how many are used at most, at least 1; where there are more, a random part
   * @param seed of that part and of the order
   */
  Batches(DataSet examples, int batchSize, int maxExamples, long seed) {
    this(examples, batchSize, maxExamples, seed, Augmentation.NONE);
  }

  /**
   * As the other.
   *
   * @param seed of the augmentation too
   * @param augmentation changes what each batch copies of the examples
   */
  Batches(DataSet examples, int batchSize, int maxExamples, long seed, Augmentation augmentation) {
    this.batchSize = batchSize;
    this.random = new SplittableRandom(seed);
    this.augmentation = augmentation;
    this.augmentationRandom = new SplittableRandom(seed).split();
    int[] used = part(examples.numExamples(), maxExamples, random);
    this.order = IntStream.range(0, used.length).toArray();
    this.features = new Rows(examples.getFeatures(), used);
    this.labels = new Rows(examples.getLabels(), used);
    this.featuresMask = Rows.of(examples.getFeaturesMaskArray(), used);
    this.labelsMask = Rows.of(examples.getLabelsMaskArray(), used);
  }

  /** At most {@code most} of the numbers below {@code n}, each subset as likely as another. */
  private static int[] part(int n, int most, SplittableRandom random) {
    int[] all = IntStream.range(0, n).toArray();
    if (n <= most) {
      return all;
    }
    for (int i = 0; i < most; i++) {
      swap(all, i, random.nextInt(i, n));
    }
    return Arrays.copyOf(all, most);
  }

  private static void swap(int[] values, int i, int j) {
    int moved = values[i];
    values[i] = values[j];
    values[j] = moved;
  }

  /** Every example once. A client that fits into one batch keeps its own order. */
  Iterable<Batch> nextEpoch() {
    if (order.length > batchSize) {
      shuffle();
    }
    return () ->
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < order.length;
          }

          @Override
          public Batch next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            int[] rows = Arrays.copyOfRange(order, next, Math.min(next + batchSize, order.length));
            next += rows.length;
            Batch batch = new Batch(rows);
            batch.augment();
            return batch;
          }
        };
  }

  /**
   * Some of the examples; valid until the next batch is asked for its values, and where examples
   * are augmented until there is a next batch.
   */
  final class Batch {
    private final int[] rows;

    private Batch(int[] rows) {
      this.rows = rows;
    }

    /** Copies the rows and changes the copies, where there is something to change. */
    private void augment() {
      if (augmentation == Augmentation.NONE) {
        return;
      }
      augmentation.apply(
          features.copy(rows),
          labels.copy(rows),
          featuresMask == null ? null : featuresMask.copy(rows),
          labelsMask == null ? null : labelsMask.copy(rows),
          augmentationRandom);
    }

    /**
     * Whether it is of that form without a mask.
     *
     * @param series whether it must be series, and otherwise rows or images
     * @param seriesLabels whether labels must be series or rows, and otherwise images or rows
     * @param withWeights whether a mask of the labels is allowed: {@code [n, 1, h, w]}, or {@code
     *     [n, steps]} of series
     */
    boolean isPlain(boolean series, boolean seriesLabels, boolean withWeights) {
      int rank = features.shape.length;
      int labelsRank = labels.shape.length;
      return (series ? rank == 3 : rank == 2 || rank == 4)
          && (labelsRank == 2 || labelsRank == (seriesLabels ? 3 : 4))
          && featuresMask == null
          && (labelsMask == null || (withWeights && areWeights(labelsMask.shape, labels.shape)));
    }

    private static boolean areWeights(long[] mask, long[] labelled) {
      if (labelled.length == 3) {
        return mask.length == 2 && mask[1] == labelled[2];
      }
      return mask.length == 4
          && labelled.length == 4
          && mask[1] == 1
          && mask[2] == labelled[2]
          && mask[3] == labelled[3];
    }

    long[] featuresShape() {
      return features.shapeOf(rows);
    }

    /** In 'c' order. */
    float[] features() {
      return features.pick(rows);
    }

    long[] labelsShape() {
      return labels.shapeOf(rows);
    }

    /** In 'c' order. */
    float[] labels() {
      return labels.pick(rows);
    }

    /** The labels' mask in 'c' order, or null. */
    float @Nullable [] weights() {
      return labelsMask == null ? null : labelsMask.pick(rows);
    }

    /** Lends a copy of the batch as a data set, whose arrays are closed afterwards. */
    void with(Consumer<DataSet> user) {
      try (INDArray x = features.array(rows);
          INDArray y = labels.array(rows);
          INDArray xMask = featuresMask == null ? null : featuresMask.array(rows);
          INDArray yMask = labelsMask == null ? null : labelsMask.array(rows)) {
        user.accept(new org.nd4j.linalg.dataset.DataSet(x, y, xMask, yMask));
      }
    }
  }

  /** One array of the client's examples. */
  private static final class Rows {
    private final float[] values;
    private final long[] shape;
    private float[] picked = {};

    /** Whether {@link #picked} holds the rows of the batch already, changed. */
    private boolean isCopied;

    Rows(INDArray array, int[] used) {
      this.values = floats(array, used);
      this.shape = array.shape().clone();
      shape[0] = used.length;
    }

    /** The rows used, in 'c' order. */
    private static float[] floats(INDArray array, int[] used) {
      int rows = (int) array.size(0);
      INDArray all = array.castTo(DataType.FLOAT);
      boolean isDense =
          !all.isView() && all.ordering() == 'c' && Shape.hasDefaultStridesForShape(all);
      DataBuffer data = (isDense ? all : all.dup('c')).data();
      // In one copy where ND4J makes one call for each value.
      FloatBuffer source =
          Nd4j.getEnvironment().isCPU() ? data.asNioFloat() : FloatBuffer.wrap(data.asFloat());
      int width = Math.toIntExact(array.length() / rows);
      float[] values = new float[Math.multiplyExact(used.length, width)];
      if (used.length == rows) {
        source.get(0, values);
        return values;
      }
      for (int i = 0; i < used.length; i++) {
        source.get(used[i] * width, values, i * width, width);
      }
      return values;
    }

    static @Nullable Rows of(@Nullable INDArray array, int[] used) {
      return array == null ? null : new Rows(array, used);
    }

    long[] shapeOf(int[] rows) {
      long[] pickedShape = shape.clone();
      pickedShape[0] = rows.length;
      return pickedShape;
    }

    /** The rows one after another; overwritten by the next call. */
    float[] pick(int[] rows) {
      if (isCopied) {
        return picked;
      }
      return rows.length == shape[0] ? values : gather(rows);
    }

    /** Rows to change, which are picked from now on. */
    Augmentation.Values copy(int[] rows) {
      isCopied = true;
      return new Augmentation.Values(gather(rows), shapeOf(rows));
    }

    private float[] gather(int[] rows) {
      int width = values.length / (int) shape[0];
      if (picked.length < rows.length * width) {
        picked = new float[rows.length * width];
      }
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(values, rows[i] * width, picked, i * width, width);
      }
      return picked;
    }

    INDArray array(int[] rows) {
      int length = rows.length * (values.length / (int) shape[0]);
      return Nd4j.create(Arrays.copyOf(pick(rows), length), shapeOf(rows), 'c');
    }
  }

  /** Fisher and Yates. */
  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      swap(order, i, random.nextInt(i + 1));
    }
  }
}
