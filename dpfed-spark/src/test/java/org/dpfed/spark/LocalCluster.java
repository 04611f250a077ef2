package org.dpfed.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.deploy.master.Master;
import org.apache.spark.deploy.worker.Worker;
import org.apache.spark.rpc.RpcEnv;
import scala.Option;

/** An application on executors that are processes of their own, on this machine. */
final class LocalCluster implements AutoCloseable {
  private static final Path HOME = Path.of(System.getenv("SPARK_HOME"));

  private static final int MEBIBYTES = 1024;

  private final JavaSparkContext spark;
  private final List<RpcEnv> daemons;

  private LocalCluster(JavaSparkContext spark, List<RpcEnv> daemons) {
    this.spark = spark;
    this.daemons = daemons;
  }

  /**
   * Starts one.
   *
   * @param executors with one task at a time each
   * @param more settings of Spark
   */
  static LocalCluster of(int executors, Map<String, String> more) throws IOException {
    return of(executors, MEBIBYTES, more);
  }

  /**
   * @param mebibytes of heap for each executor
   */
  static LocalCluster of(int executors, int mebibytes, Map<String, String> more)
      throws IOException {
    SparkConf conf =
        configuration(executors, more)
            .setMaster("local-cluster[%d,1,%d]".formatted(executors, mebibytes))
            .set("spark.executor.memory", mebibytes + "m");
    return new LocalCluster(new JavaSparkContext(conf), List.of());
  }

  /**
   * Starts one whose executors have an address each, which to Spark are machines.
   *
   * @param hosts addresses of this machine; all of 127.0.0.0/8 are on Linux
   */
  static LocalCluster onHosts(List<String> hosts, Map<String, String> more) throws IOException {
    SparkConf conf = configuration(hosts.size(), more);
    List<RpcEnv> daemons = new ArrayList<>();
    RpcEnv master = Master.startRpcEnvAndEndpoint("127.0.0.1", 0, 0, conf)._1();
    String url = "spark://" + master.address().hostPort();
    for (String host : hosts) {
      daemons.add(
          Worker.startRpcEnvAndEndpoint(
              host,
              0,
              0,
              1,
              MEBIBYTES,
              new String[] {url},
              HOME.resolve("work").toString(),
              Option.apply(daemons.size()),
              conf,
              Option.empty()));
    }
    daemons.add(master);
    return new LocalCluster(
        new JavaSparkContext(conf.set("spark.executor.memory", MEBIBYTES + "m").setMaster(url)),
        daemons);
  }

  private static SparkConf configuration(int executors, Map<String, String> more)
      throws IOException {
    Files.createDirectories(HOME.resolve("jars"));
    SparkConf conf =
        new SparkConf()
            .setAppName("dpfed")
            .set("spark.ui.enabled", "false")
            // Without it Spark does not know how many to wait for.
            .set("spark.cores.max", Integer.toString(executors))
            .set("spark.scheduler.minRegisteredResourcesRatio", "1")
            .set("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s")
            .set("spark.executor.extraClassPath", System.getProperty("java.class.path"));
    more.forEach(conf::set);
    return SparkEngine.configure(conf);
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
    daemons.forEach(RpcEnv::shutdown);
    daemons.forEach(RpcEnv::awaitTermination);
    executors().forEach(executor -> executor.onExit().join());
    try (Stream<Path> left = Files.walk(HOME)) {
      for (Path path : left.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
