package org.dpfed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java example of the README, as it stands there, compiles and does what the text says. */
final class ReadmeExampleTest {
  @TempDir Path directory;

  @Test
  void example_asPrinted_trainsUnderItsGuarantee() throws Exception {
    List<String> lines = example(Files.readString(Path.of("..", "README.md")));
    assertThat(lines.stream().filter(line -> !line.startsWith("import") && !line.isBlank()))
        .as("lines besides imports")
        .hasSizeLessThanOrEqualTo(15);

    String printed = run(lines);

    assertThat(printed).contains("ε = ").contains("δ = 1.0E-4").contains("for one patient");
    // 0.8 is far above the 0.63 of always answering benign; a run without learning stays near it.
    String accuracy = printed.replaceAll("(?s).*accuracy ([0-9.]+).*", "$1");
    assertThat(Double.parseDouble(accuracy)).isGreaterThan(0.8);
  }

  private static List<String> example(String readme) {
    String block = readme.split("```java\n", 2)[1].split("```", 2)[0];
    return block.lines().toList();
  }

  private String run(List<String> lines) throws Exception {
    String imports =
        lines.stream().filter(line -> line.startsWith("import")).collect(Collectors.joining("\n"));
    String body =
        lines.stream().filter(line -> !line.startsWith("import")).collect(Collectors.joining("\n"));
    Path source = directory.resolve("Example.java");
    Files.writeString(
        source,
        imports
            + "\npublic class Example { public static void run() throws Exception {\n"
            + body
            + "}}\n");
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                directory.toString(),
                source.toString());
    assertThat(status).as("exit status of javac").isZero();

    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader.loadClass("Example").getMethod("run").invoke(null);
    } finally {
      System.setOut(out);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
