package org.dpfed.imaging.medmnist;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;
import org.dpfed.data.MalformedDataException;
import org.dpfed.data.Scaling;
import org.dpfed.data.TrainTestSplit;

/**
 * Reads the {@code .npz} file of a MedMNIST data set into its published split. Images become
 * channels first, {@code [n, channels, height, width]}.
 *
 * @param set whose file is read; what the file holds must be as published
 * @param validation what becomes of the validation images
 * @param scaling of a pixel, an integer from 0 to 255, such as {@link Scaling.Affine#PIXEL}
 */
public record MedMnistReader(MedMnist set, Validation validation, Scaling scaling) {
  /** What one row is. */
  public static final String UNIT = "image";

  /** What becomes of the published validation images. */
  public enum Validation {
    /** They are trained on, after the training images. */
    JOIN_TRAINING,
    /** They are left out, for who chooses settings by them. */
    LEAVE_OUT,
    /** They are the test images, while settings are being chosen; the test images are left out. */
    INSTEAD_OF_TEST
  }

  /**
   * The training and test images.
   *
   * @throws MalformedDataException when the file does not hold that set
   */
  public TrainTestSplit read(Path file) throws IOException {
    try (NpzFile npz = NpzFile.open(file)) {
      String test = heldOutPart();
      LabelledData train =
          validation == Validation.JOIN_TRAINING ? rows(npz, "train", "val") : rows(npz, "train");
      LabelledData heldOut = rows(npz, test);
      if (!heldOut.inputType().equals(train.inputType())) {
        throw npz.place(test + "_images")
            .problem("expected images of the size of the training images, found others");
      }
      return new TrainTestSplit(train, heldOut);
    }
  }

  /**
   * The images that are held out, alone.
   *
   * @throws MalformedDataException when the file does not hold that set
   */
  public LabelledData readHeldOut(Path file) throws IOException {
    try (NpzFile npz = NpzFile.open(file)) {
      return rows(npz, heldOutPart());
    }
  }

  /**
   * Images without labels.
   *
   * @param type channels, height and width of each
   * @param rows the scaled values of each, channels first
   */
  public record Unlabelled(InputType.InputTypeConvolutional type, List<float[]> rows) {}

  /**
   * The images that are held out, alone. Labels are not looked for, and need not be there.
   *
   * @throws MalformedDataException when the file does not hold images of that set
   */
  public Unlabelled readHeldOutImages(Path file) throws IOException {
    try (NpzFile npz = NpzFile.open(file)) {
      Pixels pixels = pixels(npz, heldOutPart());
      int length = (int) pixels.type.arrayElementsPerExample();
      List<float[]> rows = new ArrayList<>();
      for (int row = 0; row < pixels.rows; row++) {
        rows.add(Arrays.copyOfRange(pixels.features, row * length, (row + 1) * length));
      }
      return new Unlabelled(pixels.type, rows);
    }
  }

  private String heldOutPart() {
    return validation == Validation.INSTEAD_OF_TEST ? "val" : "test";
  }

  /** The images of some parts, one after another, scaled. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Pixels(
      InputType.InputTypeConvolutional type, int rows, int[] counts, float[] features) {}

  private LabelledData rows(NpzFile npz, String... parts) throws IOException {
    Pixels pixels = pixels(npz, parts);
    int[] labels = new int[pixels.rows];
    int row = 0;
    for (int i = 0; i < parts.length; i++) {
      readLabels(npz, parts[i], pixels.counts[i], labels, row);
      row += pixels.counts[i];
    }
    return LabelledData.of(pixels.type, pixels.features, labels, set.classNames()).oneRowPer(UNIT);
  }

  private Pixels pixels(NpzFile npz, String... parts) throws IOException {
    NpyArray[] images = new NpyArray[parts.length];
    int rows = 0;
    for (int i = 0; i < parts.length; i++) {
      images[i] = npz.read(parts[i] + "_images");
      requireImages(images[i], npz.place(parts[i] + "_images"));
      if (!images[i].shape().get(1).equals(images[0].shape().get(1))) {
        throw npz.place(parts[i] + "_images")
            .problem("expected images of the size of the training images, found others");
      }
      rows += images[i].shape().get(0);
    }
    int side = images[0].shape().get(1);
    long values = (long) rows * set.channels() * side * side;
    if (values > Integer.MAX_VALUE) {
      throw npz.place(parts[0] + "_images")
          .problem(
              "expected images of less than 2³¹ values in all, found more; take a smaller size");
    }
    float[] features = new float[(int) values];
    int[] counts = new int[parts.length];
    int row = 0;
    for (int i = 0; i < parts.length; i++) {
      scale(images[i], features, row * set.channels() * side * side);
      counts[i] = images[i].shape().get(0);
      row += counts[i];
    }
    InputType.InputTypeConvolutional type =
        (InputType.InputTypeConvolutional) InputType.convolutional(side, side, set.channels());
    return new Pixels(type, rows, counts, features);
  }

  private void requireImages(NpyArray images, MalformedDataException.Place place)
      throws MalformedDataException {
    List<Integer> shape = images.shape();
    boolean isColour = set.channels() == 3;
    if (images.type() != NpyType.UINT8
        || shape.size() != (isColour ? 4 : 3)
        || !shape.get(1).equals(shape.get(2))
        || !MedMnist.SIZES.contains(shape.get(1))
        || (isColour && shape.get(3) != 3)) {
      throw place.problem(
          "expected images of %s, uint8 of shape [n, size, size%s] with a size of %s, found an array of another type or shape"
              .formatted(set.publishedName(), isColour ? ", 3" : "", MedMnist.SIZES));
    }
  }

  private void readLabels(NpzFile npz, String part, int count, int[] to, int from)
      throws IOException {
    NpyArray labels = npz.read(part + "_labels");
    List<Integer> shape = labels.shape();
    boolean isColumn = shape.size() == 1 || (shape.size() == 2 && shape.get(1) == 1);
    if (!isColumn || shape.get(0) != count) {
      throw npz.place(part + "_labels")
          .problem("expected %d labels, one for each image, found another shape".formatted(count));
    }
    for (int i = 0; i < count; i++) {
      double label = labels.at(i);
      int index = (int) label;
      if (index != label || index < 0 || index >= set.classNames().size()) {
        throw npz.place(part + "_labels")
            .problem(
                "expected labels from 0 to %d, found another one at position %d"
                    .formatted(set.classNames().size() - 1, i));
      }
      to[from + i] = index;
    }
  }

  /** Writes image after image, channels first. */
  private void scale(NpyArray images, float[] features, int from) {
    float[] table = new float[256];
    for (int value = 0; value < table.length; value++) {
      table[value] = scaling.apply(value);
    }
    List<Integer> shape = images.shape();
    int[] strides = images.strides();
    int channelStride = set.channels() == 1 ? 0 : strides[3];
    int at = from;
    for (int image = 0; image < shape.get(0); image++) {
      for (int channel = 0; channel < set.channels(); channel++) {
        for (int y = 0; y < shape.get(1); y++) {
          int line = image * strides[0] + channel * channelStride + y * strides[1];
          for (int x = 0; x < shape.get(2); x++) {
            features[at++] = table[(int) images.at(line + x * strides[2])];
          }
        }
      }
    }
  }
}
