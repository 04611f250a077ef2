package org.dpfed.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of a checkout, with a Maven and a Java that only say that they were started. */
@Timeout(120)
final class LauncherTest {
  private static final String SCRIPTS = "dpfed-cli/src/main/scripts";

  @TempDir private Path home;

  @BeforeEach
  void checkout() throws IOException {
    assumeTrue(File.separatorChar == '/', "skipped: needs a shell");
    Files.createDirectories(home.resolve(SCRIPTS));
    for (String script : List.of("dpfed", SCRIPTS + "/launch.sh", SCRIPTS + "/openblas-coretype")) {
      Files.copy(Path.of("..").resolve(script), home.resolve(script));
    }
    Files.createDirectory(home.resolve(".mvn"));
    Files.writeString(home.resolve("pom.xml"), "");
    Files.writeString(home.resolve("dpfed-cli/pom.xml"), "");
    program(
        "bin/mvn",
        """
        echo built >>"$HOME/builds"
        sleep 1
        echo a.jar >dpfed-cli/target/launch/class-path
        """);
    program("java/bin/java", "echo started \"$@\"\n");
    Files.writeString(
        home.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\nMODULES=\"java.base\"\n");
  }

  private void program(String name, String lines) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, "#!/bin/sh\nset -eu\n" + lines);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(int number) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("dpfed").toString(), "account", "--help")
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log" + number).toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("JAVA_HOME", home.resolve("java").toString());
    builder.environment().put("PATH", home.resolve("bin") + ":" + System.getenv("PATH"));
    return builder.start();
  }

  /** In a checkout that was never built. */
  @Test
  void dpfed_startsAtOnce_oneBuildsAndAllStart() throws IOException, InterruptedException {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "flock"))),
        "skipped: needs flock");
    List<Process> starts = List.of(start(0), start(1), start(2));
    for (int i = 0; i < starts.size(); i++) {
      assertThat(starts.get(i).waitFor(60, TimeUnit.SECONDS)).isTrue();
      String log = Files.readString(home.resolve("log" + i));
      assertThat(starts.get(i).exitValue()).as(log).isZero();
      assertThat(log).contains("started", "a.jar", "org.dpfed.cli.Main account --help");
    }
    assertThat(home.resolve("builds")).hasContent("built");

    // What is built is not built again.
    assertThat(start(0).waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(home.resolve("log0"))).doesNotContain("building");
    assertThat(home.resolve("builds")).hasContent("built");
  }
}
