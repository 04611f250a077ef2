package org.dpfed.cli.training;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.dpfed.data.LabelledData;

/**
 * What an index says of its examples, apart from their values.
 *
 * @param shape of an example: one size, or height, width and channels
 * @param isFlat whether images are rows of pixels
 * @param classes of a row, or of each pixel; empty where a number is to be predicted
 * @param areMasks whether each pixel has a class
 * @param ledger absolute path of the ledger of the data
 * @param images settings that say how their files are read, in YAML; empty for rows of a table
 * @param heldOut the {@link IndexedHeldOut#id} of the held-out rows that belong to it
 */
record IndexedExamples(
    List<Long> shape,
    boolean isFlat,
    List<String> classes,
    boolean areMasks,
    String ledger,
    String images,
    String heldOut) {

  IndexedExamples {
    boolean isShape = shape != null && (shape.size() == 1 || shape.size() == 3);
    if (!isShape || shape.stream().anyMatch(size -> size == null || size < 1)) {
      throw new IllegalArgumentException("an example has one size, or height, width and channels");
    }
    if (classes == null || ledger == null || images == null || heldOut == null) {
      throw new IllegalArgumentException("classes, ledger, images and held-out rows are needed");
    }
  }

  /**
   * @param rows of the kind of all
   */
  static IndexedExamples of(LabelledData rows, Path ledger, String images) {
    InputType type = rows.inputType();
    List<Long> shape;
    if (type instanceof InputType.InputTypeConvolutional image) {
      shape = List.of(image.getHeight(), image.getWidth(), image.getChannels());
    } else if (type instanceof InputType.InputTypeConvolutionalFlat image) {
      shape = List.of(image.getHeight(), image.getWidth(), image.getDepth());
    } else {
      shape = List.of(type.arrayElementsPerExample());
    }
    return new IndexedExamples(
        shape,
        type.getType() == InputType.Type.CNNFlat,
        rows.classNames(),
        rows.isSegmentation(),
        ledger.toString(),
        images,
        UUID.randomUUID().toString());
  }

  InputType inputType() {
    if (shape.size() == 1) {
      return InputType.feedForward(shape.get(0));
    }
    return isFlat
        ? InputType.convolutionalFlat(shape.get(0), shape.get(1), shape.get(2))
        : InputType.convolutional(shape.get(0), shape.get(1), shape.get(2));
  }

  /** No rows of this kind. */
  LabelledData none() {
    return rows(new float[0], new float[0], 0);
  }

  /** Rows that have the values of these examples. */
  LabelledData rows(float[] features, float[] labels, int count) {
    if (classes.isEmpty()) {
      return LabelledData.regression(inputType(), features, labels);
    }
    int places = areMasks ? Math.toIntExact(shape.get(0) * shape.get(1)) : 1;
    byte[] masks = new byte[areMasks ? count * places : 0];
    int[] classOf = new int[areMasks ? 0 : count];
    for (int i = 0; i < count * places; i++) {
      int first = i / places * classes.size() * places + i % places;
      int hot = 0;
      while (labels[first + hot * places] != 1) {
        hot++;
      }
      if (areMasks) {
        masks[i] = (byte) hot;
      } else {
        classOf[i] = hot;
      }
    }
    return areMasks
        ? LabelledData.segmentation(
            (InputType.InputTypeConvolutional) inputType(), features, masks, classes)
        : LabelledData.of(inputType(), features, classOf, classes);
  }
}
