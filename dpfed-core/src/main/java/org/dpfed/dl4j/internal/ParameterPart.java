package org.dpfed.dl4j.internal;

import org.deeplearning4j.nn.api.Layer;
import org.dpfed.nativememory.NativeFloats;

/**
 * A run of a layer's parameters, and the same run of their gradient. Both vectors may be exchanged
 * between steps.
 *
 * @param layer whose they are
 * @param first the first of its parameters in the run
 */
record ParameterPart(Layer layer, long first) {
  /** Address of parameter {@code index} of the run. */
  long address(long index) {
    return NativeFloats.address(layer.params()) + (first + index) * Float.BYTES;
  }

  /** Address of the gradient of parameter {@code index} of the run. */
  long gradientAddress(long index) {
    return NativeFloats.address(layer.getGradientsViewArray()) + (first + index) * Float.BYTES;
  }

  /** Copies parameters from {@code index} on. */
  void read(long index, float[] target, int length) {
    NativeFloats.window(layer.params(), first + index, length).get(0, target, 0, length);
  }

  /** Overwrites the gradient from {@code index} on. */
  void writeGradient(long index, float[] source, int length) {
    NativeFloats.window(layer.getGradientsViewArray(), first + index, length)
        .put(0, source, 0, length);
  }
}
