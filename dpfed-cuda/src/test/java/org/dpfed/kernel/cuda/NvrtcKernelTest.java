package org.dpfed.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.dpfed.kernel.NoiseKey;
import org.dpfed.kernel.NormalSample;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The CUDA source keeps the contract on a device of any generation, without ND4J's CUDA backend;
 * see docs/gpu.md for the command.
 */
@Tag("cuda")
class NvrtcKernelTest extends KernelProgramContract {
  @Override
  protected KernelProgram start(Path folder) throws IOException, InterruptedException {
    return KernelProgram.onDevice(folder, UnaryOperator.identity());
  }

  /** The bound of the test is 0.0008 here; a scale that is wrong by 1 % lies 0.0024 away. */
  @Test
  void perturb_sixteenMillionDraws_areGaussianOfTheStatedScale() {
    INDArray zeros = Nd4j.zeros(DataType.FLOAT, 1 << 24);
    kernel().perturb(zeros, zeros, new NoiseKey(new byte[NoiseKey.BYTES]), 2.5, 1);
    float[] noise = zeros.toFloatVector();

    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5, 1e-9)).isTrue();
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5 * 0.99, 1e-9)).isFalse();
    assertThat(NormalSample.passesKolmogorovSmirnov(noise, 2.5 * 1.01, 1e-9)).isFalse();
  }
}
