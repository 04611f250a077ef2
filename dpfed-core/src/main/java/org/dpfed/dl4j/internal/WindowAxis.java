package org.dpfed.dl4j.internal;

import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;

/**
 * How windows slide along one axis of an image or a series.
 *
 * @param kernel places under a window
 * @param stride from one window to the next
 * @param padding before and behind the values, where the mode does not say it
 * @param dilation from one place to the next
 * @param mode DL4J's rule of how many windows there are
 */
record WindowAxis(int kernel, int stride, int padding, int dilation, ConvolutionMode mode) {
  /** One place, moved by 1. */
  static final WindowAxis POINT = new WindowAxis(1, 1, 0, 1, ConvolutionMode.Truncate);

  /** Axis 0, down the rows, or 1, across the columns. */
  static WindowAxis of(int axis, ConvolutionLayer conf) {
    return new WindowAxis(
        conf.getKernelSize()[axis],
        conf.getStride()[axis],
        conf.getPadding()[axis],
        conf.getDilation()[axis],
        conf.getConvolutionMode());
  }

  /** Axis 0, down the rows, or 1, across the columns. */
  static WindowAxis of(int axis, SubsamplingLayer conf) {
    return new WindowAxis(
        conf.getKernelSize()[axis],
        conf.getStride()[axis],
        conf.getPadding()[axis],
        conf.getDilation()[axis],
        conf.getConvolutionMode());
  }

  /** Values from the first to the last place of a window. */
  int reach() {
    return (kernel - 1) * dilation + 1;
  }

  /**
   * How many windows there are.
   *
   * @param length of the values without padding
   * @throws IllegalArgumentException where none fits, or they do not fit as the mode demands
   */
  int windows(int length) {
    if (mode == ConvolutionMode.Same || mode == ConvolutionMode.Causal) {
      return (length + stride - 1) / stride;
    }
    int beyondFirst = length + 2 * padding - reach();
    if (beyondFirst < 0 || (mode == ConvolutionMode.Strict && beyondFirst % stride != 0)) {
      throw new IllegalArgumentException(
          "a kernel that reaches over %d values, with padding %d and stride %d, does not fit %d values"
              .formatted(reach(), padding, stride, length));
    }
    return beyondFirst / stride + 1;
  }

  /** Padding before the first value. */
  int before(int length) {
    if (mode == ConvolutionMode.Causal) {
      return reach() - 1;
    }
    if (mode != ConvolutionMode.Same) {
      return padding;
    }
    int missing = (windows(length) - 1) * stride + reach() - length;
    if (missing < -1) {
      throw new IllegalArgumentException(
          "a stride of %d skips values of %d under a kernel of %d"
              .formatted(stride, length, kernel));
    }
    return missing / 2;
  }

  /** How long the values are that a transposed convolution makes of so many windows. */
  int transposed(int windows) {
    return mode == ConvolutionMode.Same
        ? windows * stride
        : (windows - 1) * stride + reach() - 2 * padding;
  }
}
