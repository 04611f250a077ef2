package org.dpfed.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.TrainingResult;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What driver and executors write into Spark's local folders when memory for blocks is short. */
@Tag("stress")
final class LocalFilesTest {
  private static final int ROUNDS = 2;

  @TempDir Path folder;

  @Test
  void run_inClear_writesParameters() throws IOException {
    Written written = written(Map.of());
    assertThat(written.bytes).isPositive();
    assertThat(written.parameters).as("pairs of parameters").isPositive();
  }

  /** By what {@link SparkEngine#configure} sets. */
  @Test
  void run_messagesAreEncrypted_writesNoParametersInClear() throws IOException {
    Written written =
        written(
            Map.of(
                "spark.authenticate", "true",
                "spark.authenticate.secret", "known to driver and executors",
                "spark.network.crypto.enabled", "true"));
    assertThat(written.bytes).isPositive();
    assertThat(written.parameters).as("pairs of parameters").isZero();
  }

  /** A run with memory for hardly a block, and what lies in the folders when its rounds end. */
  private Written written(Map<String, String> more) throws IOException {
    FloatPattern parameters = new FloatPattern();
    parameters.add(new SyntheticSites().open("mlp").trainer().initialParameters().toFloatVector());
    Map<String, String> settings = new HashMap<>(more);
    settings.put("spark.local.dir", folder.toString());
    // Of 724 MB, about 4 KB.
    settings.put("spark.memory.fraction", "0.000005");
    // Results of any size are blocks too.
    settings.put("spark.task.maxDirectResultSize", "0");
    Written written = new Written();
    TrainingResult here = Runs.run("mlp", ROUNDS, CohortEngine.local());
    try (LocalCluster cluster = LocalCluster.of(1, settings)) {
      TrainingResult there =
          Runs.run(
              "mlp",
              ROUNDS,
              cluster.engine("mlp"),
              (metrics, model) -> blocks().forEach(block -> written.add(block, parameters)));
      assertThat(Runs.hash(there)).isEqualTo(Runs.hash(here));
    }
    System.out.printf(
        "%d bytes of blocks; pairs of parameters %d%n", written.bytes, written.parameters);
    return written;
  }

  private List<Path> blocks() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().contains("blockmgr-") && Files.isRegularFile(file))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes of blocks, and parameters among them. */
  private static final class Written {
    long bytes;
    long parameters;

    void add(Path block, FloatPattern known) {
      try {
        byte[] content = Files.readAllBytes(block);
        bytes += content.length;
        parameters += known.count(content);
      } catch (NoSuchFileException e) {
        // Spark has deleted it since.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
