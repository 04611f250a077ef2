package org.dpfed.dl4j;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The labels of a batch, one row for each example, time step or pixel, and which of them the masks
 * let through.
 *
 * @param width labels in a row
 * @param values row after row
 * @param scored for each value, whether it counts
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Labels(int width, float[] values, boolean[] scored) {
  /**
   * @param batch unchanged
   * @param axis along which the labels of one row lie
   */
  static Labels of(DataSet batch, int axis) {
    INDArray labels = batch.getLabels();
    float[] values = rows(labels, axis);
    boolean[] scored = new boolean[values.length];
    INDArray mask = mask(batch);
    if (mask == null) {
      Arrays.fill(scored, true);
    } else {
      try (INDArray all = Nd4j.create(DataType.FLOAT, labels.shape(), 'c')) {
        float[] weights = rows(all.addi(aligned(mask, labels, axis)), axis);
        for (int i = 0; i < weights.length; i++) {
          scored[i] = weights[i] != 0;
        }
      }
    }
    return new Labels(Math.toIntExact(labels.size(axis)), values, scored);
  }

  /** The elements of {@code array} in 'c' order, with {@code axis} moved to the end. */
  static float[] rows(INDArray array, int axis) {
    int[] order = new int[array.rank()];
    int next = 0;
    for (int i = 0; i < order.length; i++) {
      if (i != axis) {
        order[next++] = i;
      }
    }
    order[next] = axis;
    try (INDArray dense = array.permute(order).castTo(DataType.FLOAT).dup('c')) {
      return dense.data().asFloat();
    }
  }

  /** The labels' own mask; for a label at each time step, otherwise that of the time steps. */
  private static @Nullable INDArray mask(DataSet batch) {
    INDArray own = batch.getLabelsMaskArray();
    INDArray features = batch.getFeaturesMaskArray();
    boolean isPerStep =
        own == null
            && features != null
            && features.rank() == 2
            && batch.getLabels().rank() == 3
            && batch.getFeatures().rank() == 3;
    return isPerStep ? features : own;
  }

  /** The mask with an axis for each of the labels' axes, of their length or of length 1. */
  private static INDArray aligned(INDArray mask, INDArray labels, int axis) {
    long[] shape = mask.shape();
    long[] aligned = labels.shape().clone();
    if (shape.length == aligned.length - 1) {
      aligned[axis] = 1;
    } else if (shape.length == 2 && shape[1] == 1 && aligned.length > 2) {
      Arrays.fill(aligned, 1, aligned.length, 1);
    } else {
      aligned = shape;
    }
    return mask.castTo(DataType.FLOAT).reshape(aligned);
  }

  int rows() {
    return values.length / width;
  }

  /**
   * The first row that counts and has an output that is not finite; −1 if there is none.
   *
   * @param values outputs, as many to a row as there are outputs
   */
  int firstNotFinite(float[] values) {
    int outputs = values.length / rows();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i]) && isScoredAtAll(i / outputs)) {
        return i / outputs;
      }
    }
    return -1;
  }

  /** Whether the masks let any of the row through. */
  boolean isScoredAtAll(int row) {
    return scoredIn(row) > 0;
  }

  /** Whether the masks let the whole row through. */
  boolean isScored(int row) {
    return scoredIn(row) == width;
  }

  private int scoredIn(int row) {
    int count = 0;
    for (int i = row * width; i < (row + 1) * width; i++) {
      count += scored[i] ? 1 : 0;
    }
    return count;
  }

  /** The class of a row, given by number or one-hot. */
  int classOf(int row) {
    if (width == 1) {
      return (int) values[row];
    }
    int hot = 0;
    while (values[row * width + hot] == 0) {
      hot++;
    }
    return hot;
  }
}
