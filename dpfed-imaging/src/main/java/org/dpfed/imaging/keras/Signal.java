package org.dpfed.imaging.keras;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * What a layer puts out.
 *
 * @param from name of the part that puts it out
 * @param type an image, channels first, or a vector
 * @param pieces of a vector, in order: {@code type} itself, or the images that were flattened and
 *     whose values DL4J has in another order than Keras; of an image {@code type}
 */
record Signal(String from, InputType type, List<InputType> pieces) {
  Signal(String from, InputType type) {
    this(from, type, List.of(type));
  }

  boolean isImage() {
    return type instanceof InputType.InputTypeConvolutional;
  }

  /** Whether it is a vector whose values are in another order than Keras'. */
  boolean isReordered() {
    return !isImage()
        && pieces.stream().anyMatch(InputType.InputTypeConvolutional.class::isInstance);
  }
}
