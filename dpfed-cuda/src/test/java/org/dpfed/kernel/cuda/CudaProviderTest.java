package org.dpfed.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.dpfed.kernel.KernelSelection;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class CudaProviderTest {
  @Test
  void automatic_noCudaBackend_saysWhyCudaWasPassedOver() {
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Nd4j.getEnvironment().isCPU(), "skipped: the backend is CUDA");

    assertThat(KernelSelection.automatic().line())
        .startsWith("kernel vector; passed over: cuda (the ND4J backend is not CUDA");
  }
}
