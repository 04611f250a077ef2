package org.dpfed.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.dpfed.dist.Command.Outcome;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The distribution with Spark beside it, whose jars are those that the build has. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class SparkDistributionTest {
  private static final String NAME = "dpfed-" + Build.VERSION;

  /** Two executors, each a process of one core. */
  private static final List<String> ON_SPARK =
      List.of("--engine", "spark", "--spark-master", "local-cluster[2,1,1024]");

  private Path work = Path.of("");
  private Path home = Path.of("");
  private Path spark = Path.of("");

  @BeforeAll
  void unpack(@TempDir Path folder) throws Exception {
    Path archive = Build.made("dpfed-dist", NAME + ".tar.gz");
    assumeTrue(Files.exists(archive), "the build has made no distribution (assembly.skipAssembly)");
    work = folder;
    Command.in(folder, "tar", "-xzf", archive.toString()).run().succeeded();
    home = folder.resolve(NAME);
    spark = folder.resolve("spark");
    Path jars = Files.createDirectories(spark.resolve("jars"));
    for (String jar :
        Files.readString(Build.made("dpfed-spark", "spark-class-path")).strip().split(":", -1)) {
      Files.createSymbolicLink(jars.resolve(Path.of(jar).getFileName()), Path.of(jar));
    }
  }

  /** JUnit warns of each link that it has to delete. */
  @AfterAll
  void removeLinks() throws IOException {
    try (Stream<Path> links = Files.list(spark.resolve("jars"))) {
      for (Path link : links.toList()) {
        Files.delete(link);
      }
    }
  }

  private Command dpfed(String... arguments) {
    List<String> words = new ArrayList<>(List.of(home.resolve("bin/dpfed").toString()));
    Collections.addAll(words, arguments);
    return new Command(work, Map.of("SPARK_HOME", spark.toString()), words);
  }

  private Command train(String name, List<String> more) {
    List<String> words =
        new ArrayList<>(List.of("train", "--noise-seed", "7", "--runs", "runs", "--name", name));
    words.addAll(more);
    return dpfed(words.toArray(String[]::new));
  }

  @Test
  void train_indexOnTwoExecutors_sameParametersAsHere() throws Exception {
    dpfed("data", "index", "index").run().succeeded();
    List<String> run = List.of("--data", "indexed", "--data-directory", "index", "--rounds", "3");
    train("here", run).run().succeeded();
    Outcome there =
        train("there", Stream.concat(run.stream(), ON_SPARK.stream()).toList()).run().succeeded();

    System.out.printf("SHA-256 of the parameters: %s%n", hash("there"));
    assertThat(hash("there")).isEqualTo(hash("here"));
    assertThat(there.err().lines().filter(line -> !line.contains("jdk.incubator.vector")))
        .isEmpty();
    assertThat(Files.readString(work.resolve("runs/there/config.yaml"))).contains("kind: spark");
    // Each trained in a process of its own.
    try (Stream<Path> executors = Files.walk(spark.resolve("work"), 2)) {
      assertThat(executors.map(Path::getFileName).map(Path::toString)).contains("0", "1");
    }
  }

  @Test
  void train_sparkIsAbsent_saysHowToGetItInOneLine() throws Exception {
    Command command = train("absent", ON_SPARK);
    Outcome outcome = new Command(work, Map.of("SPARK_HOME", ""), command.words()).run();

    assertThat(outcome.status()).isEqualTo(2);
    assertThat(
            outcome.err().lines().filter(line -> !line.contains("jdk.incubator.vector")).toList())
        .singleElement()
        .asString()
        .contains("set SPARK_HOME to its folder");
    assertThat(work.resolve("runs/absent")).doesNotExist();
  }

  @Test
  void train_sparkHomeIsNone_saysWhatIsWrongWithIt(@TempDir Path empty) throws Exception {
    Path missing = empty.resolve("missing");
    assertThat(refusal(missing)).startsWith("dpfed: SPARK_HOME is " + missing + ", which does not");
    assertThat(refusal(empty))
        .startsWith("dpfed: SPARK_HOME is " + empty + ", which has no folder jars with Spark");
  }

  /** The one line that a run with this folder of Spark's ends with. */
  private String refusal(Path sparkHome) throws Exception {
    Command command = train("none", ON_SPARK);
    Outcome outcome =
        new Command(work, Map.of("SPARK_HOME", sparkHome.toString()), command.words()).run();
    assertThat(outcome.status()).isNotZero();
    assertThat(work.resolve("runs/none")).doesNotExist();
    return outcome.err().lines().reduce((first, second) -> first + " / " + second).orElse("");
  }

  @Test
  void archive_hasTheEngineAndNothingOfSpark() throws IOException {
    try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
      assertThat(jars.map(jar -> jar.getFileName().toString()))
          .contains("dpfed-spark-" + Build.VERSION + ".jar")
          .noneMatch(name -> name.startsWith("spark-") || name.startsWith("scala-"));
    }
  }

  /** Nothing is left of the driver but its last checkpoint, and nothing of its executors. */
  @Test
  @Tag("stress")
  void resume_driverWasKilled_sameParametersAsAnUninterruptedRunHere() throws Exception {
    List<String> run =
        List.of(
            "--rounds", "40", "--epsilon", "9", "--checkpoint-every", "3", "--evaluate-every", "1");
    train("whole", run).run().succeeded();
    Command cut = train("cut", Stream.concat(run.stream(), ON_SPARK.stream()).toList());
    ProcessBuilder builder =
        new ProcessBuilder(cut.words())
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("cut.log").toFile());
    builder.environment().putAll(cut.environment());
    Process driver = builder.start();
    try {
      Path log = work.resolve("cut.log");
      for (int tenths = 0; tenths < 1800 && driver.isAlive() && rounds(log) < 8; tenths++) {
        Thread.sleep(100);
      }
      assertThat(rounds(log)).as(Files.readString(log)).isBetween(8L, 39L);
    } finally {
      // The launcher has become the driver.
      driver.destroyForcibly().waitFor();
    }

    dpfed("train", "--resume", "runs/cut").run().succeeded();
    System.out.printf("SHA-256 of the parameters: %s%n", hash("cut"));
    assertThat(hash("cut")).isEqualTo(hash("whole"));
  }

  private static long rounds(Path log) throws IOException {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.filter(line -> line.contains("accuracy")).count();
    }
  }

  private String hash(String run) throws Exception {
    try (ZipFile model = new ZipFile(work.resolve("runs/" + run + "/model.zip").toFile())) {
      byte[] parameters = model.getInputStream(model.getEntry("coefficients.bin")).readAllBytes();
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(parameters));
    }
  }
}
