package org.dpfed.data;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Labelled examples held in memory, one row each: {@code float} features and one class among a
 * public list of names.
 *
 * <p>Rows live in plain Java arrays, so that a few of them are gathered by block copies, from any
 * thread and without an operation on the backend; only what is handed out becomes an {@link
 * INDArray}. Immutable, and limited to 2³¹ − 1 feature values in all.
 */
public final class LabelledData {
  private final InputType inputType;
  private final long[] exampleShape;
  private final int width;
  private final float[] features;
  private final int[] labels;
  private final List<String> classNames;
  private final @Nullable RowKeys keys;

  private LabelledData(
      InputType inputType,
      float[] features,
      int[] labels,
      List<String> classNames,
      @Nullable RowKeys keys) {
    this.inputType = Objects.requireNonNull(inputType);
    this.exampleShape = exampleShape(inputType);
    this.width = width(exampleShape, inputType);
    this.features = features;
    this.labels = labels;
    this.classNames = List.copyOf(classNames);
    this.keys = keys;
    requireConsistent();
  }

  /**
   * Data from arrays that the caller gives up.
   *
   * @param inputType shape of one example, also what an architecture is configured with
   * @param features row after row, each in 'c' order of the example's shape; owned by the result
   * @param labels the class of each row, an index into {@code classNames}; owned by the result
   * @param classNames at least 2 distinct names; public, not collected from clients' data
   */
  public static LabelledData of(
      InputType inputType, float[] features, int[] labels, List<String> classNames) {
    return new LabelledData(inputType, features, labels, classNames, null);
  }

  /**
   * A copy of data held in ND4J arrays.
   *
   * @param features {@code [n, …]}; unchanged
   * @param labels {@code [n, classes]}, each row a one and zeros; unchanged
   */
  public static LabelledData copyOf(INDArray features, INDArray labels, List<String> classNames) {
    if (labels.rank() != 2
        || labels.size(1) != classNames.size()
        || labels.size(0) != features.size(0)) {
      throw new IllegalArgumentException(
          "labels must have shape [%d, %d] (examples, classes), had %s"
              .formatted(features.size(0), classNames.size(), Arrays.toString(labels.shape())));
    }
    float[][] oneHot = labels.castTo(DataType.FLOAT).toFloatMatrix();
    int[] classOf = new int[oneHot.length];
    for (int row = 0; row < oneHot.length; row++) {
      classOf[row] = hotIndex(oneHot[row], row);
    }
    InputType inputType = InputType.inferInputType(features);
    float[] values = features.castTo(DataType.FLOAT).dup('c').data().asFloat();
    return of(inputType, values, classOf, classNames);
  }

  /** The same rows, each belonging to a key. */
  public LabelledData withKeys(RowKeys rowKeys) {
    return new LabelledData(inputType, features, labels, classNames, rowKeys);
  }

  /** Number of examples. */
  public int size() {
    return labels.length;
  }

  /** Shape of one example, as an architecture wants it. */
  public InputType inputType() {
    return inputType;
  }

  /** Number of classes. */
  public int classes() {
    return classNames.size();
  }

  /** Names of the classes; a label is an index into them. */
  public List<String> classNames() {
    return classNames;
  }

  /** The class of {@code row}, an index into {@link #classNames}. */
  public int label(int row) {
    return labels[row];
  }

  /** The key of each row, where the source has any. */
  public Optional<RowKeys> keys() {
    return Optional.ofNullable(keys);
  }

  /**
   * A fresh copy of some rows: features {@code [to − from, …]}, one-hot labels {@code [to − from,
   * classes]}, both {@code float} in 'c' order and the caller's own.
   *
   * @param rows row numbers; unchanged
   * @param from first position in {@code rows}
   * @param to one past the last position
   */
  public DataSet gather(int[] rows, int from, int to) {
    Objects.checkFromToIndex(from, to, rows.length);
    float[] x = new float[Math.multiplyExact(to - from, width)];
    float[] y = new float[(to - from) * classes()];
    for (int i = 0; i < to - from; i++) {
      int row = rows[from + i];
      System.arraycopy(features, row * width, x, i * width, width);
      y[i * classes() + labels[row]] = 1;
    }
    return dataSet(to - from, x, y);
  }

