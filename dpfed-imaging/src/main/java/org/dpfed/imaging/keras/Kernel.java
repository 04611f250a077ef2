package org.dpfed.imaging.keras;

import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where the weights of a layer are in the file, and where they belong in a network.
 *
 * @param layer its name
 * @param shape in the file: {@code [in, out]} of a dense layer; {@code [height, width, in, out]} of
 *     a convolution, {@code [height, width, out, in]} of a transposed one
 * @param biases how many; 0 for none
 * @param flattened what the rows of a dense layer come from, one after another: images of which
 *     Keras takes the channels of a pixel together and DL4J the pixels of a channel, or vectors
 */
record Kernel(String layer, List<Long> shape, long biases, List<InputType> flattened) {
  /**
   * What was read of a layer.
   *
   * @param biases null for none
   */
  record Values(Kernel kernel, INDArray weights, @Nullable INDArray biases) {
    /**
     * Copies them and closes them.
     *
     * @param target of the same sizes
     */
    void moveTo(Layer target) {
      target.getParam("W").assign(kernel.arranged(weights));
      weights.close();
      if (biases != null) {
        target.getParam("b").assign(biases.reshape(1, biases.length()));
        biases.close();
      }
    }
  }

  /**
   * @throws KerasException when the file has not just these
   */
  Values read(Hdf5 file) throws KerasException {
    return new Values(
        this,
        file.weights(layer, "kernel:0", shape),
        biases == 0 ? null : file.weights(layer, "bias:0", List.of(biases)));
  }

  private INDArray arranged(INDArray read) {
    if (shape.size() == 4) {
      return read.permute(3, 2, 0, 1);
    }
    return flattened.stream().allMatch(type -> type.getType() == InputType.Type.FF)
        ? read
        : read.getRows(rows());
  }

  /** Keras' row for each row of DL4J. */
  private int[] rows() {
    int[] rows = new int[Math.toIntExact(shape.get(0))];
    int next = 0;
    for (InputType type : flattened) {
      int start = next;
      if (type instanceof InputType.InputTypeConvolutional image) {
        int channels = (int) image.getChannels();
        int pixels = (int) (image.getHeight() * image.getWidth());
        for (int channel = 0; channel < channels; channel++) {
          for (int pixel = 0; pixel < pixels; pixel++) {
            rows[next++] = start + pixel * channels + channel;
          }
        }
      } else {
        for (long i = 0; i < type.arrayElementsPerExample(); i++) {
          rows[next] = next++;
        }
      }
    }
    return rows;
  }
}
