package org.dpfed.federated;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dpfed.fuzz.FuzzedReader;
import org.dpfed.fuzz.Fuzzing;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged texts of a checkpoint are read or refused. */
final class StateFuzzTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource("readers")
  void read_damaged_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.FEW, directory);
  }

  @ParameterizedTest
  @MethodSource("readers")
  @Tag("stress")
  void read_damagedManyTimes_isReadOrRefused(FuzzedReader reader) throws Exception {
    Fuzzing.run(reader, Fuzzing.MANY, directory);
  }

  static List<FuzzedReader> readers() {
    RunIdentity identity = new RunIdentity(Map.of("unit", "Pati€nt", "seed", "1"));
    List<RoundMetrics> metrics =
        List.of(
            new RoundMetrics(
                1,
                0.5,
                0.1,
                List.of(1.5, Double.POSITIVE_INFINITY),
                0.2,
                Optional.empty(),
                Optional.empty()),
            new RoundMetrics(
                2,
                0.5,
                0.1,
                List.of(),
                0.2,
                Optional.of(
                    new ModelEvaluation(
                        7,
                        List.of(
                            ModelEvaluation.Metric.of("accuracy", 0.5),
                            ModelEvaluation.Metric.absent("auc", "one class only")))),
                Optional.of(
                    new RoundDiagnostics(3, 1, 0, 2, 0.5, List.of(0.1, 0.5, 0.9), Double.NaN))));
    return List.of(
        FuzzedReader.of(
            "metrics in a checkpoint",
            "metrics.json",
            List.of(MetricsJson.write(metrics).getBytes(UTF_8)),
            IllegalArgumentException.class,
            file -> MetricsJson.read(text(file))),
        FuzzedReader.of(
            "identity in a checkpoint",
            "identity.json",
            List.of(identity.toJson().getBytes(UTF_8)),
            IllegalArgumentException.class,
            file -> RunIdentity.ofJson(text(file)).requireSame(RunIdentity.ofJson(text(file)))));
  }

  private static String text(Path file) throws Exception {
    return new String(Files.readAllBytes(file), ISO_8859_1);
  }
}