  /** A fresh copy of every row, for evaluation; shapes as in {@link #gather}. */
  public DataSet toDataSet() {
    float[] y = new float[Math.multiplyExact(size(), classes())];
    for (int row = 0; row < size(); row++) {
      y[row * classes() + labels[row]] = 1;
    }
    return dataSet(size(), features, y);
  }

  /** A copy of some rows, in the order given, with their keys. */
  public LabelledData select(int[] rows) {
    float[] x = new float[Math.multiplyExact(rows.length, width)];
    int[] y = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(features, rows[i] * width, x, i * width, width);
      y[i] = labels[rows[i]];
    }
    return new LabelledData(inputType, x, y, classNames, keys == null ? null : keys.select(rows));
  }

  @Override
  public String toString() {
    return "LabelledData[%d examples, %s, classes %s]".formatted(size(), inputType, classNames);
  }

  private DataSet dataSet(int rows, float[] x, float[] y) {
    long[] shape = new long[exampleShape.length + 1];
    shape[0] = rows;
    System.arraycopy(exampleShape, 0, shape, 1, exampleShape.length);
    return new DataSet(array(x, shape), array(y, new long[] {rows, classes()}));
  }

  private static INDArray array(float[] values, long[] shape) {
    if (values.length == 0) {
      return Nd4j.create(DataType.FLOAT, shape);
    }
    if (!Nd4j.getEnvironment().isCPU()) {
      return Nd4j.create(values, shape, Nd4j.getStrides(shape, 'c'), 'c', DataType.FLOAT);
    }
    // The same, in one copy where ND4J makes one call for each value.
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    array.data().asNioFloat().put(values);
    return array;
  }

  private void requireConsistent() {
    if (classNames.size() < 2 || classNames.stream().distinct().count() != classNames.size()) {
      throw new IllegalArgumentException(
          "classNames must be at least 2 distinct names, were " + classNames);
    }
    if (features.length != (long) labels.length * width) {
      throw new IllegalArgumentException(
          "features must hold %d values (%d rows of %d), held %d"
              .formatted((long) labels.length * width, labels.length, width, features.length));
    }
    for (int row = 0; row < labels.length; row++) {
      if (labels[row] < 0 || labels[row] >= classNames.size()) {
        throw new IllegalArgumentException(
            "labels must be in [0, %d), the one of row %d is not"
                .formatted(classNames.size(), row));
      }
    }
    if (keys != null && keys.rows() != labels.length) {
      throw new IllegalArgumentException(
          "keys must cover %d rows, cover %d".formatted(labels.length, keys.rows()));
    }
  }

  /** Flat images are one axis; every other type is shaped as the type says. */
  private static long[] exampleShape(InputType inputType) {
    return inputType.getType() == InputType.Type.CNNFlat
        ? new long[] {inputType.arrayElementsPerExample()}
        : inputType.getShape();
  }

  private static int width(long[] exampleShape, InputType inputType) {
    long width = 1;
    for (long size : exampleShape) {
      if (size < 1) {
        throw new IllegalArgumentException(
            "inputType must have every axis at least 1, was " + inputType);
      }
      width = Math.multiplyExact(width, size);
    }
    return Math.toIntExact(width);
  }

  private static int hotIndex(float[] oneHot, int row) {
    int hot = -1;
    for (int k = 0; k < oneHot.length; k++) {
      if (oneHot[k] == 1 && hot < 0) {
        hot = k;
      } else if (oneHot[k] != 0) {
        throw notOneHot(row);
      }
    }
    if (hot < 0) {
      throw notOneHot(row);
    }
    return hot;
  }

  private static IllegalArgumentException notOneHot(int row) {
    return new IllegalArgumentException(
        "labels must be one-hot (a single 1, otherwise 0); row " + row + " is not");
  }
}
