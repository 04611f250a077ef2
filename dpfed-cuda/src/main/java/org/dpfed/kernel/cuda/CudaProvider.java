package org.dpfed.kernel.cuda;

import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.KernelProvider;
import org.dpfed.kernel.KernelUnavailableException;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Opens the CUDA kernel where ND4J's backend is CUDA. Public for {@link java.util.ServiceLoader}
 * only.
 */
public final class CudaProvider implements KernelProvider {
  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public DeltaKernel open() throws KernelUnavailableException {
    if (Nd4j.getEnvironment().isCPU()) {
      throw new KernelUnavailableException("the ND4J backend is not CUDA; build with -Pcuda");
    }
    try {
      CudaKernel kernel = new CudaKernel();
      // One float through both kernels, so that a compiler or a driver that fails does so here.
      kernel.rowNorms(Nd4j.ones(org.nd4j.linalg.api.buffer.DataType.FLOAT, 1, 1));
      return kernel;
    } catch (LinkageError | RuntimeException e) {
      throw new KernelUnavailableException("CUDA: " + e.getMessage(), e);
    }
  }
}
