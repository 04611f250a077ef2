package org.dpfed.kernel.cuda;

import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.DeltaKernelContract;
import org.dpfed.kernel.KernelSelection;
import org.junit.jupiter.api.Tag;

/** The contract on a real device; see docs/gpu.md for the command. */
@Tag("cuda")
class CudaKernelDeviceTest extends DeltaKernelContract {
  @Override
  protected DeltaKernel kernel() {
    return KernelSelection.forced("cuda").kernel();
  }
}
