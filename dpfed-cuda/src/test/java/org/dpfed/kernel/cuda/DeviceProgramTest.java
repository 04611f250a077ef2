package org.dpfed.kernel.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.dpfed.kernel.Layout;
import org.dpfed.kernel.NoiseKey;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Java calls to NVRTC and the driver keep the contract on a device of any generation, without
 * ND4J's CUDA backend; see docs/gpu.md for the command.
 */
@Tag("cuda")
class DeviceProgramTest extends DeviceProgramContract {
  @Override
  DeviceProgram load() {
    return DeviceProgram.forDevice(0);
  }

  @Test
  void launch_streamThatOnlyRecords_isRecordedAndDoesNotRun() {
    Layout layout = new Layout(2, 10);
    byte[] key = new byte[NoiseKey.BYTES];
    try (DeviceStream stream = new DeviceStream();
        DeviceStream.Buffer block = stream.copyOf(new float[20]);
        DeviceStream.Buffer out = stream.buffer(80)) {
      long in = block.address();
      long written = out.address();

      assertThat(
              stream.launchesOf(
                  () -> {
                    program().rowSquares(stream.handle(), in, layout, written);
                    program().addScaled(stream.handle(), written, in, in, layout);
                    program().perturb(stream.handle(), in, written, 10, key, 1, 1);
                  }))
          .isEqualTo(3);
      assertThat(stream.floats(out)).containsOnly(Float.NaN);
    }
  }

  @Test
  void launch_otherThreads_sameBits() throws Exception {
    float[] expected = noise();
    Callable<float[]> call = this::noise;
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<float[]>> calls = IntStream.range(0, 16).mapToObj(i -> call).toList();
      for (Future<float[]> result : threads.invokeAll(calls)) {
        assertThat(result.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void load_unknownArchitecture_saysWhatTheCompilerSays() {
    assertThatThrownBy(() -> DeviceProgram.load(new Architecture(1, true)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("delta_kernels.cu did not compile: nvrtc: error")
        .hasMessageContaining("--gpu-architecture");
  }

  @Test
  void check_errorOfTheDriver_saysItsText() {
    assertThatThrownBy(() -> DeviceProgram.check(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("CUDA error 1: invalid argument");
  }

  private float[] noise() {
    INDArray zeros = Nd4j.zeros(DataType.FLOAT, 1_000_003);
    kernel().perturb(zeros, zeros, new NoiseKey(new byte[NoiseKey.BYTES]), 1, 1);
    return zeros.toFloatVector();
  }
}
