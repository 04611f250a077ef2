package org.dpfed.dl4j.internal;

import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.dpfed.nativememory.NativeFloats;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Converts between DL4J's arrays, {@code [n, features]} or {@code [n, c, h, w]}, and those of a
 * kernel.
 *
 * @param <S> the kernel
 */
final class KernelAdapter<S extends LayerKernel> {
  private final S kernel;
  private float[] input = {};
  private float[] gradient = {};
  private float[] examplesFirst = {};

  /** Shape of the last batch forward, until it has gone back. */
  private long @Nullable [] pending;

  KernelAdapter(S kernel) {
    this.kernel = kernel;
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
    BatchShape batchShape = BatchShape.of(batch);
    input = read(batch, input);
    float[] output = kernel.forward(input, batchShape);
    pending = training ? batch.shape() : null;
    BatchShape out = kernel.outputOf(batchShape);
    long[] shape =
        batch.rank() == 2
            ? new long[] {out.examples(), out.features()}
            : new long[] {out.examples(), out.channels(), out.height(), out.width()};
    return write(output, shape, ArrayType.ACTIVATIONS, workspaceMgr);
  }

  /** The gradient at the last batch, from that at the output. */
  INDArray backward(INDArray epsilon, LayerWorkspaceMgr workspaceMgr) {
    gradient = read(epsilon, gradient);
    return backward(gradient, workspaceMgr);
  }

  INDArray backward(float[] gradientAtOutput, LayerWorkspaceMgr workspaceMgr) {
    long[] shape = java.util.Objects.requireNonNull(pending);
    pending = null;
    // DL4J reshapes it even where nobody reads it, so it is there, if not filled.
    return write(kernel.backward(gradientAtOutput), shape, ArrayType.ACTIVATION_GRAD, workspaceMgr);
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
      float[] values, long[] shape, ArrayType use, LayerWorkspaceMgr workspaceMgr) {
    INDArray array = workspaceMgr.createUninitialized(use, DataType.FLOAT, shape, 'c');
    if (values.length == 0) {
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
