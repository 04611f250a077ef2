package org.dpfed.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Labelled examples in memory, one per row: {@code float} features, and one class from a public
 * list of names, one number, or one class for each pixel to predict.
 *
 * <p>Rows are stored in plain Java arrays, so any thread can gather rows by block copies without a
 * backend operation; {@link INDArray}s are created only for callers. Immutable, and limited to 2³¹
 * − 1 feature values in total.
 */
public final class LabelledData {
  private final InputType inputType;
  private final long[] exampleShape;
  private final int width;
  private final float[] features;
  private final Targets targets;
  private final @Nullable RowKeys keys;
  private final @Nullable String rowUnit;
  private final @Nullable List<String> sites;

  private LabelledData(
      InputType inputType,
      float[] features,
      Targets targets,
      @Nullable RowKeys keys,
      @Nullable String rowUnit,
      @Nullable List<String> sites) {
    this.inputType = Objects.requireNonNull(inputType);
    this.exampleShape = exampleShape(inputType);
    this.width = width(exampleShape, inputType);
    this.features = features;
    this.targets = targets;
    this.keys = keys;
    this.rowUnit = rowUnit;
    this.sites = sites;
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
    return of(inputType, features, new Targets.Classes(labels, classNames));
  }

  /**
   * Data for a regression, from arrays that the caller gives up.
   *
   * @param inputType shape of one example, also what an architecture is configured with
   * @param features row after row, each in 'c' order of the example's shape; owned by the result
   * @param targets the number to be estimated of each row, finite; owned by the result
   */
  public static LabelledData regression(InputType inputType, float[] features, float[] targets) {
    return of(inputType, features, new Targets.Numbers(targets));
  }

  /**
   * Images with a mask each, from arrays that the caller gives up.
   *
   * @param image shape of one image; a mask has its height and width
   * @param features image after image, channels first; owned by the result
   * @param masks mask after mask, row after row, the class of each pixel as an index into {@code
   *     classNames}; owned by the result
   * @param classNames 2 to 128 distinct names; public, not collected from clients' data
   */
  public static LabelledData segmentation(
      InputType.InputTypeConvolutional image,
      float[] features,
      byte[] masks,
      List<String> classNames) {
    int height = Math.toIntExact(image.getHeight());
    int width = Math.toIntExact(image.getWidth());
    return of(image, features, new Targets.Masks(masks, height, width, classNames));
  }

