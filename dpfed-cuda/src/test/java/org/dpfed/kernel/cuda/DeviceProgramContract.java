package org.dpfed.kernel.cuda;

import static org.junit.jupiter.api.Assumptions.abort;

import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.DeltaKernelContract;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** What {@link DeviceProgram} must do on a device; a subclass says how it is compiled. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DeviceProgramContract extends DeltaKernelContract {
  private DeviceProgram program;

  /** Compiles for the first device and loads. */
  abstract DeviceProgram load();

  /** Skips the test, and prints why, where there is no device or no binding to CUDA. */
  @BeforeAll
  void loadOnce() throws InterruptedException {
    KernelProgram.requireRuns("nvidia-smi", "-L");
    try {
      Class.forName("org.bytedeco.cuda.global.cudart", false, getClass().getClassLoader());
    } catch (ClassNotFoundException e) {
      System.out.println("skipped: org.bytedeco:cuda is missing; build with -Pcuda-presets");
      abort("no org.bytedeco:cuda");
    }
    // Opens the device's context, which loading needs.
    new DeviceStream().close();
    program = load();
  }

  DeviceProgram program() {
    return program;
  }

  @Override
  protected DeltaKernel kernel() {
    return new StreamKernel(program);
  }
}
