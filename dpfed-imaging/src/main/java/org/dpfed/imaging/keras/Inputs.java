package org.dpfed.imaging.keras;

import java.util.List;
import org.deeplearning4j.nn.conf.inputs.InputType;

/** Checks what comes into a layer. */
final class Inputs {
  private Inputs() {}

  /** Size of the only input, which must be a vector. */
  static long vector(LayerConfig layer, List<Signal> inputs) throws KerasException {
    Signal input = single(layer, inputs);
    if (input.isImage()) {
      throw layer.problem(
          "expected a vector before it; put Flatten or GlobalAveragePooling2D there");
    }
    return input.type().arrayElementsPerExample();
  }

  /** Channels of the only input, which must be an image that the layer finds room in. */
  static long channels(LayerConfig layer, List<Signal> inputs) throws KerasException {
    Signal input = single(layer, inputs);
    layer.requireChannelsLast();
    if (input.type() instanceof InputType.InputTypeConvolutional image) {
      requireRoom(layer, image);
      return image.getChannels();
    }
    throw layer.problem("expected an image before it, found a vector");
  }

  /** DL4J rounds the size of an output towards zero, and so makes 1 pixel of none. */
  private static void requireRoom(LayerConfig layer, InputType.InputTypeConvolutional image)
      throws KerasException {
    String option = layer.kind().startsWith("Conv") ? "kernel_size" : "pool_size";
    if (!layer.options().path("padding").asText().equals("valid")
        || layer.kind().equals("Conv2DTranspose")) {
      return;
    }
    int[] kernel = layer.pair(option);
    int[] gaps = option.equals("pool_size") ? new int[] {1, 1} : layer.pair("dilation_rate");
    if ((kernel[0] - 1L) * gaps[0] >= image.getHeight()
        || (kernel[1] - 1L) * gaps[1] >= image.getWidth()) {
      throw layer.problem("its %s is larger than the image before it".formatted(option));
    }
  }

  /** The only input. */
  static Signal single(LayerConfig layer, List<Signal> inputs) throws KerasException {
    if (inputs.size() != 1) {
      throw layer.problem("expected one input, found %d".formatted(inputs.size()));
    }
    return inputs.get(0);
  }
}
