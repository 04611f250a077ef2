package org.dpfed.cli.training;

import static org.dpfed.cli.training.Kind.memory;
import static org.dpfed.cli.training.Kind.oneOf;
import static org.dpfed.cli.training.Kind.path;
import static org.dpfed.cli.training.Kind.text;

import java.util.List;

/** Settings of where cohorts are trained. They change no bit of a seeded run. */
final class EngineSettings {
  static final String KIND = "engine.kind";
  static final String LOCAL = "local";

  private static final String SPARK = "spark";

  static final List<Setting> ALL =
      List.of(
          Setting.of(
              KIND,
              "--engine",
              oneOf(LOCAL, SPARK),
              LOCAL,
              "Where clients are trained: on threads of this process, or on executors of Apache Spark, which SPARK_HOME names."),
          spark(
              "engine.master",
              "--spark-master",
              text(),
              "Address of the cluster: local-cluster[2,1,1024] (two executors of one core on this machine), spark://host:7077, yarn or k8s://https://host:6443. Default: that of spark-submit."),
          spark(
              "engine.executorMemory",
              "--executor-memory",
              memory(),
              "Java heap of an executor. Default: Spark's, 1g."),
          spark(
              "engine.executorMemoryOverhead",
              "--executor-memory-overhead",
              memory(),
              "Memory of an executor beside its heap, where networks and examples are. Default: Spark's, a tenth of the heap and 384m at least."),
          spark(
              "engine.properties",
              "--spark-properties",
              path(),
              "File of Spark's own properties, as spark-defaults.conf: number of executors, encryption, secrets. A cluster of more than this machine needs spark.authenticate and spark.network.crypto.enabled in it, or false for each that it shall do without. It is not copied; settings of this section override it."));

  private EngineSettings() {}

  private static Setting spark(String key, String flag, Kind kind, String description) {
    return Setting.of(key, flag, kind, "", description).onlyWith(KIND, SPARK);
  }
}
