package org.dpfed.imaging.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.RowKeys;
import org.dpfed.data.Scaling;
import org.dpfed.imaging.Image;

/**
 * Collects images of one size, each with whose it is and with a class or a mask, into {@link
 * LabelledData} with keys: all rows of a patient then stay on one side of a split, and become one
 * client. Not thread-safe.
 */
public final class ImageRows {
  private final InputType.InputTypeConvolutional shape;
  private final List<String> classNames;
  private final List<Scaling> scalings;
  private final List<float[]> features = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();
  private final List<Mask> masks = new ArrayList<>();
  private final Map<String, Integer> keys = new LinkedHashMap<>();
  private final List<Integer> keyOfRow = new ArrayList<>();

  /**
   * @param shape of every image, {@code InputType.convolutional(height, width, channels)}
   * @param classNames public; a label, or a class of a mask, is an index into them
   * @param scalings of the values, with public constants: one for all channels, or one for each
   * @throws IllegalArgumentException when there is another number of scalings
   */
  public ImageRows(
      InputType.InputTypeConvolutional shape, List<String> classNames, List<Scaling> scalings) {
    this.shape = shape;
    this.classNames = List.copyOf(classNames);
    this.scalings = List.copyOf(scalings);
    if (scalings.size() != 1 && scalings.size() != shape.getChannels()) {
      throw new IllegalArgumentException(
          "scalings must be 1 or one for each of %d channels, were %d"
              .formatted(shape.getChannels(), scalings.size()));
    }
  }

  /**
   * Adds an image with a class.
   *
   * @param key whose it is, such as the patient's pseudonym
   * @param label an index into the class names
   * @throws IllegalArgumentException when the image has another size, or a value that is no number;
   *     when the label is no class; when rows before had masks
   */
  public void add(String key, Image image, int label) {
    if (!masks.isEmpty()) {
      throw new IllegalArgumentException("rows must all have masks or all have classes");
    }
    if (label < 0 || label >= classNames.size()) {
      throw new IllegalArgumentException("label must be in [0, %d)".formatted(classNames.size()));
    }
    add(key, image);
    labels.add(label);
  }

  /**
   * Adds an image with a mask.
   *
   * @param key whose it is, such as the patient's pseudonym
   * @param mask of the image's size, its classes indices into the class names
   * @throws IllegalArgumentException when image or mask have another size, or the image a value
   *     that is no number; when rows before had classes
   */
  public void add(String key, Image image, Mask mask) {
    if (!labels.isEmpty()) {
      throw new IllegalArgumentException("rows must all have masks or all have classes");
    }
    if (mask.height() != shape.getHeight() || mask.width() != shape.getWidth()) {
      throw new IllegalArgumentException(
          "mask must have the size of the image, %d × %d, had another"
              .formatted(shape.getHeight(), shape.getWidth()));
    }
    add(key, image);
    masks.add(mask);
  }

  /**
   * Says that there is a key, whether or not rows follow: one without rows is a client without
   * examples, so that how many clients there are does not depend on which images can be read.
   */
  public void addKey(String key) {
    keys.putIfAbsent(key, keys.size());
  }

  private void add(String key, Image image) {
    features.add(row(image));
    addKey(key);
    keyOfRow.add(keys.get(key));
  }

  /**
   * The values of the row that an image becomes, for a model that was trained on such rows; adds
   * nothing.
   *
   * @throws IllegalArgumentException when the image has another size, or a value that is no number
   */
  public float[] row(Image image) {
    if (image.channels() != shape.getChannels()
        || image.height() != shape.getHeight()
        || image.width() != shape.getWidth()) {
      throw new IllegalArgumentException(
          "image must have %d channels and %d × %d pixels, had others; resize or crop it"
              .formatted(shape.getChannels(), shape.getHeight(), shape.getWidth()));
    }
    return scaled(image);
  }

  private float[] scaled(Image image) {
    float[] values = image.values();
    int plane = values.length / image.channels();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException("image must hold finite values, holds others");
      }
      values[i] = scalings.get(scalings.size() == 1 ? 0 : i / plane).apply(values[i]);
    }
    return values;
  }

  /** Number of rows so far. */
  public int size() {
    return features.size();
  }

  /**
   * The rows, in the order in which they were added, with their keys.
   *
   * @throws IllegalArgumentException when there are none, when they have 2³¹ values or more, or
   *     when keys differ in form only
   */
  public LabelledData build() {
    if (features.isEmpty()) {
      throw new IllegalArgumentException("there must be at least 1 image, were 0");
    }
    int width = features.get(0).length;
    if ((long) width * size() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "images must have less than 2³¹ values in all, had more; take fewer or smaller ones");
    }
    float[] all = new float[width * size()];
    for (int row = 0; row < size(); row++) {
      System.arraycopy(features.get(row), 0, all, row * width, width);
    }
    LabelledData data =
        masks.isEmpty()
            ? LabelledData.of(shape, all, ints(labels), classNames)
            : LabelledData.segmentation(shape, all, joinedMasks(), classNames);
    return data.withKeys(new RowKeys(List.copyOf(keys.keySet()), ints(keyOfRow)));
  }

  private byte[] joinedMasks() {
    int pixels = Math.toIntExact(shape.getHeight() * shape.getWidth());
    byte[] joined = new byte[Math.multiplyExact(pixels, size())];
    for (int row = 0; row < size(); row++) {
      masks.get(row).copyTo(joined, row * pixels);
    }
    return joined;
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }
}
