package org.dpfed.kernel.cuda;

import static org.bytedeco.cuda.global.cudart.cuGetErrorString;
import static org.bytedeco.cuda.global.cudart.cuModuleGetFunction;
import static org.bytedeco.cuda.global.cudart.cuModuleLoadData;
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
import java.nio.charset.StandardCharsets;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * {@code delta_kernels.cu}, compiled for one device and loaded into its context. That context must
 * be current when the program is created, and the program lives as long as the context.
 *
 * @param rowSquares the kernel of that name
 * @param combine the kernel of that name
 */
record DeviceProgram(CUfunc_st rowSquares, CUfunc_st combine) {
  private static final String SOURCE = "delta_kernels.cu";

  static DeviceProgram load(int capability) {
    CUmod_st module = new CUmod_st();
    check(cuModuleLoadData(module, compile(Architecture.choose(capability, knownCapabilities()))));
    return new DeviceProgram(function(module, "row_squares"), function(module, "combine"));
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
