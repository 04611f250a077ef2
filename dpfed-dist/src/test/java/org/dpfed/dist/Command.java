package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Another process, in a folder of its own.
 *
 * @param folder where it runs
 * @param environment what is set there besides what this process has
 * @param words the program and its arguments
 */
record Command(Path folder, Map<String, String> environment, List<String> words) {
  private static final int TIMEOUT_MINUTES = 10;

  /** What a process left. */
  record Outcome(int status, String out, String err) {
    /** The outcome itself, once it is known that the process ended well. */
    Outcome succeeded() {
      assertThat(status).as("exit status; standard output:%n%s%nerrors:%n%s", out, err).isZero();
      return this;
    }
  }

  static Command in(Path folder, String... words) {
    return new Command(folder, Map.of(), List.of(words));
  }

  /** Runs to the end; standard input is empty. */
  Outcome run() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(words).directory(folder.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    CompletableFuture<String> err =
        CompletableFuture.supplyAsync(() -> read(process.getErrorStream()));
    String out = read(process.getInputStream());
    assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)).as("%s ended", words).isTrue();
    return new Outcome(process.exitValue(), out, err.join());
  }

  private static String read(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether such a program is on the PATH. */
  static boolean exists(String program) {
    for (String folder : System.getenv("PATH").split(":", -1)) {
      if (Files.isExecutable(Path.of(folder, program))) {
        return true;
      }
    }
    return false;
  }
}
