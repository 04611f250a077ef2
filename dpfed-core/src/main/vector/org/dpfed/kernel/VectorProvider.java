package org.dpfed.kernel;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Opens {@link VectorKernel} where the JVM was started with the Vector API's module. Nothing here
 * may touch that class before the module is known to be there. Public for {@link
 * java.util.ServiceLoader} only.
 */
public final class VectorProvider implements KernelProvider {
  private static final String MODULE = "jdk.incubator.vector";

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public DeltaKernel open() throws KernelUnavailableException {
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      throw new KernelUnavailableException("start java with --add-modules " + MODULE);
    }
    if (!Nd4j.getEnvironment().isCPU()) {
      throw new KernelUnavailableException("the ND4J backend keeps arrays on another device");
    }
    try {
      DeltaKernel kernel = new VectorKernel(Runtime.getRuntime().availableProcessors());
      // One float through it, so that what is missing shows here.
      try (INDArray one = Nd4j.ones(DataType.FLOAT, 1, 1)) {
        kernel.addScaled(one.reshape(1), one, new float[] {1});
        kernel.rowNorms(one);
      }
      return kernel;
    } catch (LinkageError e) {
      throw new KernelUnavailableException(
          "Java " + Runtime.version().feature() + " or the backend lacks something: " + e, e);
    }
  }
}
