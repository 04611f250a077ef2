package org.dpfed.kernel.cuda;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The CUDA source keeps the contract, as far as that can be shown without a device: compiled by
 * g++, all blocks and threads enumerated.
 */
class EmulatedKernelTest extends KernelProgramContract {
  @Override
  protected KernelProgram start(Path folder) throws IOException, InterruptedException {
    return KernelProgram.onProcessor(folder);
  }
}
