package org.dpfed.kernel.cuda;

import static org.bytedeco.cuda.global.cudart.cuLaunchKernel;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMajor;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMinor;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetAttribute;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
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
 * The kernel on a CUDA device: one pass for the norms of a block, one for the scaled sum or the
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
          launch.program.rowSquares(),
          blocks,
          layout.rows(),
          launch.address(deltas),
          new LongPointer(new long[] {layout.length()}),
          launch.address(partial));
      return LaunchShape.norms(partial.toDoubleVector(), layout.rows());
    }
  }

  @Override
  public void addScaled(INDArray sum, INDArray deltas, float[] scales) {
    Layout layout = Layout.ofScaledSum(sum, deltas, scales);
    try (INDArray factors = Nd4j.createFromArray(scales)) {
      Launch launch = new Launch(sum, sum, deltas, factors);
      launch.combine(
          sum, sum, launch.address(deltas), launch.address(factors), layout, new int[8], 0, 1);
    }
  }

  @Override
  public void perturb(INDArray sum, INDArray out, NoiseKey key, double stddev, double factor) {
    Layout layout = Layout.ofPerturbation(sum, out, stddev, factor);
    int[] words = new int[NoiseKey.BYTES / Integer.BYTES];
    if (stddev > 0) {
      ByteBuffer.wrap(key.take()).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
    }
    Launch launch = new Launch(out, sum, out);
    LongPointer none = new LongPointer(new long[] {0});
    launch.combine(
        sum,
        out,
        none,
        none,
        new Layout(0, layout.length()),
        words,
        (float) stddev,
        (float) factor);
  }

  private DeviceProgram program(int device) {
    return programs.computeIfAbsent(
        device,
        d -> {
          int major = attribute(cudaDevAttrComputeCapabilityMajor, d);
          return DeviceProgram.load(10 * major + attribute(cudaDevAttrComputeCapabilityMinor, d));
        });
  }

  private static int attribute(int attribute, int device) {
    int[] value = new int[1];
    DeviceProgram.check(cudaDeviceGetAttribute(value, attribute, device));
    return value[0];
  }

  /** One launch: its operands are ready on the device from here on. */
  private final class Launch {
    private final FlowController flow = AtomicAllocator.getInstance().getFlowController();
    private final INDArray written;
    private final INDArray[] operands;
    private final CudaContext context;
    private final DeviceProgram program;

    /**
     * @param operands all arrays that are read, the written one among them when it is
     */
    Launch(INDArray written, INDArray... operands) {
      this.written = written;
      this.operands = operands;
      Nd4j.getExecutioner().push();
      this.context = flow.prepareAction(written, operands);
      this.program = program(Nd4j.getAffinityManager().getDeviceForCurrentThread());
    }

    /** The argument that points to an array's first element on the device. */
    LongPointer address(INDArray array) {
      Pointer first = AtomicAllocator.getInstance().getPointer(array, context);
      return new LongPointer(new long[] {first.address()});
    }

    void combine(
        INDArray sum,
        INDArray out,
        LongPointer deltas,
        LongPointer scales,
        Layout layout,
        int[] key,
        float stddev,
        float factor) {
      run(
          program.combine(),
          LaunchShape.combineBlocks(layout.length()),
          1,
          address(sum),
          address(out),
          deltas,
          scales,
          new IntPointer(new int[] {layout.rows()}),
          new LongPointer(new long[] {layout.length()}),
          new IntPointer(key),
          new FloatPointer(new float[] {stddev}),
          new FloatPointer(new float[] {factor}));
    }

    void run(CUfunc_st function, int blocks, int rows, Pointer... arguments) {
      CUstream_st stream = new CUstream_st(context.getCublasStream());
      try (PointerPointer<Pointer> parameters = new PointerPointer<>(arguments)) {
        DeviceProgram.check(
            cuLaunchKernel(
                function,
                blocks,
                rows,
                1,
                LaunchShape.THREADS,
                1,
                1,
                0,
                stream,
                parameters,
                (PointerPointer<?>) null));
      } finally {
        flow.registerAction(context, written, operands);
      }
      // Kernel arguments are copied at the launch, but not before: keep their memory until here.
      for (Pointer argument : arguments) {
        argument.close();
      }
    }
  }
}
