package org.dpfed.kernel.cuda;

import org.dpfed.kernel.DeltaKernel;
import org.dpfed.kernel.KernelProvider;
import org.dpfed.kernel.KernelUnavailableException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Opens the CUDA kernel if ND4J's backend is CUDA. Public for {@link java.util.ServiceLoader} only.
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
      try (INDArray one = Nd4j.ones(DataType.FLOAT, 1, 1)) {
        kernel.addScaled(one.reshape(1), one, new float[] {1});
        kernel.rowNorms(one);
      }
      return kernel;
    } catch (LinkageError | RuntimeException e) {
      throw new KernelUnavailableException("CUDA: " + e.getMessage(), e);
    }
  }
}
