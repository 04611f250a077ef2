package org.dpfed.dl4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example of several inputs in {@code docs/imaging-networks.md} compiles and can be trained.
 */
final class PackedInputsPageTest {
  private static final Path PAGE = Path.of("..", "docs", "imaging-networks.md");
  private static final String BEGIN = "<!-- compiled by PackedInputsPageTest -->\n```java\n";

  @TempDir Path directory;

  @Test
  void example_asPrinted_trains() throws Exception {
    String page = Files.readString(PAGE);
    assertThat(page).contains(BEGIN);
    String example = page.split(BEGIN, 2)[1].split("```", 2)[0];
    Path source = directory.resolve("Example.java");
    Files.writeString(
        source,
        """
        import org.deeplearning4j.nn.conf.*;
        import org.deeplearning4j.nn.conf.inputs.*;
        import org.deeplearning4j.nn.conf.layers.*;
        import org.dpfed.dl4j.*;
        import org.nd4j.linalg.activations.*;
        import org.nd4j.linalg.api.ndarray.*;
        import org.nd4j.linalg.dataset.*;
        import org.nd4j.linalg.factory.*;
        import org.nd4j.linalg.learning.config.*;
        public class Example { public static double run() {
          INDArray images = Nd4j.rand(3, 1, 64, 64);
          INDArray rows = Nd4j.rand(3, 8);
          INDArray labels = Nd4j.createFromArray(new float[][] {{1, 0}, {0, 1}, {0, 1}});
        """
            + example
            + """
          var trainer = new Dl4jClientTrainer(network, new LocalTraining(1, 3));
          try (var worker = trainer.newWorker()) {
            return worker.train(trainer.initialParameters(), patient, 1).delta().norm2Number().doubleValue();
          }
        }}
        """);
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
    try (URLClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()})) {
      Object delta = loader.loadClass("Example").getMethod("run").invoke(null);
      assertThat((double) delta).isPositive();
    }
  }
}
