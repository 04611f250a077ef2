package org.dpfed.imaging;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The Python of the system, whose libraries write files and say how they are to be read. */
public final class Python {
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  private Python() {}

  /**
   * Runs a script among the resources of a test; skips the test, with a printed reason, where
   * Python or a module is missing.
   *
   * @param module that it needs, such as {@code numpy}, of Debian's package {@code python3-numpy}
   * @return what it printed
   */
  public static String run(Class<?> test, String script, String module, String... arguments)
      throws IOException, InterruptedException {
    if (!Files.isExecutable(PYTHON) || process(List.of("-c", "import " + module)).status != 0) {
      String reason =
          "skipped %s: needs %s with %s; install python3-%s"
              .formatted(test.getSimpleName(), PYTHON, module, module);
      System.out.println(reason);
      abort(reason);
    }
    List<String> command = new ArrayList<>();
    try (InputStream code = test.getResourceAsStream(script)) {
      command.add("-c");
      command.add(new String(code.readAllBytes(), StandardCharsets.UTF_8));
    }
    command.addAll(List.of(arguments));
    Result result = process(command);
    if (result.status != 0) {
      throw new AssertionError(script + " failed: " + result.output);
    }
    return result.output;
  }

  private record Result(int status, String output) {}

  private static Result process(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PYTHON.toString(), "-B"));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }
}
