package org.dpfed.kernel.cuda;

import org.bytedeco.javacpp.DoublePointer;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.Layout;
import org.dpfed.kernel.NoiseKey;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What {@link CudaKernel} does, with memory of the CUDA runtime in place of ND4J's and, like ND4J,
 * a stream of its own to each call, which does not wait for the default stream.
 */
record StreamKernel(DeviceProgram program) implements DeltaKernel {
  @Override
  public String name() {
    return "cuda launches";
  }

  @Override
  public double[] rowNorms(INDArray deltas) {
    Layout layout = Layout.ofBlock(deltas);
    int sums = layout.rows() * LaunchShape.squareBlocks(layout.length());
    try (DeviceStream stream = new DeviceStream();
        DeviceStream.Buffer block = stream.copyOf(floats(deltas));
        DeviceStream.Buffer partial = stream.buffer(8L * sums)) {
      program.rowSquares(stream.handle(), block.address(), layout, partial.address());
      DoublePointer result = new DoublePointer(sums);
      stream.read(partial, result);
      double[] partialSums = new double[sums];
      result.get(partialSums);
      return LaunchShape.norms(partialSums, layout.rows());
    }
  }

  @Override
  public void addScaled(INDArray sum, INDArray deltas, float[] scales) {
    Layout layout = Layout.ofScaledSum(sum, deltas, scales);
    try (DeviceStream stream = new DeviceStream();
        DeviceStream.Buffer total = stream.copyOf(floats(sum));
        DeviceStream.Buffer block = stream.copyOf(floats(deltas));
        DeviceStream.Buffer factors = stream.copyOf(scales)) {
      program.addScaled(
          stream.handle(), total.address(), block.address(), factors.address(), layout);
      assign(sum, stream.floats(total));
    }
  }

  @Override
  public void perturb(INDArray sum, INDArray out, NoiseKey key, double stddev, double factor) {
    Layout layout = Layout.ofPerturbation(sum, out, stddev, factor);
    byte[] taken = stddev > 0 ? key.take() : new byte[NoiseKey.BYTES];
    try (DeviceStream stream = new DeviceStream();
        DeviceStream.Buffer start = stream.copyOf(floats(sum));
        DeviceStream.Buffer apart = stream.buffer(start.bytes())) {
      DeviceStream.Buffer result = sum == out ? start : apart;
      program.perturb(
          stream.handle(),
          start.address(),
          result.address(),
          layout.length(),
          taken,
          (float) stddev,
          (float) factor);
      assign(out, stream.floats(result));
    }
  }

  private static float[] floats(INDArray array) {
    return array.dup('c').reshape(array.length()).toFloatVector();
  }

  private static void assign(INDArray array, float[] values) {
    array.assign(Nd4j.createFromArray(values));
  }
}
