package org.dpfed.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** An application on executors that are processes of their own, on this machine. */
final class LocalCluster implements AutoCloseable {
  private static final Path HOME = Path.of(System.getenv("SPARK_HOME"));

  private final JavaSparkContext spark;

  private LocalCluster(JavaSparkContext spark) {
    this.spark = spark;
  }

  /**
   * Starts one.
   *
   * @param executors with one task at a time each
   * @param more settings of Spark
   */
  static LocalCluster of(int executors, Map<String, String> more) throws IOException {
    Files.createDirectories(HOME.resolve("jars"));
    SparkConf conf =
        new SparkConf()
            .setMaster("local-cluster[%d,1,1024]".formatted(executors))
            .setAppName("dpfed")
            .set("spark.ui.enabled", "false")
            // Without it Spark does not know how many to wait for.
            .set("spark.cores.max", Integer.toString(executors))
            .set("spark.scheduler.minRegisteredResourcesRatio", "1")
            .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    more.forEach(conf::set);
    return new LocalCluster(new JavaSparkContext(SparkEngine.configure(conf)));
  }

  JavaSparkContext spark() {
    return spark;
  }

  SparkEngine engine(String settings) {
    return new SparkEngine(spark, SyntheticSites.class, settings);
  }

  /** The processes of the executors: workers are threads of this one, and start nothing else. */
  static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .children()
        .filter(child -> child.info().command().filter(name -> name.endsWith("java")).isPresent())
        .toList();
  }

  /** Ends the executors and deletes their native libraries. */
  @Override
  public void close() throws IOException {
    spark.close();
    executors().forEach(executor -> executor.onExit().join());
    try (Stream<Path> left = Files.walk(HOME)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
