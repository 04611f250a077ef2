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
import java.util.List;

/**
 * {@code delta_kernels.cu}, compiled by g++ and run on the processor: every thread of every block,
 * with barriers. Talks to one process through its standard input and output.
 */
final class Emulator implements AutoCloseable {
  private static final int ROW_SQUARES = 1;
  private static final int COMBINE = 2;
  private static final int CHACHA20 = 3;

  private final Process process;
  private final OutputStream requests;
  private final DataInputStream replies;

  private Emulator(Process process) {
    this.process = process;
    this.requests = new BufferedOutputStream(process.getOutputStream(), 1 << 16);
    this.replies = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
  }

  /** Compiles and starts it, in {@code folder}; skips the test where there is no g++. */
  static Emulator start(Path folder) throws IOException, InterruptedException {
    for (String name : List.of("delta_kernels.cu", "cuda_on_cpu.h", "emulator.cpp")) {
      try (InputStream in = Emulator.class.getResourceAsStream(name)) {
        Files.copy(in, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    requireInstalled("g++");
    run(
        folder,
        List.of(
            "g++",
            "-std=c++14",
            "-pedantic",
            "-O2",
            "-Wall",
            "-Werror",
            "-o",
            "emulator",
            "emulator.cpp"));
    Process process =
        new ProcessBuilder(folder.resolve("emulator").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new Emulator(process);
  }

  /** Skips the test, and prints why, where {@code command} cannot be run. */
  static void requireInstalled(String command) throws InterruptedException {
    if (!isInstalled(command)) {
      System.out.println("skipped: no " + command + " here to compile delta_kernels.cu with");
      abort("no " + command);
    }
  }

  private static boolean isInstalled(String command) throws InterruptedException {
    try {
      return new ProcessBuilder(command, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  static void run(Path folder, List<String> command) throws IOException, InterruptedException {
    Process compiler =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(compiler.getInputStream().readAllBytes(), UTF_8);
    if (compiler.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + " failed:\n" + output);
    }
  }

  synchronized double[] rowSquares(float[] deltas, int rows, int blocks) throws IOException {
    ByteBuffer request = request(20 + 4 * deltas.length);
    request.putInt(ROW_SQUARES).putInt(blocks).putInt(rows).putLong(deltas.length / rows);
    put(request, deltas);
    double[] partial = new double[rows * blocks];
    ask(request, 8 * partial.length).asDoubleBuffer().get(partial);
    return partial;
  }

  synchronized float[] combine(
      float[] sum,
      float[] deltas,
      float[] scales,
      int blocks,
      byte[] key,
      float stddev,
      float factor)
      throws IOException {
    ByteBuffer request = request(60 + 4 * (sum.length + deltas.length + scales.length));
    request.putInt(COMBINE).putInt(blocks).putInt(scales.length).putLong(sum.length);
    request.put(key).putFloat(stddev).putFloat(factor);
    put(request, sum);
    put(request, deltas);
    put(request, scales);
    float[] out = new float[sum.length];
    ask(request, 4 * out.length).asFloatBuffer().get(out);
    return out;
  }

  synchronized byte[] chacha20(byte[] key, byte[] counterAndNonce) throws IOException {
    byte[] block = new byte[64];
    ask(request(52).putInt(CHACHA20).put(key).put(counterAndNonce), block.length).get(block);
    return block;
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
