package org.dpfed.kernel.cuda;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/**
 * The same with PTX of the oldest architecture that NVRTC knows, which the driver compiles: what
 * happens on a device newer than NVRTC.
 */
@Tag("cuda")
class NvrtcPtxKernelTest extends KernelProgramContract {
  @Override
  protected KernelProgram start(Path folder) throws IOException, InterruptedException {
    return KernelProgram.onDevice(folder, known -> Arrays.copyOf(known, 1));
  }
}
