package org.dpfed.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TerminalBarTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private static FittedLine line(int done) {
    return new FittedLine()
        .with(3, "round ")
        .with(0, done + " of 1000")
        .with(2, ": accuracy 0.9561")
        .with(1, Optional.of("ε ≤ 1.2345"))
        .with(4, Optional.of("1 min 20 s left"));
  }

  /** What the terminal shows after each drawing, the last one on a line of its own. */
  private List<String> drawn(int columns) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (TerminalBar bar = new TerminalBar(columns, out)) {
      bar.show(line(1), 0.001);
      bar.show(line(1000), 1);
    }
    String all = bytes.toString(StandardCharsets.UTF_8);
    assertThat(all).startsWith("\r").endsWith(System.lineSeparator());
    String drawings = all.substring(1, all.length() - System.lineSeparator().length());
    assertThat(drawings).doesNotContain("\n", "\u001b");
    return List.of(drawings.split("\r", -1));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 20, 40, 60, 80, 200})
  void show_anyWidth_isOneLineThatLeavesTheLastColumnFree(int columns) {
    List<String> drawn = drawn(columns);
    assertThat(drawn).hasSize(2).allMatch(each -> each.length() < columns);
    assertThat(drawn.get(0)).contains("1 of 1000".substring(0, Math.min(9, columns - 1)));
    assertThat(drawn.get(1).stripTrailing().length()).isLessThanOrEqualTo(drawn.get(1).length());
  }

  @Test
  void show_narrow_leavesOutBarThenTimeThenTheRest() {
    assertThat(drawn(100).get(1)).startsWith("[=====").contains("1 min 20 s left");
    bytes.reset();
    assertThat(drawn(70).get(1).strip())
        .isEqualTo("round 1000 of 1000: accuracy 0.9561, ε ≤ 1.2345, 1 min 20 s left");
    bytes.reset();
    assertThat(drawn(54).get(1).strip())
        .isEqualTo("round 1000 of 1000: accuracy 0.9561, ε ≤ 1.2345");
    bytes.reset();
    assertThat(drawn(43).get(1).strip()).isEqualTo("1000 of 1000: accuracy 0.9561, ε ≤ 1.2345");
    bytes.reset();
    assertThat(drawn(26).get(1).strip()).isEqualTo("1000 of 1000, ε ≤ 1.2345");
    bytes.reset();
    assertThat(drawn(13).get(1).strip()).isEqualTo("1000 of 1000");
  }

  @Test
  void close_shorterLine_leavesNothingOfTheLongerOne() {
    try (TerminalBar bar =
        new TerminalBar(80, new PrintStream(bytes, true, StandardCharsets.UTF_8))) {
      bar.show(new FittedLine().with(0, "x".repeat(70)), 0);
      bar.show(new FittedLine().with(0, "y".repeat(69)), 0);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualTo("\r" + "x".repeat(70) + "\r" + "y".repeat(69) + " " + System.lineSeparator());
  }

  /** The launcher hands over the width of the terminal that standard error is. */
  @Test
  void launcher_pseudoTerminal_tellsItsColumns() throws IOException, InterruptedException {
    assumeTrue(
        System.getProperty("os.name").equals("Linux"),
        "skipped: needs script and stty as Linux has them");
    assertThat(launched("stty cols 37; ")).contains("-Ddpfed.terminal=true -Ddpfed.columns=37 ");
    assertThat(launched("exec 2>/dev/null; "))
        .contains("org.dpfed.cli.Main")
        .doesNotContain("dpfed.columns");
  }

  private static String launched(String before) throws IOException, InterruptedException {
    Path script = Path.of("src", "main", "scripts", "launch.sh").toAbsolutePath();
    String command =
        "%sset -eu; home=/nowhere; . '%s'; java=echo; java_version=17; java_modules=; launch CP train"
            .formatted(before, script);
    ProcessBuilder builder =
        new ProcessBuilder("script", "-qec", command, "/dev/null").redirectErrorStream(true);
    builder.environment().putAll(Map.of("TERM", "xterm", "OPENBLAS_CORETYPE", "HASWELL"));
    builder.environment().put("SHELL", "/bin/sh");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
