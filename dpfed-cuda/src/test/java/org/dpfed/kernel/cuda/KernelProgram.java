package org.dpfed.kernel.cuda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A process that runs {@code delta_kernels.cu} and serves requests through its standard input and
 * output: on the processor, or on a device without ND4J's CUDA backend.
 */
final class KernelProgram implements AutoCloseable {
  private static final int ROW_SQUARES = 1;
  private static final int ADD_SCALED = 2;
  private static final int PERTURB = 3;
  private static final int CHACHA20 = 4;
  private static final int NORMAL_PAIRS = 5;

  private final Process process;
  private final OutputStream requests;
  private final DataInputStream replies;

  private KernelProgram(Process process) {
    this.process = process;
    this.requests = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
    this.replies = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
  }

  /**
   * Compiled by g++ in {@code folder}, every thread of every block emulated, with barriers. Skips
   * the test where there is no g++.
   */
  static KernelProgram onProcessor(Path folder) throws IOException, InterruptedException {
    requireRuns("g++", "--version");
    copy(folder, "delta_kernels.cu", "probe_kernels.cu", "requests.h");
    copy(folder, "cuda_on_cpu.h", "emulator.cpp");
    run(
        folder,
        List.of(
            "g++",
            "-std=c++14",
            "-pedantic",
            "-O2",
            "-Wall",
            "-Wno-unknown-pragmas",
            "-Werror",
            "-o",
            "emulator",
            "emulator.cpp"));
    return start(folder, List.of("./emulator"));
  }

  /**
   * On the first CUDA device, compiled by NVRTC and loaded by the driver. The host's part is built
   * by nvcc in {@code folder}. Skips the test where there is no nvcc or no device.
   *
   * @param known which of the capabilities that NVRTC knows to choose from
   */
  static KernelProgram onDevice(Path folder, UnaryOperator<int[]> known)
      throws IOException, InterruptedException {
    requireRuns("nvidia-smi", "-L");
    requireRuns("nvcc", "--version");
    copy(folder, "delta_kernels.cu", "probe_kernels.cu", "requests.h", "device.cpp");
    run(folder, List.of("nvcc", "-o", "device", "device.cpp", "-lnvrtc", "-lcuda"));
    int[] capabilities =
        Arrays.stream(run(folder, List.of("./device")).strip().split(" "))
            .mapToInt(Integer::parseInt)
            .toArray();
    int[] compiler = Arrays.copyOfRange(capabilities, 1, capabilities.length);
    Architecture architecture = Architecture.choose(capabilities[0], known.apply(compiler));
    return start(folder, List.of("./device", architecture.option()));
  }

  private static void copy(Path folder, String... names) throws IOException {
    for (String name : names) {
      try (InputStream in = KernelProgram.class.getResourceAsStream(name)) {
        Files.copy(in, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static KernelProgram start(Path folder, List<String> command) throws IOException {
    return new KernelProgram(
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  /** Skips the test, and prints why, where {@code command} fails or is not there. */
  static void requireRuns(String... command) throws InterruptedException {
    if (!runs(command)) {
      System.out.println("skipped: " + String.join(" ", command) + " does not run here");
      abort("no " + command[0]);
    }
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the command printed; a command that fails fails the test. */
  static String run(Path folder, List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + " failed:\n" + output);
    }
    return output;
  }

  synchronized double[] rowSquares(float[] deltas, int rows, int blocks) throws IOException {
    ByteBuffer request = request(20 + 4 * deltas.length);
    request.putInt(ROW_SQUARES).putInt(blocks).putInt(rows).putLong(deltas.length / rows);
    put(request, deltas);
    double[] partial = new double[rows * blocks];
    ask(request, 8 * partial.length).asDoubleBuffer().get(partial);
    return partial;
  }

  synchronized float[] addScaled(float[] sum, float[] deltas, float[] scales, int blocks)
      throws IOException {
    ByteBuffer request = request(20 + 4 * (sum.length + deltas.length + scales.length));
    request.putInt(ADD_SCALED).putInt(blocks).putInt(scales.length).putLong(sum.length);
    put(request, sum);
    put(request, deltas);
    put(request, scales);
    float[] out = new float[sum.length];
    ask(request, 4 * out.length).asFloatBuffer().get(out);
    return out;
  }

  synchronized float[] perturb(float[] sum, byte[] key, float stddev, float factor, int blocks)
      throws IOException {
    ByteBuffer request = request(56 + 4 * sum.length);
    request.putInt(PERTURB).putInt(blocks).putLong(sum.length);
    request.put(key).putFloat(stddev).putFloat(factor);
    put(request, sum);
    float[] out = new float[sum.length];
    ask(request, 4 * out.length).asFloatBuffer().get(out);
    return out;
  }

  synchronized byte[] chacha20(byte[] key, byte[] counterAndNonce) throws IOException {
    byte[] block = new byte[64];
    ask(request(52).putInt(CHACHA20).put(key).put(counterAndNonce), block.length).get(block);
    return block;
  }

  /** The draws of each four words, two by two. */
  synchronized float[] normalPairs(int[] words) throws IOException {
    ByteBuffer request = request(8 + 4 * words.length);
    request.putInt(NORMAL_PAIRS).putInt(words.length / 4);
    for (int word : words) {
      request.putInt(word);
    }
    float[] draws = new float[words.length / 2];
    ask(request, 4 * draws.length).asFloatBuffer().get(draws);
    return draws;
  }

  private static ByteBuffer request(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void put(ByteBuffer request, float[] values) {
    request.asFloatBuffer().put(values);
    request.position(request.position() + 4 * values.length);
  }

  private ByteBuffer ask(ByteBuffer request, int bytes) throws IOException {
    byte[] sent = new byte[request.position()];
    request.flip().get(sent);
    requests.write(sent);
    requests.flush();
    byte[] reply = new byte[bytes];
    replies.readFully(reply);
    return ByteBuffer.wrap(reply).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    requests.close();
    process.destroy();
  }
}
