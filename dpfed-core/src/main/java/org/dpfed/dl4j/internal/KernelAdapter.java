package org.dpfed.dl4j.internal;

import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.dpfed.dl4j.layers.BatchShape;
import org.dpfed.dl4j.layers.LayerKernel;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Converts between DL4J's arrays, {@code [n, features]} or {@code [n, c, h, w]}, and those of a
 * kernel with one input.
 *
 * @param <S> the kernel
 */
final class KernelAdapter<S extends LayerKernel> {
  private final S kernel;
  private final boolean needsInputGradient;
  private float[] input = {};
  private float[] output = {};
  private float[] gradient = {};
  private float[] inputGradient = {};
  private float[] examplesFirst = {};

  /** Shape of the last batch forward, until it has gone back. */
  private long @Nullable [] pending;

  /**
   * @param needsInputGradient whether anybody uses the gradient at the layer's input
   */
  KernelAdapter(S kernel, boolean needsInputGradient) {
    this.kernel = kernel;
    this.needsInputGradient = needsInputGradient;
  }

  S kernel() {
    return kernel;
  }

  /** Whether {@link #backward} can follow. */
  boolean isPending() {
    return pending != null;
  }

  /** The kernel's output for {@code batch}. */
  INDArray forward(INDArray batch, boolean training, LayerWorkspaceMgr workspaceMgr) {
    BatchShape out = kernel.prepare(List.of(BatchShape.of(batch.shape())));
    input = read(batch, input);
    output = Floats.ofLength(output, out.length());
    kernel.forward(new float[][] {input}, output);
    pending = training ? batch.shape() : null;
    long[] shape =
        batch.rank() == 2
            ? new long[] {out.examples(), out.features()}
            : new long[] {out.examples(), out.channels(), out.height(), out.width()};
    return write(output, shape, ArrayType.ACTIVATIONS, workspaceMgr);
  }

  /** The last output, until {@link #backward}. */
  float[] output() {
    return output;
  }

  /** The gradient at the last batch, from that at the output. */
  INDArray backward(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    gradient = read(epsilon, gradient);
    return backward(gradient, workspaceMgr);
  }

  INDArray backward(float[] gradientAtOutput, LayerWorkspaceMgr workspaceMgr) {
    long[] shape = Objects.requireNonNull(pending);
    pending = null;
    float @Nullable [] target = null;
    if (needsInputGradient) {
      inputGradient = Floats.ofLength(inputGradient, BatchShape.of(shape).length());
      target = inputGradient;
    }
    kernel.backward(new float[][] {input}, output, gradientAtOutput, new float[][] {target});
    // DL4J reshapes it even where nobody reads it, so it is there, if not filled.
    return write(target, shape, ArrayType.ACTIVATION_GRAD, workspaceMgr);
  }

  private float[] read(INDArray array, float[] room) {
    int length = (int) array.length();
    float[] values = Floats.ofLength(room, length);
    if (array.rank() == 2) {
      NativeFloats.readAll(array, values);
    } else {
      examplesFirst = Floats.ofLength(examplesFirst, length);
      NativeFloats.readAll(array, examplesFirst);
      int examples = (int) array.size(0);
      Floats.transpose(examplesFirst, examples, length / examples, values);
    }
    return values;
  }

  private INDArray write(
      float @Nullable [] values, long[] shape, ArrayType use, LayerWorkspaceMgr workspaceMgr) {
    INDArray array = workspaceMgr.createUninitialized(use, DataType.FLOAT, shape, 'c');
    if (values == null) {
      return array;
    }
    if (shape.length == 2) {
      NativeFloats.writeAll(values, array);
    } else {
      int length = (int) array.length();
      examplesFirst = Floats.ofLength(examplesFirst, length);
      Floats.transpose(values, length / (int) shape[0], (int) shape[0], examplesFirst);
      NativeFloats.writeAll(examplesFirst, array);
    }
    return array;
  }
}