  static LabelledData of(InputType inputType, float[] features, Targets targets) {
    return new LabelledData(inputType, features, targets, null, null, null);
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

  /**
   * The same rows, each belonging to a key.
   *
   * @throws IllegalArgumentException when each row was said to be a unit of its own and a key has
   *     several rows
   */
  public LabelledData withKeys(RowKeys rowKeys) {
    return new LabelledData(inputType, features, targets, rowKeys, rowUnit, sites);
  }

  /**
   * The same rows, of which each is said to be a unit of its own: one patient has one row. Only who
   * made the data can know that; where every row is a client, the guarantee may then name the unit,
   * and lists what was said among its assumptions.
   *
   * @param unit such as {@code patient}
   * @throws IllegalArgumentException when the rows have keys and a key has several rows
   */
  public LabelledData oneRowPer(String unit) {
    return new LabelledData(inputType, features, targets, keys, unit.strip(), sites);
  }

  /** The unit of which each row is one, where that was said. */
  public Optional<String> rowUnit() {
    return Optional.ofNullable(rowUnit);
  }

  /**
   * The same rows, each from a site, such as a hospital. Sites are for results by site alone: they
   * are no keys, and neither a split nor a partition follows them.
   *
   * @param siteOfRow for each row the name of its site; blank where it is not known
   */
  public LabelledData withSites(List<String> siteOfRow) {
    List<String> names = siteOfRow.stream().map(String::strip).toList();
    return new LabelledData(inputType, features, targets, keys, rowUnit, names);
  }

  /** The site of each row, blank where it is not known; empty where the source has no sites. */
  public Optional<List<String>> sites() {
    return Optional.ofNullable(sites);
  }

  /** Number of examples. */
  public int size() {
    return targets.rows();
  }

  /** Shape of one example, as an architecture wants it. */
  public InputType inputType() {
    return inputType;
  }

  /**
   * Number of values that a network puts out for one row, or for one pixel where each has a class:
   * the classes, or 1 in a regression.
   */
  public int outputs() {
    return (int) targets.shape()[0];
  }

  /** Whether the labels are numbers to be estimated rather than classes. */
  public boolean isRegression() {
    return targets instanceof Targets.Numbers;
  }

  /** Whether each pixel has a class of its own. */
  public boolean isSegmentation() {
    return targets instanceof Targets.Masks;
  }

  /**
   * Number of classes, one of which each row has.
   *
   * @throws IllegalArgumentException in a regression, and where each pixel has a class
   */
  public int classes() {
    return requireClasses().width();
  }

  /**
   * Names of the classes of rows or pixels; a label is an index into them. Empty in a regression.
   */
  public List<String> classNames() {
    if (targets instanceof Targets.Masks masks) {
      return masks.names();
    }
    return isRegression() ? List.of() : requireClasses().names();
  }

  /** Marks the classes that occur in {@code row}; none in a regression. */
  void markClasses(int row, BitSet classes) {
    targets.markClasses(row, classes);
  }

  /**
   * The class of {@code row}, an index into {@link #classNames}.
   *
   * @throws IllegalArgumentException in a regression, and where each pixel has a class
   */
  public int label(int row) {
    return requireClasses().label(row);
  }

  private Targets.Classes requireClasses() {
    if (targets instanceof Targets.Classes classes) {
      return classes;
    }
    throw new IllegalArgumentException(
        isSegmentation()
            ? "labels must be one class per row for this, were masks (a class per pixel), which have no class of a row to partition by; choose by-key, one-per-client or iid"
            : "labels must be classes for this, were numbers; a regression has no classes to partition or split by");
  }

  /** The key of each row, where the source has any. */
  public Optional<RowKeys> keys() {
    return Optional.ofNullable(keys);
  }

  /**
   * A fresh copy of some rows: features {@code [to − from, …]} and labels {@code [to − from,
   * outputs]}, one-hot or one number, both {@code float} in 'c' order and the caller's own. Masks
   * are labels {@code [to − from, outputs, height, width]}, one-hot along the second axis.
   *
   * @param rows row numbers; unchanged
   * @param from first position in {@code rows}
   * @param to one past the last position
   */
  public DataSet gather(int[] rows, int from, int to) {
    Objects.checkFromToIndex(from, to, rows.length);
    float[] x = new float[Math.multiplyExact(to - from, width)];
    float[] y = new float[Math.multiplyExact(to - from, targets.width())];
    for (int i = 0; i < to - from; i++) {
      int row = rows[from + i];
      System.arraycopy(features, row * width, x, i * width, width);
      targets.write(row, y, i * targets.width());
    }
    return dataSet(to - from, x, y);
  }

  /** A fresh copy of every row, for evaluation; shapes as in {@link #gather}. */
  public DataSet toDataSet() {
    float[] y = new float[Math.multiplyExact(size(), targets.width())];
    for (int row = 0; row < size(); row++) {
      targets.write(row, y, row * targets.width());
    }
    return dataSet(size(), features, y);
  }

  /** A copy of some rows, in the order given, with their keys. */
  public LabelledData select(int[] rows) {
    float[] x = new float[Math.multiplyExact(rows.length, width)];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(features, rows[i] * width, x, i * width, width);
    }
    return new LabelledData(
        inputType,
        x,
        targets.select(rows),
        keys == null ? null : keys.select(rows),
        rowUnit,
        sites == null ? null : Arrays.stream(rows).mapToObj(sites::get).toList());
  }

  /** Everything of one row but its position: features, then target. */
  float[] content(int row) {
    float[] content = new float[Math.addExact(width, targets.width())];
    System.arraycopy(features, row * width, content, 0, width);
    targets.write(row, content, width);
    return content;
  }

  /** SHA-256 of the features and targets of some rows, in the order given. Not to be stored. */
  public byte[] contentHash(int[] rows) {
    try {
      MessageDigest hash = MessageDigest.getInstance("SHA-256");
      for (int row : rows) {
        float[] content = content(row);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, content.length));
        bytes.asFloatBuffer().put(content);
        hash.update(bytes.array());
      }
      return hash.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return "LabelledData[%d examples, %s, %s]".formatted(size(), inputType, targets);
  }

  private DataSet dataSet(int rows, float[] x, float[] y) {
    return new DataSet(
        NativeFloats.array(x, batchShape(rows, exampleShape)),
        NativeFloats.array(y, batchShape(rows, targets.shape())));
  }

  private static long[] batchShape(int rows, long[] shape) {
    long[] batch = new long[shape.length + 1];
    batch[0] = rows;
    System.arraycopy(shape, 0, batch, 1, shape.length);
    return batch;
  }

  private void requireConsistent() {
    if (features.length != (long) size() * width) {
      throw new IllegalArgumentException(
          "features must hold %d values (%d rows of %d), held %d"
              .formatted((long) size() * width, size(), width, features.length));
    }
    if (keys != null && keys.rows() != size()) {
      throw new IllegalArgumentException(
          "keys must cover %d rows, cover %d".formatted(size(), keys.rows()));
    }
    if (sites != null && sites.size() != size()) {
      throw new IllegalArgumentException(
          "sites must be %d, one for each row, were %d".formatted(size(), sites.size()));
    }
    if (rowUnit != null && rowUnit.isBlank()) {
      throw new IllegalArgumentException("unit of a row must be named, was blank");
    }
    if (rowUnit != null && keys != null && keys.keysWithRows() < size()) {
      throw new IllegalArgumentException(
          "the data declares one row per %s, but some key has several rows; remove the key or the declaration"
              .formatted(rowUnit));
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
