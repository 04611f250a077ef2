package org.dpfed.spark;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.apache.spark.api.java.JavaSparkContext;
import org.dpfed.federated.Cluster;
import org.dpfed.federated.CohortEngine;
import org.dpfed.federated.SiteFactory;

/**
 * A Spark application for as long as a run needs one. Executors get this process's class path: on
 * the same machine as it is, on others as jars that Spark sends, unless the properties say where
 * executors find them.
 */
final class SparkApplication implements Cluster {
  private static final String MASTER = "spark.master";
  private static final String EXECUTORS_PATH = "spark.executor.extraClassPath";
  private static final String JARS = "spark.jars";
  private static final String RESOURCE_MANAGER = "spark.hadoop.yarn.resourcemanager.";
  private static final Pattern LOCAL_CLUSTER =
      Pattern.compile("local-cluster\\[\\s*(\\d+)\\s*,\\s*(\\d+)\\s*,\\s*\\d+\\s*]");

  /** Before Spark's own hook, which would end the application below a run that is being stopped. */
  private static final int BEFORE_SPARK = 1000;

  private final JavaSparkContext spark;
  private final CountDownLatch closed = new CountDownLatch(1);

  private SparkApplication(JavaSparkContext spark) {
    this.spark = spark;
    ShutdownHookManager.get()
        .addShutdownHook(this::awaitClose, BEFORE_SPARK, Long.MAX_VALUE / 2, TimeUnit.NANOSECONDS);
  }

  /**
   * Starts an application.
   *
   * @param properties of Spark, over those that spark-submit gave to this process
   */
  static SparkApplication start(Map<String, String> properties) {
    SparkConf conf = complete(new SparkConf(), properties);
    try {
      return new SparkApplication(new JavaSparkContext(SparkEngine.configure(conf)));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      // Scala throws what Java would have to declare.
      if (e instanceof SparkException) {
        throw new IllegalArgumentException("Spark cannot start: " + e.getMessage(), e);
      }
      throw new IllegalStateException("Spark cannot start: " + e.getMessage(), e);
    }
  }

  /**
   * Adds the properties, and those that a run needs where nobody has set them.
   *
   * @return {@code conf}, changed
   * @throws IllegalArgumentException when there is no master, one to which strangers could speak,
   *     or YARN without its settings
   */
  static SparkConf complete(SparkConf conf, Map<String, String> properties) {
    for (Map.Entry<String, String> property : properties.entrySet()) {
      if (!property.getKey().startsWith("spark.")) {
        throw new IllegalArgumentException(
            "properties of Spark must begin with 'spark.', one is '%s'"
                .formatted(property.getKey()));
      }
      conf.set(property.getKey(), property.getValue());
    }
    if (!conf.contains(MASTER)) {
      throw new IllegalArgumentException(
          "spark.master must be set, such as local-cluster[2,1,1024], spark://host:7077, yarn or k8s://https://host:6443");
    }
    conf.setIfMissing("spark.app.name", "dpfed");
    // Its pages show when and where a cohort trained.
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.scheduler.minRegisteredResourcesRatio", "1");
    Matcher local = LOCAL_CLUSTER.matcher(conf.get(MASTER));
    if (local.matches()) {
      onThisMachine(conf, Integer.parseInt(local.group(1)) * Integer.parseInt(local.group(2)));
      return conf;
    }
    ClusterSecrecy.require(conf);
    requireYarnSettings(conf);
    if (!conf.contains(EXECUTORS_PATH) && !conf.contains(JARS)) {
      conf.set(JARS, String.join(",", jars()));
    }
    return conf;
  }

  /** Without them Hadoop tries this machine, again and again, without a word. */
  private static void requireYarnSettings(SparkConf conf) {
    boolean isKnown =
        SparkApplication.class.getResource("/yarn-site.xml") != null
            || conf.getAllWithPrefix(RESOURCE_MANAGER).length > 0;
    if (conf.get(MASTER).equals("yarn") && !isKnown) {
      throw new IllegalArgumentException(
          "no settings say where YARN is; set HADOOP_CONF_DIR to the folder of its yarn-site.xml");
    }
  }

  /** Executors see the files that this process sees; Spark waits for all of them. */
  private static void onThisMachine(SparkConf conf, int cores) {
    conf.setIfMissing(EXECUTORS_PATH, System.getProperty("java.class.path"));
    conf.setIfMissing("spark.cores.max", Integer.toString(cores));
    if (!conf.contains("spark.driver.host")) {
      conf.set("spark.driver.host", "localhost");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    ClusterSecrecy.add(conf);
  }

  /** What of this process's class path is not Spark's own, nor a folder of Hadoop's settings. */
  private static List<String> jars() {
    List<Path> others =
        Stream.of("SPARK_HOME", "HADOOP_CONF_DIR", "YARN_CONF_DIR")
            .map(System::getenv)
            .filter(home -> home != null && !home.isEmpty())
            .map(SparkApplication::absolute)
            .toList();
    List<Path> files =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .filter(entry -> !entry.isEmpty())
            .map(SparkApplication::absolute)
            .filter(file -> others.stream().noneMatch(file::startsWith))
            .toList();
    List<Path> folders = files.stream().filter(Files::isDirectory).toList();
    if (!folders.isEmpty()) {
      throw new IllegalArgumentException(
          "executors get dpfed as jars, and here it is in folders (%s); use the distribution, or set %s to where they find it"
              .formatted(
                  folders.stream().map(Path::toString).collect(Collectors.joining(", ")),
                  EXECUTORS_PATH));
    }
    return files.stream().map(file -> file.toUri().toString()).toList();
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
  }

  @Override
  public CohortEngine engine(Class<? extends SiteFactory> factory, String settings) {
    return new SparkEngine(spark, factory, settings);
  }

  private void awaitClose() {
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      spark.close();
    } finally {
      closed.countDown();
    }
  }
}
