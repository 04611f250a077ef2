package org.dpfed.kernel.cuda;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.bytedeco.javacpp.Pointer;
import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.Layout;
import org.dpfed.kernel.NoiseKey;
import org.nd4j.jita.allocator.impl.AtomicAllocator;
import org.nd4j.jita.flow.FlowController;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.jcublas.context.CudaContext;

/**
 * The kernel on a CUDA device: one pass each for the norms of a block, the scaled sum and the
 * noise. Only norms are copied back to the host.
 *
 * <p>Launches go to the calling thread's own ND4J stream, between the allocator's {@code
 * prepareAction} and {@code registerAction}, so that they run in order with ND4J's operations.
 * Noise comes from ChaCha20 (RFC 8439), a cipher without tables; one key gives different draws than
 * on the CPU.
 */
final class CudaKernel implements DeltaKernel {
  static final String NAME = "cuda";

  private final Map<Integer, DeviceProgram> programs = new ConcurrentHashMap<>();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double[] rowNorms(INDArray deltas) {
    Layout layout = Layout.ofBlock(deltas);
    if (layout.rows() > LaunchShape.MAX_ROWS) {
      throw new IllegalArgumentException(
          "deltas has %d rows, at most %d fit one launch; pass it in parts"
              .formatted(layout.rows(), LaunchShape.MAX_ROWS));
    }
    int blocks = LaunchShape.squareBlocks(layout.length());
    try (INDArray partial =
        Nd4j.createUninitialized(DataType.DOUBLE, (long) layout.rows() * blocks)) {
      Launch launch = new Launch(partial, deltas);
      launch.run(
          (program, stream) ->
              program.rowSquares(stream, launch.address(deltas), layout, launch.address(partial)));
      return LaunchShape.norms(partial.toDoubleVector(), layout.rows());
    }
  }

  @Override
  public void addScaled(INDArray sum, INDArray deltas, float[] scales) {
    Layout layout = Layout.ofScaledSum(sum, deltas, scales);
    try (INDArray factors = Nd4j.createFromArray(scales)) {
      Launch launch = new Launch(sum, sum, deltas, factors);
      launch.run(
          (program, stream) ->
              program.addScaled(
                  stream,
                  launch.address(sum),
                  launch.address(deltas),
                  launch.address(factors),
                  layout));
    }
  }

  @Override
  public void perturb(INDArray sum, INDArray out, NoiseKey key, double stddev, double factor) {
    Layout layout = Layout.ofPerturbation(sum, out, stddev, factor);
    byte[] taken = stddev > 0 ? key.take() : new byte[NoiseKey.BYTES];
    Launch launch = new Launch(out, sum, out);
    launch.run(
        (program, stream) ->
            program.perturb(
                stream,
                launch.address(sum),
                launch.address(out),
                layout.length(),
                taken,
                (float) stddev,
                (float) factor));
  }

  /** One launch: its operands are ready on the device from here on. */
  private final class Launch {
    private final FlowController flow = AtomicAllocator.getInstance().getFlowController();
    private final INDArray written;
    private final INDArray[] operands;
    private final CudaContext context;

    /**
     * @param operands all arrays that are read, the written one among them when it is
     */
    Launch(INDArray written, INDArray... operands) {
      this.written = written;
      this.operands = operands;
      Nd4j.getExecutioner().push();
      this.context = flow.prepareAction(written, operands);
    }

    /** The address of an array's first element on the device. */
    long address(INDArray array) {
      return AtomicAllocator.getInstance().getPointer(array, context).address();
    }

    /** Runs what launches on the given stream, and tells ND4J that the operands are in use. */
    void run(BiConsumer<DeviceProgram, Pointer> work) {
      try {
        int device = Nd4j.getAffinityManager().getDeviceForCurrentThread();
        work.accept(
            programs.computeIfAbsent(device, DeviceProgram::forDevice), context.getCublasStream());
      } finally {
        flow.registerAction(context, written, operands);
      }
    }
  }
}
