package org.dpfed.dl4j;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Examples with labels, taken a few at a time.
 *
 * @param examples at least one; unchanged
 */
record HeldOut(DataSet examples) {
  HeldOut {
    if (examples.numExamples() < 1) {
      throw new IllegalArgumentException("held-out data must have at least 1 example, had 0");
    }
    if (examples.getLabels() == null) {
      throw new IllegalArgumentException("held-out data must have labels, had none");
    }
    long rows = examples.getFeatures().size(0);
    Stream.of(examples.getLabels(), examples.getFeaturesMaskArray(), examples.getLabelsMaskArray())
        .filter(array -> array != null && array.size(0) != rows)
        .findFirst()
        .ifPresent(
            array -> {
              throw new IllegalArgumentException(
                  "held-out labels and masks must have %d rows like the features, one has %d"
                      .formatted(rows, array.size(0)));
            });
  }

  int size() {
    return examples.numExamples();
  }

  /** Copies of the examples from {@code from} to before {@code to}. */
  Batch batch(int from, int to) {
    return new Batch(
        new org.nd4j.linalg.dataset.DataSet(
            rows(examples.getFeatures(), from, to),
            column(rows(examples.getLabels(), from, to)),
            rowsOf(examples.getFeaturesMaskArray(), from, to),
            rowsOf(examples.getLabelsMaskArray(), from, to)));
  }

  /**
   * Copies of some examples.
   *
   * @param rows their numbers, in any order
   */
  Batch select(int[] rows) {
    return new Batch(
        new org.nd4j.linalg.dataset.DataSet(
            rows(examples.getFeatures(), rows),
            column(rows(examples.getLabels(), rows)),
            rowsOf(examples.getFeaturesMaskArray(), rows),
            rowsOf(examples.getLabelsMaskArray(), rows)));
  }

  /**
   * Some of the examples.
   *
   * @param data owned; its arrays are closed with this
   */
  record Batch(org.nd4j.linalg.dataset.DataSet data) implements AutoCloseable {
    int size() {
      return data.numExamples();
    }

    /** Shapes of the arrays, for an error message. */
    String shapes() {
      return "features "
          + shape(data.getFeatures())
          + ", labels "
          + shape(data.getLabels())
          + optional(", feature mask ", data.getFeaturesMaskArray())
          + optional(", label mask ", data.getLabelsMaskArray());
    }

    private static String optional(String name, @Nullable INDArray array) {
      return array == null ? "" : name + shape(array);
    }

    private static String shape(INDArray array) {
      return Arrays.toString(array.shape());
    }

    @Override
    public void close() {
      Stream.of(
              data.getFeatures(),
              data.getLabels(),
              data.getFeaturesMaskArray(),
              data.getLabelsMaskArray())
          .filter(Objects::nonNull)
          .forEach(INDArray::close);
    }
  }

  static @Nullable INDArray rowsOf(@Nullable INDArray array, int from, int to) {
    return array == null ? null : rows(array, from, to);
  }

  private static @Nullable INDArray rowsOf(@Nullable INDArray array, int[] rows) {
    return array == null ? null : rows(array, rows);
  }

  /** A copy of some rows of an array of any rank. */
  private static INDArray rows(INDArray array, int[] rows) {
    long[] shape = array.shape().clone();
    shape[0] = rows.length;
    INDArray copy = Nd4j.createUninitialized(array.dataType(), shape, 'c');
    for (int i = 0; i < rows.length; i++) {
      view(copy, i, i + 1).assign(view(array, rows[i], rows[i] + 1));
    }
    return copy;
  }

  /** A copy of the rows from {@code from} to before {@code to} of an array of any rank. */
  static INDArray rows(INDArray array, int from, int to) {
    return view(array, from, to).dup('c');
  }

  private static INDArray view(INDArray array, int from, int to) {
    INDArrayIndex[] index = new INDArrayIndex[array.rank()];
    index[0] = NDArrayIndex.interval(from, to);
    for (int axis = 1; axis < index.length; axis++) {
      index[axis] = NDArrayIndex.all();
    }
    return array.get(index);
  }

  /** One label for each example may come without an axis of its own. */
  private static INDArray column(INDArray labels) {
    return labels.rank() == 1 ? labels.reshape(labels.length(), 1) : labels;
  }
}
