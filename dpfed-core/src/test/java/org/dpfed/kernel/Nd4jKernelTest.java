package org.dpfed.kernel;

/** The reference keeps the contract that it is the reference for. */
class Nd4jKernelTest extends DeltaKernelContract {
  @Override
  protected DeltaKernel kernel() {
    return new Nd4jKernel();
  }
}
