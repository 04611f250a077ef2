package org.dpfed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher gives Java for a run on Spark. */
final class SparkClassPathTest {
  @Test
  void classPath_onSpark_hasItsJarsFirstAndHadoopsSettingsLast(@TempDir Path spark)
      throws Exception {
    Path jars = Files.createDirectories(spark.resolve("jars"));
    Files.createFile(jars.resolve("spark-core_2.13-4.2.0.jar"));
    String home = "export SPARK_HOME='%s'; ".formatted(spark);

    assertThat(classPath(home + "unset HADOOP_CONF_DIR YARN_CONF_DIR; ")).isEqualTo(jars + "/*:CP");
    assertThat(
            classPath(home + "export HADOOP_CONF_DIR='/etc/my hadoop' YARN_CONF_DIR=/etc/yarn; "))
        .isEqualTo(jars + "/*:CP:/etc/my hadoop:/etc/yarn");
  }

  /** Shows the arguments of Java in place of starting it. */
  private static String classPath(String before) throws IOException, InterruptedException {
    Path script = Path.of("src", "main", "scripts", "launch.sh").toAbsolutePath();
    Process shell =
        new ProcessBuilder(
                "sh",
                "-c",
                "%sset -eu; home=/nowhere; scripts='%s'; . '%s'; java=echo; java_version=17; java_modules=; launch CP train --engine spark"
                    .formatted(before, script.getParent(), script))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String arguments =
        new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertThat(shell.waitFor()).isZero();
    return arguments.substring(
        arguments.indexOf(" -cp ") + 5, arguments.indexOf(" org.dpfed.cli.Main"));
  }
}
