package org.dpfed.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * Reads grey images and their labels from pairs of IDX files, plain or gzipped: MNIST and data sets
 * in the same format.
 *
 * <p>Images are flat, {@code [n, height · width]}, with input type {@code convolutionalFlat}: dense
 * networks use them directly, convolutional ones reshape them. One row is one image; the files do
 * not say which person it belongs to.
 */
public final class IdxReader {
  /** What one row is. */
  public static final String UNIT = "image";

  private final List<String> classNames;
  private final Scaling scaling;

  /**
   * @param classNames public; a label is an index into them
   * @param scaling of a pixel, an integer from 0 to 255, such as {@link Scaling.Affine#PIXEL}
   */
  public IdxReader(List<String> classNames, Scaling scaling) {
    this.classNames = List.copyOf(classNames);
    this.scaling = scaling;
  }

  /**
   * The pair of files under which MNIST is known, {@code train-…} and {@code t10k-…}, each with
   * {@code images-idx3-ubyte} and {@code labels-idx1-ubyte}, with or without {@code .gz}.
   *
   * @throws NoSuchFileException when one of the four is missing
   * @throws MalformedDataException when one of them does not hold what it should
   */
  public TrainTestSplit readDirectory(Path directory) throws IOException {
    LabelledData train =
        read(
            find(directory, "train-images-idx3-ubyte"), find(directory, "train-labels-idx1-ubyte"));
    Path testImages = find(directory, "t10k-images-idx3-ubyte");
    LabelledData test = read(testImages, find(directory, "t10k-labels-idx1-ubyte"));
    if (!test.inputType().equals(train.inputType())) {
      throw MalformedDataException.in(testImages.toString())
          .problem(
              "expected images of the size of the training images, %s, found %s"
                  .formatted(
                      Arrays.toString(train.inputType().getShape()),
                      Arrays.toString(test.inputType().getShape())));
    }
    return new TrainTestSplit(train, test);
  }

  /**
   * One pair of files.
   *
   * @param images bytes of shape {@code [n, height, width]}
   * @param labels bytes of shape {@code [n]}
   * @throws MalformedDataException when one of them does not hold what it should
   */
  public LabelledData read(Path images, Path labels) throws IOException {
    IdxFile pixels = IdxFile.read(images, 3);
    IdxFile classes = IdxFile.read(labels, 1);
    if (classes.size(0) != pixels.size(0)) {
      throw MalformedDataException.in(labels.toString())
          .problem(
              "expected %d labels, one for each image of %s, found %d"
                  .formatted(pixels.size(0), images.getFileName(), classes.size(0)));
    }
    InputType image = InputType.convolutionalFlat(pixels.size(1), pixels.size(2), 1);
    return LabelledData.of(image, scaled(pixels.values()), classIndices(classes), classNames)
        .oneRowPer(UNIT);
  }

  private float[] scaled(byte[] pixels) {
    float[] table = new float[256];
    for (int value = 0; value < table.length; value++) {
      table[value] = scaling.apply(value);
    }
    float[] features = new float[pixels.length];
    for (int i = 0; i < features.length; i++) {
      features[i] = table[Byte.toUnsignedInt(pixels[i])];
    }
    return features;
  }

  private int[] classIndices(IdxFile file) throws MalformedDataException {
    int[] classIndices = new int[file.values().length];
    for (int i = 0; i < classIndices.length; i++) {
      classIndices[i] = Byte.toUnsignedInt(file.values()[i]);
      if (classIndices[i] >= classNames.size()) {
        throw MalformedDataException.in(file.file().toString())
            .problem(
                "expected labels from 0 to %d (%d classes), found a larger one at position %d"
                    .formatted(classNames.size() - 1, classNames.size(), i));
      }
    }
    return classIndices;
  }

  private static Path find(Path directory, String name) throws NoSuchFileException {
    Path plain = directory.resolve(name);
    Path gzipped = directory.resolve(name + ".gz");
    if (Files.isRegularFile(plain)) {
      return plain;
    }
    if (Files.isRegularFile(gzipped)) {
      return gzipped;
    }
    throw new NoSuchFileException(
        directory.toString(),
        null,
        "expected the file %s or %s.gz, found neither".formatted(name, name));
  }
}
