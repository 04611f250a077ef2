package org.dpfed.kernel.cuda;

import static org.bytedeco.cuda.global.cudart.cuGetErrorString;
import static org.bytedeco.cuda.global.cudart.cuLaunchKernel;
import static org.bytedeco.cuda.global.cudart.cuModuleGetFunction;
import static org.bytedeco.cuda.global.cudart.cuModuleLoadData;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMajor;
import static org.bytedeco.cuda.global.cudart.cudaDevAttrComputeCapabilityMinor;
import static org.bytedeco.cuda.global.cudart.cudaDeviceGetAttribute;
import static org.bytedeco.cuda.global.nvrtc.nvrtcCompileProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcCreateProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcDestroyProgram;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBIN;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetCUBINSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetErrorString;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetNumSupportedArchs;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetPTX;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetPTXSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLog;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetProgramLogSize;
import static org.bytedeco.cuda.global.nvrtc.nvrtcGetSupportedArchs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.dpfed.kernel.Layout;
import org.dpfed.kernel.NoiseKey;

/**
 * {@code delta_kernels.cu}, compiled for one device and loaded into its context. That context must
 * be current on the thread that loads or launches, and the program lives as long as the context.
 *
 * <p>Launches go to the stream that is given and return before the device is done. Arrays are given
 * by the address of their first element on the device.
 *
 * @param rowSquares the kernel of that name
 * @param addScaled the kernel of that name
 * @param perturb the kernel of that name
 */
record DeviceProgram(CUfunc_st rowSquares, CUfunc_st addScaled, CUfunc_st perturb) {
  private static final String SOURCE = "delta_kernels.cu";

  /** Compiled for a device, which must be the current one. */
  static DeviceProgram forDevice(int device) {
    int major = attribute(cudaDevAttrComputeCapabilityMajor, device);
    int capability = 10 * major + attribute(cudaDevAttrComputeCapabilityMinor, device);
    return load(Architecture.choose(capability, knownCapabilities()));
  }

  static DeviceProgram load(Architecture architecture) {
    CUmod_st module = new CUmod_st();
    check(cuModuleLoadData(module, compile(architecture)));
    return new DeviceProgram(
        function(module, "row_squares"),
        function(module, "add_scaled"),
        function(module, "perturb"));
  }

  /**
   * Each row's sums of squares, {@link LaunchShape#squareBlocks} of them.
   *
   * @param partial doubles that are written
   */
  void rowSquares(Pointer stream, long deltas, Layout layout, long partial) {
    launch(
        stream,
        rowSquares,
        LaunchShape.squareBlocks(layout.length()),
        layout.rows(),
        number(deltas),
        number(layout.length()),
        number(partial));
  }

  /** {@code sum += Σ scales · deltas}. */
  void addScaled(Pointer stream, long sum, long deltas, long scales, Layout layout) {
    launch(
        stream,
        addScaled,
        LaunchShape.sumBlocks(layout.length()),
        1,
        number(sum),
        number(deltas),
        number(scales),
        new IntPointer(new int[] {layout.rows()}),
        number(layout.length()));
  }

  /**
   * {@code out = (sum + stddev · N(0, I)) · factor}.
   *
   * @param out may be {@code sum}
   * @param key of 32 bytes; not used with {@code stddev} 0
   */
  void perturb(
      Pointer stream, long sum, long out, long length, byte[] key, float stddev, float factor) {
    int[] words = new int[NoiseKey.BYTES / Integer.BYTES];
    ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
    launch(
        stream,
        perturb,
        LaunchShape.noiseBlocks(length),
        1,
        number(sum),
        number(out),
        number(length),
        new IntPointer(words),
        new FloatPointer(new float[] {stddev}),
        new FloatPointer(new float[] {factor}));
  }

  private static LongPointer number(long value) {
    return new LongPointer(new long[] {value});
  }

  private static void launch(
      Pointer stream, CUfunc_st function, int blocks, int rows, Pointer... arguments) {
    try (PointerPointer<Pointer> parameters = new PointerPointer<>(arguments)) {
      check(
          cuLaunchKernel(
              function,
              blocks,
              rows,
              1,
              LaunchShape.THREADS,
              1,
              1,
              0,
              new CUstream_st(stream),
              parameters,
              (PointerPointer<?>) null));
    } finally {
      // Kernel arguments are copied at the launch, but not before: keep their memory until here.
      for (Pointer argument : arguments) {
        argument.close();
      }
    }
  }

  private static int attribute(int attribute, int device) {
    int[] value = new int[1];
    check(cudaDeviceGetAttribute(value, attribute, device));
    return value[0];
  }

  private static CUfunc_st function(CUmod_st module, String name) {
    CUfunc_st function = new CUfunc_st();
    check(cuModuleGetFunction(function, module, name));
    return function;
  }

  private static int[] knownCapabilities() {
    int[] count = new int[1];
    checkCompiler(nvrtcGetNumSupportedArchs(count));
    int[] known = new int[count[0]];
    checkCompiler(nvrtcGetSupportedArchs(known));
    return known;
  }

  private static BytePointer compile(Architecture architecture) {
    _nvrtcProgram program = new _nvrtcProgram();
    checkCompiler(
        nvrtcCreateProgram(
            program,
            new BytePointer(source()),
            new BytePointer(SOURCE),
            0,
            (PointerPointer<?>) null,
            (PointerPointer<?>) null));
    try {
      int result = nvrtcCompileProgram(program, 1, new PointerPointer<>(architecture.option()));
      if (result != 0) {
        throw new IllegalStateException(SOURCE + " did not compile: " + log(program));
      }
      return architecture.isMachineCode() ? machineCode(program) : ptx(program);
    } finally {
      nvrtcDestroyProgram(program);
    }
  }

  private static BytePointer machineCode(_nvrtcProgram program) {
    SizeTPointer size = new SizeTPointer(1);
    checkCompiler(nvrtcGetCUBINSize(program, size));
    BytePointer image = new BytePointer(size.get());
    checkCompiler(nvrtcGetCUBIN(program, image));
    return image;
  }

  private static BytePointer ptx(_nvrtcProgram program) {
    SizeTPointer size = new SizeTPointer(1);
    checkCompiler(nvrtcGetPTXSize(program, size));
    BytePointer image = new BytePointer(size.get());
    checkCompiler(nvrtcGetPTX(program, image));
    return image;
  }

  private static String log(_nvrtcProgram program) {
    SizeTPointer size = new SizeTPointer(1);
    checkCompiler(nvrtcGetProgramLogSize(program, size));
    BytePointer text = new BytePointer(size.get());
    checkCompiler(nvrtcGetProgramLog(program, text));
    return text.getString(StandardCharsets.UTF_8);
  }

  private static String source() {
    try (InputStream in = DeviceProgram.class.getResourceAsStream(SOURCE)) {
      if (in == null) {
        throw new IllegalStateException(SOURCE + " is missing from the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void checkCompiler(int result) {
    if (result != 0) {
      throw new IllegalStateException("NVRTC: " + nvrtcGetErrorString(result).getString());
    }
  }

  /** Throws what a call of the driver complains of. */
  static void check(int result) {
    if (result != 0) {
      PointerPointer<BytePointer> text = new PointerPointer<>(1);
      cuGetErrorString(result, text);
      BytePointer message = text.get(BytePointer.class, 0);
      throw new IllegalStateException(
          "CUDA error " + result + (message == null ? "" : ": " + message.getString()));
    }
  }
}
