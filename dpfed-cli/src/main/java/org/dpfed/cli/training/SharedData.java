package org.dpfed.cli.training;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The data of several runs, read once for all that say the same of data. Runs only read them. */
final class SharedData {
  private final Map<JsonNode, DataSource> read = new ConcurrentHashMap<>();

  DataSource of(Configuration configuration) {
    JsonNode data =
        configuration
            .toTree()
            .putObject("key")
            .put("by", configuration.optionalText("partition.by").orElse(""))
            .set("data", configuration.toTree().path("data"));
    return read.computeIfAbsent(data, key -> DataSource.of(configuration));
  }
}
