package org.dpfed.kernel.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The source compiles for every architecture that the installed compiler knows. */
class NvccTest {
  @Test
  void source_everyKnownArchitecture_compiles(@TempDir Path folder) throws Exception {
    KernelProgram.requireRuns("nvcc", "--version");
    try (InputStream in = CudaProvider.class.getResourceAsStream("delta_kernels.cu")) {
      Files.copy(in, folder.resolve("delta_kernels.cu"));
    }
    List<String> architectures = knownArchitectures();
    assertThat(architectures).isNotEmpty();

    for (String architecture : architectures) {
      KernelProgram.run(
          folder,
          List.of(
              "nvcc",
              "-cubin",
              "-arch=" + architecture,
              "-Werror=all-warnings",
              "-o",
              architecture + ".cubin",
              "delta_kernels.cu"));
    }

    System.out.println("delta_kernels.cu compiles for " + String.join(" ", architectures));
  }

  private static List<String> knownArchitectures() throws IOException {
    Process nvcc = new ProcessBuilder("nvcc", "--list-gpu-code").start();
    return new String(nvcc.getInputStream().readAllBytes(), UTF_8)
        .lines()
        .filter(line -> line.startsWith("sm_"))
        .toList();
  }
}
