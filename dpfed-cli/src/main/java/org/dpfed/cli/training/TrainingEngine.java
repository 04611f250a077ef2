package org.dpfed.cli.training;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.ServiceLoader;
import org.dpfed.cli.Causes;
import org.dpfed.cli.UsageException;
import org.dpfed.federated.Cluster;
import org.dpfed.federated.CohortEngine;

/**
 * Where a configuration says that cohorts are trained, started for one run.
 *
 * @param engine trains them
 * @param cluster that is to be closed; empty for this process
 */
record TrainingEngine(CohortEngine engine, Optional<Cluster> cluster) implements AutoCloseable {
  private static final Map<String, String> PROPERTIES =
      Map.of(
          "engine.master", "spark.master",
          "engine.executorMemory", "spark.executor.memory",
          "engine.executorMemoryOverhead", "spark.executor.memoryOverhead");

  /**
   * Starts it.
   *
   * @throws UsageException when it cannot be had with these settings
   */
  static TrainingEngine start(Configuration configuration) {
    String kind = configuration.text(EngineSettings.KIND);
    if (kind.equals(EngineSettings.LOCAL)) {
      return new TrainingEngine(CohortEngine.local(), Optional.empty());
    }
    if (configuration.has("data.url")) {
      throw new UsageException(
          "each executor would fetch the images of data.url anew; write them into a folder by 'dpfed data index' and train with data.set indexed");
    }
    try {
      Cluster cluster = provider(kind).start(properties(configuration));
      return new TrainingEngine(
          cluster.engine(ConfiguredSites.class, ConfiguredSites.settings(configuration)),
          Optional.of(cluster));
    } catch (IOException e) {
      throw new UsageException(Causes.words(e), e);
    } catch (IllegalArgumentException e) {
      throw configuration.refused(e);
    }
  }

  private static Cluster.Provider provider(String kind) {
    return ServiceLoader.load(Cluster.Provider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(kind) && provider.isUsable())
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "engine.kind spark needs Apache Spark 4.2 for Scala 2.13, which dpfed does not bring: get it from https://spark.apache.org/downloads.html and set SPARK_HOME to its folder"));
  }

  private static Map<String, String> properties(Configuration configuration) throws IOException {
    Map<String, String> properties = new LinkedHashMap<>();
    Optional<String> file = configuration.optionalText("engine.properties");
    if (file.isPresent()) {
      Properties read = new Properties();
      try (Reader reader = Files.newBufferedReader(Path.of(file.get()))) {
        read.load(reader);
      }
      read.stringPropertyNames()
          .forEach(name -> properties.put(name, read.getProperty(name).strip()));
    }
    PROPERTIES.forEach(
        (key, property) ->
            configuration.optionalText(key).ifPresent(value -> properties.put(property, value)));
    return properties;
  }

  @Override
  public void close() {
    cluster.ifPresent(Cluster::close);
  }
}
